#!/bin/bash
# Shared libraries of an installation export what is documented and nothing else, and have the
# names that programs load: exports.sh SOURCES PREFIX
set -euo pipefail
sources=$1 prefix=$2
header=$sources/include/wirebird/wirebird.h
soversion=$(sed -n 's/^version = "\([0-9]*\)\..*/\1/p' "$sources/Cargo.toml")
status=0

# Without versions of symbols, whose names are symbols, too.
exported() { nm -D --defined-only "$1" | awk 'NF == 3 && $2 != "A" { sub("@.*", "", $3); print $3 }'; }

core=$(find "$prefix" -name 'libwirebird.so.*.*')
diff <(grep -A1 '^WIREBIRD_API' "$header" | grep -o 'wirebird_[a-z0-9_]*(' | tr -d '(' | sort) \
    <(exported "$core" | sort) ||
    { echo "< is declared by wirebird.h, > is exported by $core"; status=1; }

for library in "$core" $(find "$prefix" -name 'libWirebird*.so.*.*'); do
    name=$(basename "$library" | sed "s/\.so\..*/.so.$soversion/")
    readelf -d "$library" | grep -q "SONAME.*\[$name\]" ||
        { echo "$library has not the SONAME $name"; status=1; }
    [ "$library" != "$core" ] || continue
    # Of C++ the own classes, by their mangled names, and what moc and Qt's macros make of them.
    classes='(8Wirebird|[0-9]+Q(WebSocket|MaskGenerator))'
    own="^_Z(N[KOR]*|T[ISV]N?|Th[^_]*_N[KOR]*)$classes"
    foreign=$(exported "$library" | grep -Ev "$own" || true)
    [ -z "$foreign" ] || { echo "$name exports besides: $foreign" | c++filt; status=1; }
done
exit $status
