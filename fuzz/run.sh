#!/usr/bin/env bash
# Fuzzes each target with libFuzzer, one after the other, and sums up; fails when an input was
# found that breaks something. Corpora, logs and findings are in build/fuzz.
#
# run.sh [TARGET …]      FUZZ_SECONDS: how long each; BUILD: the build folder.
#
# Needs no cargo-fuzz and no nightly compiler, but a C++ compiler. With AddressSanitizer where
# the Rust toolchain has its runtime (rustup's has, Debian's has not).
set -euo pipefail
cd "$(dirname "$0")/.."
. cmake/toolchain.sh

FUZZ_SECONDS=${FUZZ_SECONDS:-60}
work=$(realpath -m "${BUILD:-build}")/fuzz
targets=("$@")
[ $# -gt 0 ] || mapfile -t targets < <(sed -n 's/^name = "\([a-z]*\)"$/\1/p' fuzz/Cargo.toml)

flags="--cfg fuzzing -Copt-level=3 -Cdebug-assertions -Coverflow-checks -Ccodegen-units=1"
flags+=" -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4"
flags+=" -Cllvm-args=-sanitizer-coverage-inline-8bit-counters"
flags+=" -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares"
if compgen -G "$(rustc --print target-libdir)/librustc-*_rt.asan.a" >/dev/null; then
    export RUSTC_BOOTSTRAP=1
    flags+=" -Zsanitizer=address"
else
    echo "fuzz: this Rust toolchain has no AddressSanitizer: going on without"
fi
host=$(rustc -vV | sed -n 's/^host: //p')
RUSTFLAGS="$flags" CARGO_TARGET_DIR=$work/cargo cargo build --locked --release \
    --manifest-path fuzz/Cargo.toml --target "$host"

summary="" failed=0
for target in "${targets[@]}"; do
    corpus=$work/corpus/$target findings=$work/findings/$target log=$work/$target.log
    mkdir -p "$corpus" "$findings"
    echo "== $target, $FUZZ_SECONDS s"
    outcome=passed
    "$work/cargo/$host/release/$target" -max_total_time="$FUZZ_SECONDS" -timeout=10 \
        -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$findings/" \
        "$corpus" "fuzz/seeds/$target" >"$log" 2>&1 || outcome=FAILED
    if [ $outcome = FAILED ]; then
        failed=$((failed + 1))
        tail -n 40 "$log"
    fi
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    edges=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
    summary+=$(printf '%-10s %s: %s executions, %s edges covered, %s inputs kept' "$target" \
        "$outcome" "${executions:-?}" "${edges:-?}" "$(find "$corpus" -type f | wc -l)")$'\n'
done

printf '\n%s' "$summary"
echo "$((${#targets[@]} - failed)) passed, $failed failed"
[ $failed = 0 ]
