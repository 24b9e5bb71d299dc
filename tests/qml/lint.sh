#!/bin/sh
# Runs Qt 6's qmllint over files that import the module: lint.sh QMLLINT IMPORT-PATH FILE…
# A warning is a failure.
set -eu
qmllint=$1 imports=$2
shift 2
output=$("$qmllint" -I "$imports" "$@" 2>&1) || { echo "$output"; exit 1; }
echo "$output"
case $output in *Warning:*|*Error:*) exit 1 ;; esac
