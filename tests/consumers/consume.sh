#!/bin/bash
# Builds and runs a small project that uses Wirebird:
# consume.sh KIND CMAKE SOURCES BUILD SCRATCH CARGO-FOLDER QT QML
#
# installed     BUILD is installed and found by find_package
# shared        the same with shared libraries, which need a build of their own
# subdirectory  the sources are a part of the project
#
# QML is ON where Qt's module Qml is installed, else OFF.
set -euo pipefail
kind=$1 cmake=$2 sources=$3 build=$4 scratch=$5/$1 cargo=$6 qt=$7 qml=$8
here=$sources/tests/consumers
mkdir -p "$scratch"

# The project's arguments are what a user would give, and Qt's version.
configure_and_build() {
    rm -rf "$scratch/build"
    "$cmake" -G Ninja -B "$scratch/build" -DCMAKE_BUILD_TYPE=Release "-DQT_MAJOR=$qt" \
        "-DWITH_QML=$qml" "$@"
    "$cmake" --build "$scratch/build"
    "$scratch/build/consumer"
    "$scratch/build/consumer-c"
    [ "$qml" = OFF ] || "$scratch/build/consumer-qml"
}

# block LANGUAGE FILE: the file's first block in a language.
block() { awk -v start="\`\`\`$1" '$0 == start { on = 1; next } on && /^```/ { exit } on' \
    "$sources/$2"; }

case $kind in
installed)
    rm -rf "$scratch/prefix"
    "$cmake" --install "$build" --prefix "$scratch/prefix"
    configure_and_build -S "$here/installed" "-DCMAKE_PREFIX_PATH=$scratch/prefix"
    # The examples are projects of their own, too.
    examples=echo-client
    [ -z "$(find "$scratch/prefix" -name "WirebirdWebChannel${qt}Targets.cmake")" ] ||
        examples="$examples webchannel"
    for example in $examples; do
        "$cmake" -G Ninja -S "$sources/cpp-example/$example" -B "$scratch/$example" \
            "-DCMAKE_PREFIX_PATH=$scratch/prefix" -DWIREBIRD_QT_VERSION="$qt"
        "$cmake" --build "$scratch/$example"
    done
    # So are the programs of the README and of the guide.
    mkdir -p "$scratch/readme"
    block cpp README.md >"$scratch/readme/main.cpp"
    block cmake README.md | sed "s/Qt6/Qt$qt/" >"$scratch/readme/CMakeLists.txt"
    "$cmake" -G Ninja -S "$scratch/readme" -B "$scratch/readme/build" \
        "-DCMAKE_PREFIX_PATH=$scratch/prefix" -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror"
    "$cmake" --build "$scratch/readme/build"
    "$scratch/readme/build/hello" 2>&1 | grep '^Hello, bird!$'
    block c docs/guide/c.md >"$scratch/readme/main.c"
    cd "$scratch/readme"
    $(sed -n "s|PREFIX|$scratch/prefix|g; s/^\(cc main.c .*\)/\1/p" \
        "$sources/docs/guide/building.md")
    ./a.out
    ;;
shared)
    rm -rf "$scratch/prefix"
    "$cmake" -G Ninja -S "$sources" -B "$scratch/shared" -DBUILD_SHARED_LIBS=ON \
        -DCMAKE_BUILD_TYPE=Release "-DWIREBIRD_QT_VERSION=$qt" -DWIREBIRD_BUILD_TESTS=OFF \
        -DWIREBIRD_BUILD_EXAMPLES=OFF "-DWIREBIRD_CARGO_TARGET_DIR=$cargo"
    "$cmake" --build "$scratch/shared"
    "$cmake" --install "$scratch/shared" --prefix "$scratch/prefix"
    configure_and_build -S "$here/installed" "-DCMAKE_PREFIX_PATH=$scratch/prefix"
    # Loaded by their names, and nothing but the C ABI is exported by the engine.
    ldd "$scratch/build/consumer" | grep "$scratch/prefix/.*libwirebird.so"
    ldd "$scratch/build/consumer" | grep "$scratch/prefix/.*libWirebirdQt$qt.so"
    [ "$qml" = OFF ] ||
        ldd "$scratch/build/consumer-qml" | grep "$scratch/prefix/.*libWirebirdQml$qt.so"
    foreign=$(nm -D --defined-only "$scratch"/prefix/lib*/libwirebird.so \
        "$scratch"/prefix/lib*/*/libwirebird.so 2>/dev/null | awk 'NF == 3 { print $3 }' |
        grep -v '^wirebird_' || true)
    [ -z "$foreign" ] || { echo "exported besides the C ABI: $foreign"; exit 1; }
    ;;
subdirectory)
    configure_and_build -S "$here/subdirectory" "-DWIREBIRD_SOURCES=$sources" \
        "-DWIREBIRD_CARGO_TARGET_DIR=$cargo" "-DWIREBIRD_QT_VERSION=$qt"
    ;;
esac
