#!/bin/bash
# Builds the examples with qmake, each from its own .pro file, outside the source tree:
# qmake.sh QMAKE MAKE FOLDER CARGO-FOLDER EXAMPLE…
set -euo pipefail
qmake=$1 make=$2 folder=$3 cargo=$4
shift 4
root=$(cd "$(dirname "$0")/../.." && pwd)

# Each program compiles the same sources.
compiler=()
if command -v ccache >/dev/null; then
    export CCACHE_DIR=${CCACHE_DIR:-$folder/ccache} CCACHE_NOHASHDIR=1
    compiler=("QMAKE_CXX=ccache g++")
fi

build() {
    mkdir -p "$folder/$1"
    cd "$folder/$1"
    # Not optimised: that takes half the time.
    "$qmake" "$root/$1" "WIREBIRD_CARGO_TARGET_DIR=$cargo" QMAKE_CXXFLAGS_RELEASE=-O0 \
        "${compiler[@]}"
    "$make" -j2 --silent
}

for example in "$@"; do
    case $example in
    c-echo) build cpp-example/c-echo ;;
    echo) build cpp-example/echo-server && build cpp-example/echo-client ;;
    chat) build cpp-example/chat-server && build cpp-example/chat-client ;;
    webchannel) build cpp-example/webchannel ;;
    ticker) build cpp-example/ticker-server && build cpp-example/ticker-client ;;
    window) build qml-example/ticker-window ;;
    whiteboard) build qml-example/whiteboard ;;
    esac
done
