#!/bin/sh
# Runs Qt 6's qmllint over files that import the module: lint.sh QMLLINT IMPORT-PATH FILE…
# A warning is a failure; that a delegate uses the ids around it is none, before Qt 6.5 there is
# no way to say that it may.
set -eu
qmllint=$1 imports=$2
shift 2
output=$("$qmllint" --unqualified disable -I "$imports" "$@" 2>&1) || { echo "$output"; exit 1; }
echo "$output"
case $output in *Warning:*|*Error:*) exit 1 ;; esac
