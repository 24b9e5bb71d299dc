#!/usr/bin/env bash
# Every test, as `make test` runs it: goes on after a failure, ends with the sum, and fails if
# anything failed. Logs are in build/logs.
#
# BUILD: the build folder; JOBS: how many things at once; STEPS: some of the steps below, when
# not all are wanted.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
. cmake/toolchain.sh

BUILD=$(realpath -m "${BUILD:-build}")
JOBS=${JOBS:-2}
STEPS=${STEPS:-rust qt6 qt5 asan conformance}
logs=$BUILD/logs
mkdir -p "$logs"
rm -f "$logs"/*.log

export QT_QPA_PLATFORM=offscreen QT_QUICK_BACKEND=software
export CTEST_OUTPUT_ON_FAILURE=1
# Several builds compile the same sources.
! command -v ccache >/dev/null || export CMAKE_CXX_COMPILER_LAUNCHER=ccache \
    CCACHE_DIR="$BUILD/ccache" CCACHE_NOHASHDIR=1
[ ! -x "$BUILD/venv/bin/python" ] || export WIREBIRD_PYTHON=$BUILD/venv/bin/python
[ ! -d "$BUILD/node/node_modules" ] || export WIREBIRD_NODE_MODULES=$BUILD/node/node_modules

passed=0 failed=0 skipped=0
summary=""

# count STEP PASSED FAILED SKIPPED
count() {
    passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
    summary+=$(printf '%-11s %5d passed %5d failed %5d skipped' "$@")$'\n'
}

# logged STEP COMMAND…: shows and keeps the command's output.
logged() {
    local log=$logs/$1.log
    shift
    "$@" 2>&1 | tee -a "$log"
}

cargo_counts() {
    awk '/^test result:/ { p += $4; f += $6; s += $8 } END { print p + 0, f + 0, s + 0 }' "$1"
}

ctest_counts() {
    awk '
        /tests? passed, .* out of/ { for (i = 1; i < NF; i++) if ($i == "of") total = $(i + 1)
                                     failed = $4 }
        /\*\*\*(Skipped|Not Run)/ { skipped++ }
        END { print total - failed - skipped, failed + 0, skipped + 0 }' "$1"
}

# A step that fails without a failed test (it did not compile, say) counts as one.
finish() {
    local step=$1 status=$2
    shift 2
    if [ "$status" != 0 ] && [ "${2:-0}" = 0 ]; then
        count "$step" "${1:-0}" 1 "${3:-0}"
    else
        count "$step" "$@"
    fi
}

step_rust() {
    CARGO_TARGET_DIR=$BUILD/cargo logged rust cargo test --locked --all-features --no-fail-fast
    finish rust $? $(cargo_counts "$logs/rust.log")
}

# cmake_step STEP CTEST-ARGUMENTS -- CMAKE-ARGUMENTS
cmake_step() {
    local step=$1 choose=()
    shift
    while [ "$1" != -- ]; do choose+=("$1"); shift; done
    shift
    logged "$step" cmake -S . -B "$BUILD/$step" -G Ninja \
        -DWIREBIRD_CARGO_TARGET_DIR="$BUILD/cargo" "$@" &&
        logged "$step" cmake --build "$BUILD/$step" --parallel "$JOBS" &&
        logged "$step" ctest --test-dir "$BUILD/$step" --parallel "$JOBS" \
            --no-tests=error --timeout 300 "${choose[@]}"
    finish "$step" $? $(ctest_counts "$logs/$step.log")
    # What a skipped test says is only in CTest's own log.
    local unsaid
    unsaid=$(grep -h '^NOT COMPARED' "$BUILD/$step/Testing/Temporary/LastTest.log" 2>/dev/null)
    [ -z "$unsaid" ] || summary+="$step: $unsaid"$'\n'
}

step_qt6() { cmake_step qt6 -- -DCMAKE_BUILD_TYPE=Release -DWIREBIRD_QT_VERSION=6; }

step_qt5() { cmake_step qt5 -- -DCMAKE_BUILD_TYPE=Release -DWIREBIRD_QT_VERSION=5; }

# The engine itself is not instrumented; what it does with the C and C++ parts' memory is seen.
step_asan() {
    cmake_step asan --label-exclude 'consumer|uninstrumented' -- -DCMAKE_BUILD_TYPE=Debug \
        -DWIREBIRD_CARGO_PROFILE=release -DWIREBIRD_QT_VERSION=6 \
        -DWIREBIRD_SANITIZE=address,undefined
}

# Cases of Autobahn|Testsuite, both roles; skipped as a whole where it can't be installed.
step_conformance() {
    logged conformance tests/conformance/run.py --groups 1-7,10 --limit 120
    local status=$?
    if [ "$status" = 77 ]; then
        count conformance 0 0 1
    else
        finish conformance "$status" \
            $(awk '/^conformance: .* passed,/ { print $2, $4, 0 }' "$logs/conformance.log")
    fi
}

started=$SECONDS
for step in $STEPS; do
    echo "== $step"
    "step_$step"
done

echo
echo "After $(((SECONDS - started) / 60)) min $(((SECONDS - started) % 60)) s:"
printf '%s' "$summary"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
