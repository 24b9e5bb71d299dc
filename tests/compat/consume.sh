#!/bin/bash
# Builds and runs a project written for Qt WebSockets with the replacement of it, and looks that
# nothing of Qt's own module is in it: consume.sh KIND CMAKE QMAKE SOURCES BUILD SCRATCH CARGO QT
#
# KIND is cmake, qmake or pkgconfig, and what it uses: build (this build), installed or shared (what the
# tests of Wirebird's own package installed), sources (qmake alone, without CMake), both (CMake
# warns of two modules in a project).
set -euo pipefail
kind=$1 cmake=$2 qmake=$3 sources=$4 build=$5 scratch=$6/$1 cargo=$7 qt=$8
program=$sources/tests/compat/program
rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch"

# find_in FOLDER NAME: the first file of this name; not what other tests have made.
find_in() { find "$1" -path "$build/tests" -prune -o -name "$2" -print | head -n 1 | grep .; }

case $kind in
*-build | *-both) prefix=$build ;;
*-installed) prefix=$build/tests/consumers/installed/prefix ;;
*-shared) prefix=$build/tests/consumers/shared/prefix ;;
*) prefix= ;;
esac
if [ -n "$prefix" ]; then
    package=$(find_in "$prefix" "Qt${qt}WebSocketsConfig.cmake")
    qmldir=$(find_in "$prefix" qmldir || true)
    [ -z "$qmldir" ] || export QML2_IMPORT_PATH=${qmldir%/QtWebSockets/qmldir}
fi

case $kind in
cmake-both)
    "$cmake" -S "$sources/tests/compat/both" -B . -DQT_MAJOR="$qt" \
        -DWirebird_DIR="${package%/*/*}" >log 2>&1 || { cat log; exit 1; }
    cat log
    grep -q "is not installed" log || tr -s ' \n' ' ' <log | grep -q "must not be loaded into one"
    "$cmake" -S "$sources/tests/compat/both" -B ours -DQT_MAJOR="$qt" \
        -DWirebird_DIR="${package%/*/*}" -DQt"$qt"WebSockets_DIR="${package%/*}" >log 2>&1
    ! grep -A5 "CMake Warning" log
    exit
    ;;
cmake-*)
    "$cmake" -G Ninja -S "$program" -B . -DQT_MAJOR="$qt" -DQt"$qt"WebSockets_DIR="${package%/*}"
    "$cmake" --build .
    foreign=$(ninja -t deps | grep '/QtWebSockets/' |
        grep -v -e /compat/include/ -e /wirebird/qtwebsockets/ || true)
    ;;
qmake-*)
    if [ -n "$prefix" ]; then
        QMAKEPATH=$(find_in "$prefix" qt_lib_websockets.pri)
        # Built beside it lies what is to be installed, which is not whole there.
        [ "$prefix" != "$build" ] || QMAKEPATH=$build/qmake/mkspecs/modules/
        export QMAKEPATH=${QMAKEPATH%/mkspecs/modules/*}
    else
        export QMAKEPATH=$sources/qt
    fi
    "$qmake" "$program" "WIREBIRD_CARGO_TARGET_DIR=$cargo" QMAKE_CXXFLAGS_RELEASE=-O0
    if [ "$kind" = qmake-sources ]; then
        # All of it takes minutes; that the sources of both are compiled and linked is enough.
        make --silent -j2 echo.o qwebsocket.o
        make -n program | grep -- '-o program .*qwebsocketserver\.o .*libwirebird\.a'
        exit
    fi
    make --silent -j2
    foreign=$(grep -ho '[^ ]*/QtWebSockets/[^ ]*' Makefile |
        grep -v -e /compat/include/ -e /wirebird/qtwebsockets/ || true)
    ;;
pkgconfig-*)
    pc=$(find_in "$prefix" "Qt${qt}WebSockets.pc")
    # Built beside it lies what is to be installed, which is not whole there.
    [ "$prefix" != "$build" ] || pc=$build/pkgconfig/Qt${qt}WebSockets.pc
    export PKG_CONFIG_PATH=${pc%/*}
    unset qmldir # the program goes without QML
    moc=$("$qmake" -query QT_INSTALL_LIBEXECS)/moc
    [ -x "$moc" ] || moc=$("$qmake" -query QT_HOST_BINS)/moc
    "$moc" "$program/echo.h" -o moc_echo.cpp
    rpath=
    [ "$kind" != pkgconfig-shared ] ||
        rpath=-Wl,-rpath,$(pkg-config --variable=libdir "Qt${qt}WebSockets")
    c++ -std=c++17 -fPIC -MD -I"$program" "$program"/*.cpp moc_echo.cpp -o program \
        $(pkg-config --cflags --libs "Qt${qt}WebSockets") $rpath
    foreign=$(grep -ho '[^ ]*/QtWebSockets/[^ ]*' ./*.d |
        grep -v -e /compat/include/ -e /wirebird/qtwebsockets/ || true)
    ;;
esac
[ -z "$foreign" ] || { echo "headers that are not ours: $foreign"; exit 1; }
timeout 60 ./program | tee output
grep -q 'echo in C++' output
[ -z "${qmldir:-}" ] || grep -q 'echo in QML' output
! ldd program | grep -E 'libQt[56]WebSockets|not found'
case $kind in
*-shared) ldd program | grep "libWirebirdQtWebSockets$qt.so" ;;
*) test "$(nm program | grep -c wirebird_)" -gt 0 ;;
esac
