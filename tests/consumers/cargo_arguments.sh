#!/bin/bash
# What CMake tells cargo, as the build's rules have it: cargo_arguments.sh CMAKE SOURCES SCRATCH
set -euo pipefail
cmake=$1 sources=$2 scratch=$3

# rules CMAKE-ARGUMENT…: the call of cargo in a build of the C ABI alone.
rules() {
    rm -rf "$scratch"
    "$cmake" -G Ninja -S "$sources" -B "$scratch" -DWIREBIRD_BUILD_QT=OFF \
        -DWIREBIRD_BUILD_TESTS=OFF -DWIREBIRD_BUILD_EXAMPLES=OFF "$@" >"$scratch.log" 2>&1 ||
        { cat "$scratch.log"; exit 1; }
    ninja -C "$scratch" -t commands wirebird_cargo | grep 'cargo rustc' | tr -d '"'
}
expect() {
    local text=$1
    shift
    got=$(rules "$@")
    case $got in *"$text"*) ;; *) echo "not told with $*: $text"; echo "$got"; exit 1 ;; esac
}
refuse() {
    local text=$1
    shift
    got=$(rules "$@")
    case $got in *"$text"*) echo "told with $*: $text"; echo "$got"; exit 1 ;; esac
}

expect '--profile release' -DCMAKE_BUILD_TYPE=Release
expect '--profile release' -DCMAKE_BUILD_TYPE=RelWithDebInfo
expect '--profile dev' -DCMAKE_BUILD_TYPE=Debug
expect '--profile release' -DCMAKE_BUILD_TYPE=Debug -DWIREBIRD_CARGO_PROFILE=release
refuse '--target' -DCMAKE_BUILD_TYPE=Release
expect '--target aarch64-unknown-linux-musl' -DWIREBIRD_CARGO_TARGET=aarch64-unknown-linux-musl
expect '--offline' -DWIREBIRD_CARGO_FLAGS=--offline

# Cross-compiling, by what a toolchain file sets.
cross=(-DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY -DCMAKE_SYSTEM_NAME=Linux)
expect '--target aarch64-unknown-linux-gnu' "${cross[@]}" -DCMAKE_SYSTEM_PROCESSOR=aarch64
expect "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=$(command -v cc)" \
    "${cross[@]}" -DCMAKE_SYSTEM_PROCESSOR=aarch64 "-DCMAKE_C_COMPILER=$(command -v cc)"
expect '--target armv7-unknown-linux-gnueabihf' "${cross[@]}" -DCMAKE_SYSTEM_PROCESSOR=armv7l
expect '--target riscv64gc-unknown-linux-gnu' "${cross[@]}" -DCMAKE_SYSTEM_PROCESSOR=riscv64
expect '--target mips64' "${cross[@]}" -DCMAKE_SYSTEM_PROCESSOR=mips64 \
    -DWIREBIRD_CARGO_TARGET=mips64-unknown-linux-muslabi64
