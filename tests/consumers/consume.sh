#!/bin/bash
# Builds and runs a small project that uses Wirebird:
# consume.sh KIND CMAKE SOURCES BUILD SCRATCH CARGO-FOLDER QT QML QMAKE
#
# installed     BUILD is installed, then moved, and found by find_package, pkg-config and qmake
# shared        the same with shared libraries, which need a build of their own
# subdirectory  the sources are a part of the project
#
# QML is ON where Qt's module Qml is installed, else OFF; QMAKE may be empty.
set -euo pipefail
kind=$1 cmake=$2 sources=$3 build=$4 scratch=$5/$1 cargo=$6 qt=$7 qml=$8 qmake=${9:-}
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

# install BUILD: into a folder of its own, which is moved before it is used.
install_and_move() {
    rm -rf "$scratch/prefix" "$scratch/before"
    "$cmake" --install "$1" --prefix "$scratch/before" >/dev/null
    by_pkg_config "$scratch/before"
    mv "$scratch/before" "$scratch/prefix"
    if grep -rlF -e "$scratch/before" -e "$sources" -e "$1" --exclude='*.a' --exclude='*.so*' \
        "$scratch/prefix"; then
        echo "these say where they were built or installed"
        exit 1
    fi
}

# The C ABI with nothing but a compiler and pkg-config.
by_pkg_config() {
    export PKG_CONFIG_PATH
    PKG_CONFIG_PATH=$(dirname "$(find "$1" -name wirebird.pc)")
    rpath=-Wl,-rpath,$(pkg-config --variable=libdir wirebird)
    cc -Wall -Werror "$here/consumer.c" -o "$scratch/by-pkg-config-c" \
        $(pkg-config --cflags --libs wirebird) "$rpath"
    "$scratch/by-pkg-config-c" | grep -F "Wirebird $(pkg-config --modversion wirebird)"
}

# The C++ classes so, and by qmake.
by_other_tools() {
    by_pkg_config "$scratch/prefix"
    c++ -std=c++17 -fPIC "$here/consumer.cpp" -o "$scratch/by-pkg-config" \
        $(pkg-config --cflags --libs "wirebird-qt$qt") "$rpath"
    "$scratch/by-pkg-config"
    if [ -n "$qmake" ]; then
        rm -rf "$scratch/qmake"
        mkdir "$scratch/qmake"
        cd "$scratch/qmake"
        QMAKEPATH=$(find "$scratch/prefix" -path '*/mkspecs/modules/qt_lib_wirebird.pri')
        QMAKEPATH=${QMAKEPATH%/mkspecs/*} "$qmake" "$here/qmake/consumer.pro"
        make --silent
        ./consumer
        cd - >/dev/null
    fi
}

# block LANGUAGE FILE: the file's first block in a language.
block() { awk -v start="\`\`\`$1" '$0 == start { on = 1; next } on && /^```/ { exit } on' \
    "$sources/$2"; }

case $kind in
installed)
    install_and_move "$build"
    by_other_tools
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
    # shellcheck disable=SC2091 # it is the command to try
    $(sed -n "s|PREFIX|$scratch/prefix|g; s/^\(cc main.c .*\)/\1/p" \
        "$sources/docs/guide/building.md")
    ./a.out
    ;;
shared)
    "$cmake" -G Ninja -S "$sources" -B "$scratch/shared" -DBUILD_SHARED_LIBS=ON \
        -DCMAKE_BUILD_TYPE=Release "-DWIREBIRD_QT_VERSION=$qt" -DWIREBIRD_BUILD_TESTS=OFF \
        -DWIREBIRD_BUILD_EXAMPLES=OFF "-DWIREBIRD_CARGO_TARGET_DIR=$cargo"
    "$cmake" --build "$scratch/shared"
    install_and_move "$scratch/shared"
    by_other_tools
    configure_and_build -S "$here/installed" "-DCMAKE_PREFIX_PATH=$scratch/prefix"
    # Loaded by their names.
    ldd "$scratch/build/consumer" | grep "$scratch/prefix/.*libwirebird.so"
    ldd "$scratch/build/consumer" | grep "$scratch/prefix/.*libWirebirdQt$qt.so"
    [ "$qml" = OFF ] ||
        ldd "$scratch/build/consumer-qml" | grep "$scratch/prefix/.*libWirebirdQml$qt.so"
    "$here/exports.sh" "$sources" "$scratch/prefix"
    ;;
subdirectory)
    configure_and_build -S "$here/subdirectory" "-DWIREBIRD_SOURCES=$sources" \
        "-DWIREBIRD_CARGO_TARGET_DIR=$cargo" "-DWIREBIRD_QT_VERSION=$qt"
    ninja -C "$scratch/build" -n | tee "$scratch/again" | grep 'no work to do' ||
        { echo "what was just built would be built again:"; cat "$scratch/again"; exit 1; }
    ;;
esac
