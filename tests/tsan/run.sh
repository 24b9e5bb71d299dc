#!/usr/bin/env bash
# ThreadSanitizer over the C++ classes with Qt 6: fails at the first report.
#
# Instrumented are the engine with all its crates and Rust's standard library, the adapter, the
# drop-in and the tests. Qt, the OpenSSL of its TLS, the C library and C++'s are not: what they do
# with memory is not looked at, and what they promise about threads is told to the sanitizer where
# it matters, in postedevents.cpp, threadpool.cpp and handover.h. Nothing is suppressed.
# sanitizer.a_race_is_seen shows that what is told does not hide a race.
#
# BUILD: the build folder; JOBS: how many things at once; TESTS: some of the programs below.
set -euo pipefail
cd "$(dirname "$0")/../.."
. cmake/toolchain.sh

build=$(realpath -m "${BUILD:-build}")/tsan
tests=${TESTS:-tst_websocket tst_messages tst_closing tst_websocketserver tst_limits
    tst_compression tst_heartbeat tst_properties tst_devices tst_threads tst_destruction
    tst_teardown tst_load tst_http tst_tls tst_tls_errors tst_tls_qt tst_proxies
    tst_authentication tst_redirects tst_cookies tst_dialing tst_reconnect tst_reconnect_or_not
    tst_dropin_threads tst_dropin_teardown tst_dropin_authentication tst_dropin_tls}
host=$(uname -m)-unknown-linux-gnu

[ ! -x "${BUILD:-build}/venv/bin/python" ] ||
    export WIREBIRD_PYTHON=$(realpath "${BUILD:-build}")/venv/bin/python

command -v rustup >/dev/null 2>&1 ||
    { echo "make tsan needs rustup, for a nightly toolchain: https://rustup.rs" >&2; exit 1; }
rustup component add --toolchain nightly rust-src
export RUSTUP_TOOLCHAIN=nightly
export RUSTFLAGS="-Zsanitizer=thread -Cdebuginfo=1"
# One runtime for both languages: Rust's, which knows what its compiler asks for.
runtime=$(rustc --print sysroot)/lib/rustlib/$host/lib/librustc-nightly_rt.tsan.a
[ -e "$runtime" ] || { echo "not there: $runtime" >&2; exit 1; }

cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DWIREBIRD_QT_VERSION=6 \
    -DWIREBIRD_SANITIZE=thread "-DWIREBIRD_SANITIZE_RUNTIME=$runtime" \
    "-DWIREBIRD_CARGO_FLAGS=--target $host -Zbuild-std" -DWIREBIRD_BUILD_EXAMPLES=OFF
cmake --build "$build" --parallel "${JOBS:-2}" --target wirebird_test_race $tests
QT_QPA_PLATFORM=offscreen ctest --test-dir "$build" --parallel "${JOBS:-2}" --no-tests=error \
    --timeout 900 --output-on-failure \
    -R "^(sanitizer\.a_race_is_seen|$(echo $tests | tr ' ' '|'))\$"
