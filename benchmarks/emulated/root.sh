#!/bin/bash
# root.sh FOLDER: a 64-bit ARM system with Python, numpy, Pillow and onnxruntime, and QEMU's emulators of single programs,
# in FOLDER; 300 MB, about a minute. Neither chroot nor binfmt is needed. For Debian 12 or later on x86-64, as root.
#
# Debian's mirror is the one that this machine is configured with, pip's index likewise. MIRROR, ONNXRUNTIME, SUITE and
# PYTHON override what is taken.
set -euo pipefail
folder=$(realpath -m "${1:?usage: root.sh FOLDER}")
suite=${SUITE:-bookworm}
python=${PYTHON:-3.11}
onnxruntime=${ONNXRUNTIME:-1.31.1} # 1.21.0 dies with an illegal instruction on Cortex-A53 and A72
mirror=${MIRROR:-$(awk '/^URIs:/ {print $2; exit} /^deb / {print $2; exit}' /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null || true)}
[ -n "$mirror" ] || { echo "root.sh: no Debian mirror is configured; set MIRROR" >&2; exit 2; }
key=/usr/share/keyrings/debian-archive-keyring.gpg

mkdir -p "$folder"/{apt/lists/partial,apt/cache/archives/partial,packages,tools,emulators}
cd "$folder"
printf 'deb [signed-by=%s] %s bookworm-backports main\ndeb [signed-by=%s] %s bookworm main\n' \
    "$key" "$mirror" "$key" "$mirror" >apt/sources.list
apt=(apt-get -qq -o "Dir::Etc::sourcelist=$folder/apt/sources.list" -o Dir::Etc::sourceparts=-
    -o "Dir::State::lists=$folder/apt/lists" -o "Dir::Cache=$folder/apt/cache" -o APT::Sandbox::User=root)
"${apt[@]}" update
# QEMU 10: 7.2 of Debian 12 crashes with onnxruntime
(cd packages && "${apt[@]}" download qemu-user/bookworm-backports mmdebstrap/bookworm)
for name in aarch64 x86_64; do
    dpkg --fsys-tarfile packages/qemu-user_*.deb | tar -xO "./usr/bin/qemu-$name" >"emulators/qemu-$name"
    chmod +x "emulators/qemu-$name"
done
dpkg -x packages/mmdebstrap_*.deb tools

perl tools/usr/bin/mmdebstrap --quiet --mode=root --architectures=arm64 --variant=extract \
    --include=python3-minimal,libpython3-stdlib,libstdc++6,libgomp1,zlib1g,libc-bin,ca-certificates "$suite" root "$mirror"
[ -e root/lib ] || ln -s usr/lib root/lib

platforms=()
for tag in 2014 _2_17 _2_26 _2_27 _2_28 _2_31 _2_34 _2_35; do platforms+=(--platform "manylinux${tag}_aarch64"); done
python3 -m pip install --quiet --no-compile --target site "${platforms[@]}" --implementation cp \
    --python-version "${python/./}" --ignore-requires-python --only-binary=:all: \
    numpy pillow "onnxruntime==$onnxruntime"
rm -r packages apt/cache tools
echo "$folder: $("./emulators/qemu-aarch64" --version | head -n 1)"
