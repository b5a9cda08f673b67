#!/usr/bin/env bash
# The Swift package of ios_demo on Linux, from nothing: compiled in Swift 6 mode, every golden case, the golden receipts
# from their pixels with the onnxruntime of Python's wheel; the app against stand-ins for Apple's modules, and its parts
# that need none; swift-format. Ends with "N passed, N failed"; exit 0 where none failed,
# 3 where the tools cannot be had.
#
#   bash tests/mobile/swift.sh             everything
#   bash tests/mobile/swift.sh --core      compiler and golden cases only
#   bash tests/mobile/swift.sh -- CMD...   CMD in ios_demo with the same tools, such as: swift format -i -r Sources
#
# Needs x86-64 Linux with apt-get of Debian, unshare (as root, or with user namespaces) and pip; Debian's Swift 6.0 is
# unpacked into a folder of its own, nothing is installed. Tools are kept in $EDGEKIT_CACHE (default: ~/.cache/edgekit);
# without them some 560 MB are fetched once. PYTHON names the interpreter whose pip fetches (default: python3).
set -euo pipefail
cd "$(dirname "$0")/../.."
checkout=$PWD

release=trixie
onnxruntime=1.32.0 onnxruntime_sha=99e1074c4b2197accd5073052a465361be17b89c093b8ffb6e6bd8f986c52df8
cache=${EDGEKIT_CACHE:-$HOME/.cache/edgekit}/swift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$cache"
# shellcheck source=tests/mobile/common.sh
source tests/mobile/common.sh
needs apt-get unshare

# Swift with its libraries and what it needs to run, without debugger, editor support and the compilers of C++.
fetch_swift() {
    of_release "$release" --download-only install swiftlang libc6-dev libstdc++-14-dev libc-bin bash dash coreutils
    local deb
    mkdir -p usr/bin usr/lib usr/lib64 usr/sbin dev proc root tmp checkout
    ln -s usr/bin usr/lib usr/lib64 usr/sbin .
    for deb in "$work/apt-$release"/archives/*.deb; do
        case ${deb##*/} in python3* | libpython3* | gcc-* | cpp-*) continue ;; esac
        dpkg-deb --fsys-tarfile "$deb" | tar -x --no-same-owner --keep-directory-symlink --exclude=./usr/share/doc \
            --exclude=./usr/share/man --exclude=./usr/share/locale --exclude=./dev --exclude='*/swift_static' \
            --exclude='*/liblldb*' --exclude='*/bin/lldb*' --exclude='*/bin/clangd' --exclude='*/bin/docc' \
            --exclude='*/bin/sourcekit-lsp' --exclude='*/lib/swift/embedded'
        rm "$deb"
    done
    ln -sf dash usr/bin/sh
    ln -sfn ../libexec/swift/bin/swift usr/bin/swift
    (cd "$checkout" && inside "$OLDPWD" /sbin/ldconfig)
}

# The headers of Debian, which older versions share with newer ones, and the library that Python's wheel holds.
fetch_onnxruntime() {
    of_release "$release" download libonnxruntime-dev
    dpkg-deb --fsys-tarfile libonnxruntime-dev*.deb | tar -x --strip-components=2 ./usr/include
    from_pypi onnxruntime "$onnxruntime" "$onnxruntime_sha" --only-binary=:all: --python-version 3.12 \
        --platform manylinux_2_28_x86_64
    "${PYTHON:-python3}" -m zipfile -e onnxruntime-*.whl wheel
    mkdir lib
    mv wheel/onnxruntime/capi/libonnxruntime.so.* lib/libonnxruntime.so.1
    ln -s libonnxruntime.so.1 lib/libonnxruntime.so
    rm -r wheel ./*.deb ./*.whl
}

# inside ROOT COMMAND...: in ios_demo of this checkout, with ROOT as the root of files; the mounts end with the command.
inside() {
    local root=$1 user=()
    shift
    [ "$(id -u)" = 0 ] || user=(--user --map-root-user)
    # shellcheck disable=SC2016
    unshare "${user[@]}" --mount --pid --fork --kill-child bash -ec '
        root=$1 cache=$2 work=$3
        shift 3
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount --rbind "$PWD" "$root/checkout"
        mount -t tmpfs tmpfs "$root/tmp"
        mkdir "$root/tmp/cache" "$root/tmp/work"
        mount --bind "$cache" "$root/tmp/cache"
        mount --bind "$work" "$root/tmp/work"
        exec chroot "$root" /usr/bin/env HOME=/tmp PATH=/usr/bin LC_ALL=C.UTF-8 bash -ec "cd /checkout/ios_demo; exec \"\$@\"" - "$@"
    ' - "$root" "$cache" "$work" "$@"
}

swift_in() { inside "$cache/swift-$release" "$@"; }

# ran NAME ARGUMENTS...: a suite that was built.
ran() {
    local name=$1
    shift
    counted "$name" swift_in "/tmp/work/build/release/$name" "$@" ../edgekit/bundles/default
}

# built OPTIONS...: optimised, warnings are errors, internals open to tests.
built() {
    local start=$SECONDS
    swift_in env ONNXRUNTIME_DIR="$ort" swift build -c release --scratch-path /tmp/work/build -Xswiftc -enable-testing \
        -Xswiftc -warnings-as-errors "$@" >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; exit 1; }
    say "compiled in $((SECONDS - start)) s"
}

fetched "swift-$release" fetch_swift
ort=
if [ "${1:-}" = -- ]; then
    shift
    swift_in "$@"
    exit
fi
if [ "${1:-}" != --core ]; then
    fetched "onnxruntime-$onnxruntime" fetch_onnxruntime
    ort=/tmp/cache/onnxruntime-$onnxruntime
    built
    ran golden ../tests/golden
    ran pixels ../tests/golden
    ran adapter ../tests/golden
    ran appchecks Tests/AppTests/bench.json
    swift_in swift format lint --strict --recursive Package.swift App Shims Sources Tests
else
    built --product golden
    ran golden ../tests/golden
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
