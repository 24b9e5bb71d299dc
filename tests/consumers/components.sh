#!/bin/bash
# What find_package says of Wirebird's components: components.sh CMAKE SOURCES PREFIX SCRATCH QT QML
set -euo pipefail
cmake=$1 project=$2/tests/consumers/components prefix=$3 scratch=$4 qt=$5 qml=$6
other=$((11 - qt))
mkdir -p "$scratch"

# expect COMPONENTS TEXT CMAKE-ARGUMENT…: CMake says the text, whatever its line breaks.
expect() {
    local components=$1 text=$2
    shift 2
    rm -rf "$scratch/build/CMakeCache.txt"
    "$cmake" -G Ninja -S "$project" -B "$scratch/build" "-DCMAKE_PREFIX_PATH=$prefix" \
        "-DCOMPONENTS=$components" "$@" >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
    tr -s ' \n' ' ' <"$scratch/log" | grep -qF -- "$text" ||
        { echo "find_package(Wirebird COMPONENTS $components) $* did not say: $text"
          cat "$scratch/log"; exit 1; }
}

expect "Core" "found: -- component Core --"
everything="found: -- component Core -- component Qt "
[ "$qml" = OFF ] || everything+="-- component Qml "
everything+="-- component QtWebSocketsCompat"
expect "all" "$everything" -DWIREBIRD_QT_VERSION="$qt"
expect "Core Qt QtWebSocketsCompat" "-- component QtWebSocketsCompat" -DWIREBIRD_QT_VERSION="$qt"
expect "Core Teleport" "not found: The component Teleport is missing. There is no such component"
expect "Core Qt" "The component Qt is missing. This installation of Wirebird has no adapter for Qt \
$other." -DWIREBIRD_QT_VERSION="$other"
expect "Qt" "The component Qt is missing. Qt $qt's modules Core and Network were not found" \
    -DWIREBIRD_QT_VERSION="$qt" -DCMAKE_DISABLE_FIND_PACKAGE_Qt"$qt"=ON
expect "all" "found: -- component Core --" \
    -DWIREBIRD_QT_VERSION="$qt" -DCMAKE_DISABLE_FIND_PACKAGE_Qt"$qt"=ON
expect "Core OPTIONAL_COMPONENTS Qt" "Wirebird without its component Qt. This installation" \
    -DWIREBIRD_QT_VERSION="$other"
[ "$qml" = OFF ] ||
    expect "Qml" "The component Qml is missing. Qt $qt's module Qml was not found" \
        -DWIREBIRD_QT_VERSION="$qt" -DCMAKE_DISABLE_FIND_PACKAGE_Qt"$qt"Qml=ON
