#!/bin/sh
# Makes the references with Doxygen and fails if anything public is not documented, or wrongly:
# build.sh FOLDER [c|cpp …]
set -eu
cd "$(dirname "$0")/../.."
folder=$1
shift
version=$(sed -n 's/^    VERSION \(.*\)/\1/p' CMakeLists.txt)
[ $# -gt 0 ] || set -- c cpp
for language; do
    mkdir -p "$folder/$language"
    {
        cat docs/reference/common.doxyfile "docs/reference/$language.doxyfile"
        echo "OUTPUT_DIRECTORY = \"$folder/$language\""
        echo "STRIP_FROM_PATH = \"$PWD\""
        echo "PROJECT_NUMBER = $version"
    } | doxygen -
done
