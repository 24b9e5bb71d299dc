#!/bin/bash
# Compares the libraries that rustc wants beside a static library with those that CMake and qmake
# link: system_libraries.sh RUSTC WIREBIRD-CORE.PRI NAME…
set -euo pipefail
rustc=$1 pri=$2
shift 2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
: >"$scratch/empty.rs"
wanted=$("$rustc" --crate-type staticlib --print native-static-libs \
    -o "$scratch/libempty.a" "$scratch/empty.rs" 2>&1 | sed -n 's/.*native-static-libs: //p')
[ -n "$wanted" ] || { echo "rustc named no libraries"; exit 1; }
for flag in $wanted; do
    name=${flag#-l}
    case " $* " in
    *" $name "*) ;;
    *) echo "rustc wants $flag, which Wirebird::Core does not link"; exit 1 ;;
    esac
    grep -q "^else: LIBS .*-l$name\b" "$pri" ||
        { echo "rustc wants $flag, which $pri does not link"; exit 1; }
done
echo "linked: $wanted"
