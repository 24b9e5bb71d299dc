#!/bin/sh
# What a program that was built before relies on: the values, types, layouts and functions of the
# header, on this processor. Compares them with the committed table beside this script:
# abi.sh CC INCLUDE-FOLDER SCRATCH-FOLDER. WIREBIRD_WRITE_ABI=1 writes the table anew.
set -eu
cc=$1 include=$2 scratch=$3
table=$(dirname "$0")/abi.txt
mkdir -p "$scratch"

# The header without comments, a declaration a line.
sed -e '/^\/\*/,/\*\/$/d' -e '/^ *\/\*\*/,/\*\/$/d' "$include/wirebird/wirebird.h" |
    awk '/^#/ { print; next }
         { joined = joined (joined ? " " : "") $0 }
         /[;{}]/ && !/\($|,$/ { print joined; joined = "" }' |
    sed -e 's/  */ /g' -e 's/^ //' >"$scratch/declarations"

{
    cat <<'C'
#include <stdio.h>
#include <wirebird/wirebird.h>
#define MEMBER(type, name, declaration)                                                           \
    printf("member %s.%s at %u, %u bytes: %s\n", #type, #name, (unsigned)offsetof(type, name),    \
           (unsigned)sizeof(((type *)0)->name), declaration)
int main(void)
{
C
    awk '
        /^#define WIREBIRD_/ && NF == 3 && $2 != "WIREBIRD_API" {
            printf "    printf(\"value %s = %%lld\\n\", (long long)%s);\n", $2, $2
        }
        /^typedef struct \{/ { sub(/^typedef struct \{ ?/, ""); open = 1; members = 0 }
        open && /^\} wirebird_/ {
            gsub(/[};]/, ""); sub(/^ */, "")
            printf "    printf(\"struct %s, %%u bytes\\n\", (unsigned)sizeof(%s));\n", $1, $1
            for (i = 0; i < members; i++) printf "    MEMBER(%s, %s, \"%s\");\n", \
                $1, member[i], text[i]
            open = 0
            next
        }
        open && /;/ {
            name = $0
            if (match(name, /\(\*[a-z_]+\)/)) name = substr(name, RSTART + 2, RLENGTH - 3)
            else { sub(/ *(\[[^]]*\])?;.*/, "", name); sub(/.*[ *]/, "", name) }
            sub(/;$/, ""); text[members] = $0
            member[members++] = name
        }
        /^typedef [a-z0-9_]+ wirebird_[a-z_]+;/ {
            sub(/;/, "", $3)
            printf "    printf(\"type %s = %s, %%u bytes\\n\", (unsigned)sizeof(%s));\n", \
                $3, $2, $3
        }
        /^WIREBIRD_API / {
            sub(/^WIREBIRD_API /, ""); sub(/;$/, "")
            printf "    puts(\"function %s\");\n", $0
        }' "$scratch/declarations"
    echo "    return 0;"
    echo "}"
} >"$scratch/abi.c"
"$cc" -I"$include" "$scratch/abi.c" -o "$scratch/abi"
"$scratch/abi" | LC_ALL=C sort >"$scratch/abi.txt"

# Everything that the header has is in the table.
count() { grep -c "$1" "$2" || true; }
for pair in "^WIREBIRD_API:^function " "^} wirebird_:^struct "; do
    there=$(count "${pair%%:*}" "$include/wirebird/wirebird.h")
    read_=$(count "${pair#*:}" "$scratch/abi.txt")
    [ "$there" = "$read_" ] ||
        { echo "$there of '${pair%%:*}' in the header, $read_ were understood"; exit 1; }
done

[ -z "${WIREBIRD_WRITE_ABI:-}" ] || cp "$scratch/abi.txt" "$table"
diff -u "$table" "$scratch/abi.txt" >"$scratch/difference" && exit
cat "$scratch/difference"
if grep -q '^-[^-]' "$scratch/difference"; then
    echo
    echo "Lines with a minus are what programs were built with. Sizes of option structs, which"
    echo "begin with their size, may grow at their end; anything else breaks those programs."
fi
echo
echo "If this is wanted, accept it: WIREBIRD_WRITE_ABI=1 ctest -R c.abi_table, and commit"
echo "tests/c/abi.txt with the change."
exit 1
