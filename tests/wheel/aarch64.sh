#!/usr/bin/env bash
# The wheel for aarch64, built by Debian's cross compiler, and its Python and engine under emulation: the features of odd
# texts have the bits that docs/results/engine-bits.json has from x86-64. About two minutes.
# Needs: apt-get install gcc-aarch64-linux-gnu qemu-user; dpkg --add-architecture arm64; apt-get update
set -euo pipefail
cd "$(dirname "$0")/../.."
room=$PWD/build/aarch64
bin=$PWD/.venv/bin
for tool in aarch64-linux-gnu-gcc qemu-aarch64 apt-get; do
  command -v "$tool" >/dev/null || { echo "$tool is not installed: see the first lines of $0"; exit 1; }
done

rm -rf "$room" build/lib* build/bdist*
mkdir -p "$room/debian" dist
CC=aarch64-linux-gnu-gcc _PYTHON_HOST_PLATFORM=linux-aarch64 \
  "$bin/pip" wheel --quiet --disable-pip-version-check --no-deps --wheel-dir "$room/dist" .
cp "$room"/dist/*.whl dist/

echo "Fetching Debian's Python 3.11 for arm64 and the packages that serving needs ..."
(cd "$room/debian" && apt-get download -q=2 {python3.11,libpython3.11}-minimal:arm64 libpython3.11-stdlib:arm64 libc6:arm64 \
  libgcc-s1:arm64 libstdc++6:arm64 zlib1g:arm64 libexpat1:arm64 libffi8:arm64 libssl3:arm64 libsqlite3-0:arm64 \
  libbz2-1.0:arm64 liblzma5:arm64 libuuid1:arm64)
for package in "$room"/debian/*.deb; do dpkg -x "$package" "$room/system"; done
"$bin/pip" install --quiet --disable-pip-version-check --target "$room/packages" --python-version 3.11 --only-binary :all: \
  --platform manylinux_2_34_aarch64 --platform manylinux_2_28_aarch64 --platform manylinux_2_17_aarch64 "$room"/dist/*.whl

emulated() {
  PYTHONPATH="$room/packages:benchmarks" qemu-aarch64 -L "$room/system" "$room/system/usr/bin/python3.11" "$@"
}
emulated -m valence predict "It works."
emulated benchmarks/engine_same_bits.py
(cd dist && ls -l ./*aarch64*.whl)
