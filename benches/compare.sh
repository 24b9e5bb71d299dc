#!/bin/sh
# `make compare`: builds the ticker's server and has compare.py compare.
set -eu
cd "$(dirname "$0")/.."
. cmake/toolchain.sh
BUILD=$(realpath -m "${BUILD:-build}")
QT=${QT:-6}
folder=$BUILD/demo-qt$QT
mkdir -p "$folder"
echo "Building (the first time takes some minutes) ..." >&2
{
    cmake -S . -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release -DWIREBIRD_QT_VERSION="$QT" \
        -DWIREBIRD_BUILD_TESTS=OFF -DWIREBIRD_BUILD_QTWEBSOCKETS=OFF \
        -DWIREBIRD_CARGO_TARGET_DIR="$BUILD/cargo" &&
        cmake --build "$folder" --parallel "${JOBS:-2}" --target ticker-server
} >"$folder/compare.log" 2>&1 || {
    cat "$folder/compare.log"
    exit 1
}
exec "$BUILD/venv/bin/python" benches/compare.py \
    "$folder/cpp-example/ticker-server/ticker-server" "$@"
