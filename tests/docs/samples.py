#!/usr/bin/env python3
"""Makes sources of the code in the README and the guide, for the compiler to read.

samples.py SOURCES FOLDER writes into FOLDER

- program-….cpp and .c for each block that has a main(),
- samples.cpp and samples.c with all other blocks, each in a function of its own or, if it
  defines something, a namespace; what they use is in samples.h. Those of QWebChannel, which is
  not everywhere, are in webchannel.cpp,
- qml/Sample….qml for each block of QML.

Errors are told at the lines of the Markdown. Prints the names of the programs.
"""

import os
import re
import sys

from blocks import blocks_of, markdown_files

DEFINES = re.compile(r"^(class|struct|template|namespace|static|extern|[\w:<>*& ]+\)\n\{)", re.M)
MAIN = re.compile(r"^int main\(", re.M)
INCLUDE = re.compile(r"^#include .*\n", re.M)
LANGUAGES = {"cpp": "cpp", "c++": "cpp", "c": "c", "qml": "qml"}


def write(path, text):
    """Leaves a file alone that has this text, so that nothing is compiled anew."""
    try:
        with open(path, encoding="utf-8") as file:
            if file.read() == text:
                return
    except OSError:
        pass
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def name_of(block):
    stem = os.path.splitext(block.path)[0].replace(os.sep, "-").replace("docs-guide-", "")
    return f"{stem.lower()}-{block.line}"


def located(block, code):
    return f'#line {block.line} "{block.path}"\n{code}'


def in_cpp(number, block):
    code = INCLUDE.sub("\n", block.text)
    if DEFINES.search(code):
        return f"namespace sample{number} {{\n{located(block, code)}}}\n"
    return (f"struct Sample{number} : Context {{ void run(); }};\n"
            f"void Sample{number}::run()\n{{\n{located(block, code)}}}\n")


def in_c(number, block):
    code = INCLUDE.sub("\n", block.text)
    if DEFINES.search(code):
        return located(block, code)
    if code.lstrip().startswith("case "):
        code = f"{located(block, code)}default: break;"
        code = f"switch (event.kind) {{\n{code}}}\n"
    else:
        code = located(block, code)
    return f"void sample{number}(SAMPLE_CONTEXT);\nvoid sample{number}(SAMPLE_CONTEXT)\n{{\n{code}}}\n"


def of_qml(block):
    code = block.text
    return code if "import " in code else "import QtQuick\nimport Wirebird\n" + code


def main():
    sources, folder = sys.argv[1:]
    os.makedirs(os.path.join(folder, "qml"), exist_ok=True)
    units = {"samples.cpp": [], "samples.c": [], "webchannel.cpp": []}
    includes = {unit: [] for unit in units}
    programs, documents = [], set()
    for path in markdown_files(sources):
        if not (path == "README.md" or path.startswith("docs")):
            continue
        for block in blocks_of(sources, path)[0]:
            language = LANGUAGES.get(block.language)
            if language == "qml":
                name = "Sample" + re.sub(r"\W", "", name_of(block).title()) + ".qml"
                write(os.path.join(folder, "qml", name), of_qml(block))
                documents.add(name)
            elif language and MAIN.search(block.text):
                name = f"program-{name_of(block)}.{language}"
                write(os.path.join(folder, name), located(block, block.text))
                programs.append(name)
            elif language:
                unit = "webchannel.cpp" if "WebChannel" in block.text else f"samples.{language}"
                includes[unit] += INCLUDE.findall(block.text)
                number = len(units[unit])
                units[unit].append((in_cpp if language == "cpp" else in_c)(number, block))
    for unit, parts in units.items():
        head = "".join(dict.fromkeys(includes[unit]))
        write(os.path.join(folder, unit), f'{head}#include "samples.h"\n\n' + "\n".join(parts))
    for name in os.listdir(os.path.join(folder, "qml")):
        if name not in documents:
            os.remove(os.path.join(folder, "qml", name))
    for name in os.listdir(folder):
        if name.startswith("program-") and name not in programs:
            os.remove(os.path.join(folder, name))
    print(";".join(programs), end="")


main()
