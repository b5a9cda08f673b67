#!/usr/bin/env bash
# The Kotlin of android_demo, from nothing: the core compiled for Android (API 23, Java 8), every golden case, the golden
# receipts from their pixels with ONNX Runtime on the JVM, both adapters, the app up to a signed APK, ktlint. Ends with
# "N passed, N failed"; exit 0 where none failed, 3 where a tool cannot be had.
#
#   bash tests/mobile/kotlin.sh            everything
#   bash tests/mobile/kotlin.sh --core     compiler and golden cases only: 110 MB to fetch, not 500
#
# Needs a JDK (17 or later), npm, apt-get, pip and zip. Tools are kept in $EDGEKIT_CACHE (default: ~/.cache/edgekit); without
# them some 500 MB are fetched once. PYTHON names the interpreter whose pip fetches (default: python3).
set -euo pipefail
cd "$(dirname "$0")/../.."
checkout=$PWD

cache=${EDGEKIT_CACHE:-$HOME/.cache/edgekit}/kotlin
golden=tests/golden bundle=edgekit/bundles/default
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$cache"
export JAVA_OPTS="-Xmx1g -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
# shellcheck source=tests/mobile/common.sh
source tests/mobile/common.sh
# shellcheck source=tests/mobile/kotlin_tools.sh
source tests/mobile/kotlin_tools.sh
# shellcheck source=tests/mobile/kotlin_app.sh
source tests/mobile/kotlin_app.sh

needs java jar npm apt-get zip unzip

# compiled NAME OPTIONS...: sources of a folder to classes, with the warnings shown.
compiled() {
    local start=$SECONDS name=$1
    shift
    "$cache/kotlin-$kotlin/bin/kotlinc" -no-reflect -jvm-target 1.8 -d "$work/$name" "$@"
    say "$name: compiled in $((SECONDS - start)) s"
}

# ran MAIN JARS...: a suite on the JVM.
ran() {
    local main=$1
    shift
    counted "$main" java -Xmx1g -cp "$work/core:$work/tests:$stdlib$(printf ':%s' "$@")" "$main" "$golden" "$bundle" "$work"
}

# holds WHAT COMMAND...: one check more; what the command says is shown where it fails.
holds() {
    local what=$1 status
    shift
    set +e
    (set -e; "$@") >"$work/log" 2>&1 # not in a condition: there, bash would go on after a command that fails
    status=$?
    set -e
    if [ "$status" = 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        say "FAILED $what"
        cat "$work/log" >&2
    fi
}

fetched "kotlin-$kotlin" fetch_kotlin
fetched android-23 fetch_android
stdlib=$cache/kotlin-$kotlin/lib/kotlin-stdlib.jar android=$cache/android-23/android.jar
for_android=(-language-version 2.2 -api-version 2.2 -no-jdk -Xlambdas=class -Xsam-conversions=class -Xstring-concat=inline)
compiled core "${for_android[@]}" -cp "$android" android_demo/core/src/main/kotlin
compiled tests -Xfriend-paths="$work/core" -cp "$work/core" android_demo/core/src/test/kotlin
ran edgekit.golden.MainKt
if [ "${1:-}" != --core ]; then
    compile_app
    run_engines
    check_app
    fetched "ktlint-$ktlint" fetch_ktlint
    holds ktlint java -Xmx1g -jar "$cache/ktlint-$ktlint/ktlint" --log-level=error "android_demo/**/*.kt" "android_demo/**/*.kts"
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
