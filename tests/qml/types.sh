#!/bin/sh
# Compares the committed type information for Qt 5 with the plugin's:
# types.sh QMLPLUGINDUMP IMPORT-PATH FILE. With WIREBIRD_WRITE_QMLTYPES set it is written.
set -eu
dump=$1 imports=$2 file=$3
found=$("$dump" -nonrelocatable Wirebird 1.0 "$imports" | sed "s/^\/\/ 'qmlplugindump .*/\/\/ 'qmlplugindump -nonrelocatable Wirebird 1.0'/")
if [ -n "${WIREBIRD_WRITE_QMLTYPES:-}" ]; then
    echo "$found" >"$file"
fi
echo "$found" | diff -u "$file" - || {
    echo "$file does not describe the plugin: WIREBIRD_WRITE_QMLTYPES=1 writes it anew"
    exit 1
}
