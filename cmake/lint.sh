#!/usr/bin/env bash
# Everything that looks for mistakes without running the code: `make lint`. Goes on after a
# failure and fails at the end.
#
# BUILD: the build folder; JOBS: how many things at once; STEPS: some of the steps below, when not
# all are wanted. `STEPS=format` alone says which C and C++ files clang-format would change.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
. cmake/toolchain.sh

BUILD=$(realpath -m "${BUILD:-build}")
JOBS=${JOBS:-2}
STEPS=${STEPS:-rustfmt clippy shell qml tidy deny}
export CARGO_TARGET_DIR=$BUILD/cargo

step_rustfmt() { cargo fmt --all --check; }

# incompatible_msrv names what came to Rust's library after Cargo.toml's rust-version. It is all
# that can be seen of an older compiler without having one.
step_clippy() {
    cargo clippy --locked --all-targets --all-features --quiet -- \
        -D warnings -D clippy::incompatible_msrv
}

step_shell() {
    git ls-files '*.sh' .ci/run | xargs shellcheck --external-sources --severity=warning
}

step_format() {
    git ls-files '*.c' '*.cpp' '*.h' | grep -v '^include/wirebird/wirebird\.h$' |
        xargs clang-format --dry-run -Werror
}

# The C++ libraries, as they are built for Qt 6; moc's headers have to be there.
step_tidy() {
    cmake -S . -B "$BUILD/lint" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DWIREBIRD_QT_VERSION=6 \
        -DCMAKE_EXPORT_COMPILE_COMMANDS=ON -DWIREBIRD_BUILD_TESTS=OFF \
        -DWIREBIRD_BUILD_EXAMPLES=OFF "-DWIREBIRD_CARGO_TARGET_DIR=$BUILD/cargo" >/dev/null &&
        cmake --build "$BUILD/lint" --parallel "$JOBS" --target wirebird_qt_autogen \
            wirebird_qml_autogen wirebird_qtwebsockets_autogen >/dev/null || return 1
    local tidy
    tidy=$(compgen -c run-clang-tidy | sort -rV | head -n 1)
    # Files of the tree that are compiled; what moc makes is Qt's.
    git ls-files 'qt/adapter/*.cpp' 'qt/compat/*.cpp' 'qt/qml/*.cpp' | sed "s|^|^$PWD/|; s|\$|\$|" |
        xargs "$tidy" -quiet -p "$BUILD/lint" -j "$JOBS" 2>/dev/null >"$BUILD/lint/tidy.log" &&
        return
    grep -A5 -E 'warning:|error:' "$BUILD/lint/tidy.log"
    return 1
}

# Qt 6.4's qmllint mixes up string and QString of a module's types, and wants what Qt 6.5 brought
# (ComponentBehavior) for ids of outer components: those two stay out.
step_qml() {
    local qmllint=/usr/lib/qt6/bin/qmllint types
    [ -x "$qmllint" ] || qmllint=$(command -v qmllint6 || command -v qmllint)
    types=$BUILD/lint-qml
    mkdir -p "$types/Wirebird"
    cp qt/qml/qmldir qt/qml/plugins.qmltypes "$types/Wirebird"
    git ls-files '*.qml' | xargs "$qmllint" --type info --unqualified disable --import info \
        -I "$types"
}

# Licences, sources and doubled crates; known vulnerabilities where their list can be had.
step_deny() {
    local deny=$BUILD/tools/bin/cargo-deny status=0
    [ -x "$deny" ] || deny="cargo-deny"
    "$deny" --log-level error check licenses bans sources || status=1
    if "$deny" fetch db >/dev/null 2>&1; then
        "$deny" --log-level error check advisories || status=1
    else
        echo "The list of known vulnerabilities could not be fetched: not checked against it"
    fi
    return $status
}

failed=""
for step in $STEPS; do
    echo "== $step"
    "step_$step" || failed="$failed $step"
done
[ -z "$failed" ] || { echo "failed:$failed"; exit 1; }
echo "nothing found"
