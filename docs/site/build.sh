#!/bin/sh
# Makes the guide and the references: build.sh FOLDER. Wants Doxygen, and Sphinx in
# FOLDER/../docs-venv, both of which cmake/setup.sh installs.
set -eu
cd "$(dirname "$0")/../.."
mkdir -p "$1"
folder=$(cd "$1" && pwd)
docs/reference/build.sh "$folder"

# The pages lie as they do here, so that links between them hold.
pages=$folder/pages
rm -rf "$pages"
for file in ./*.md docs/*.md docs/guide/*.md docs/pictures/* benches/*.md; do
    mkdir -p "$pages/$(dirname "$file")"
    cp "$file" "$pages/$file"
done
# What they link to, for a look.
cp -r src include qt cpp-example qml-example LICENSE-* "$pages"
mkdir -p "$pages/tests/docs"
cp tests/docs/samples.h "$pages/tests/docs"
cp docs/site/conf.py docs/site/*.rst "$pages"
"$folder/../docs-venv/bin/python" -m sphinx -q -W --keep-going -b html "$pages" "$folder/html"
rm -rf "$folder/html/cpp" "$folder/html/c"
mv "$folder/cpp/html" "$folder/html/cpp"
mv "$folder/c/html" "$folder/html/c"
echo "$folder/html/README.html"
