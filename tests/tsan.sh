#!/usr/bin/env bash
# The adapter's tests under ThreadSanitizer, as `make tsan` runs them, with the engine linked.
#
# Instrumented: Rust's standard library and the engine with every crate of it (built anew by
# rustup's nightly toolchain), the adapter, the drop-in and the tests. Not instrumented: Qt, glib
# and the C library, whose calls of pthread and of the kernel ThreadSanitizer sees all the same;
# what hides in Qt's own atomics is the business of tests/tsan.supp.
#
# BUILD: the build folder; JOBS: how many things at once; TSAN_TESTS: a regular expression of
# tests' names.
set -euo pipefail
cd "$(dirname "$0")/.."

BUILD=$(realpath -m "${BUILD:-build}")
JOBS=${JOBS:-2}
TSAN_TESTS=${TSAN_TESTS:-.}
target=$(rustc +nightly -vV | awk '/^host:/ { print $2 }')
rustup component add --toolchain nightly rust-src

export RUSTUP_TOOLCHAIN=nightly RUSTFLAGS=-Zsanitizer=thread CTEST_OUTPUT_ON_FAILURE=1
cmake -S . -B "$BUILD/tsan" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DWIREBIRD_QT_VERSION=6 \
    -DWIREBIRD_SANITIZE=thread -DWIREBIRD_BUILD_EXAMPLES=OFF \
    -DWIREBIRD_CARGO_TARGET_DIR="${WIREBIRD_TSAN_TARGET_DIR:-$BUILD/cargo-tsan}" \
    -DWIREBIRD_CARGO_FLAGS="-Zbuild-std --target=$target"
cmake --build "$BUILD/tsan" --parallel "$JOBS" --target tests/qt/all
# Older ThreadSanitizers have no room for the addresses that newer kernels choose at random.
setarch -R ctest --test-dir "$BUILD/tsan/tests/qt" --parallel "$JOBS" --no-tests=error \
    --label-regex '^qt$' --tests-regex "$TSAN_TESTS" --timeout 600
