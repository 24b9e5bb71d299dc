#!/usr/bin/env python3
"""Checks what no compiler sees in the Markdown files: markdown.py SOURCES

- Each relative link leads to a file, and to a heading if it names one.
- Blocks have a language that is known here; those for a shell can be read by one, JSON can be
  parsed, nginx and haproxy accept their configurations where they are installed.
- Tests that SECURITY.md names exist.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from blocks import blocks_of, markdown_files

LANGUAGES = {"", "c", "cmake", "cpp", "dockerfile", "haproxy", "ini", "json", "nginx", "qmake",
             "qml", "sh", "text"}
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HTML_LINK = re.compile(r'(?:src|srcset|href)="([^"]+)"')
problems = []


def complain(place, text):
    problems.append(f"{place}: {text}")


def anchors(sources, path):
    """The names of a file's headings, as they are linked to."""
    names = set()
    for line in blocks_of(sources, path)[1]:
        heading = re.match(r"#+ (.*)", line)
        if heading:
            name = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.group(1)).lower()
            names.add(re.sub(r"[^\w\- ]", "", name).strip().replace(" ", "-"))
    return names


def check_links(sources, path, prose):
    # What stands in `…` is no link; the text of one may go over lines.
    text = re.sub(r"`[^`\n]*`", "", "\n".join(prose))
    for link in [*LINK.finditer(text), *HTML_LINK.finditer(text)]:
        target, place = link.group(1), f"{path}:{text.count(chr(10), 0, link.start()) + 1}"
        if re.match(r"[a-z][a-z+.-]*:", target):
            continue
        file, _, anchor = target.partition("#")
        found = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
        if not os.path.exists(os.path.join(sources, found)):
            complain(place, f"{target} is not there")
        elif anchor and found.endswith(".md") and anchor not in anchors(sources, found):
            complain(place, f"{target}: no such heading")


def check_with(block, program, arguments, configuration):
    """Has a program look at its configuration, in a folder of its own."""
    found = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not found:
        return
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "configuration")
        with open(file, "w", encoding="utf-8") as out:
            out.write(configuration)
        run = subprocess.run([found, *arguments, file], cwd=folder, text=True, timeout=60,
                             capture_output=True)
        if run.returncode:
            complain(block.place, f"{program}: {(run.stdout + run.stderr).strip()}")


def check_blocks(blocks):
    for block in blocks:
        if block.language not in LANGUAGES:
            complain(block.place, f"blocks in {block.language} are checked by nothing")
        elif block.language == "sh":
            shell = subprocess.run(["sh", "-n"], input=block.text, text=True, capture_output=True)
            if shell.returncode:
                complain(block.place, shell.stderr.strip())
        elif block.language == "nginx":
            # It is given no port: a test of a configuration binds them.
            code = re.sub(r"listen [^;]*;", "listen unix:server.sock;", block.text)
            paths = "".join(f"{kind}_temp_path {kind};" for kind in
                            ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
            check_with(block, "nginx", ["-t", "-q", "-e", "stderr", "-p", ".", "-c"],
                       f"pid nginx.pid; events {{}} http {{ access_log off; {paths}\n{code} }}")
        elif block.language == "haproxy":
            check_with(block, "haproxy", ["-c", "-q", "-f"], block.text)
        elif block.language == "json":
            try:
                json.loads(block.text)
            except ValueError as error:
                complain(block.place, str(error))


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def has_rust_test(root, parts):
    """Whether there is a module or a function by this path: in files, then inside of one."""
    at = root
    for index, part in enumerate(parts):
        if os.path.isdir(os.path.join(at, part)):
            at = os.path.join(at, part)
        elif os.path.isfile(os.path.join(at, part + ".rs")):
            text = read(os.path.join(at, part + ".rs"))
            return all(re.search(rf"\b(fn|mod) {name}\b", text) for name in parts[index + 1:])
        else:
            map_of = os.path.join(at, "mod.rs")
            return (index > 0 and os.path.isfile(map_of)
                    and all(re.search(rf"\b(fn|mod) {name}\b", read(map_of))
                            for name in parts[index:]))
    return True


def program(sources, name):
    """The source of a test program in C or C++."""
    for path, _, names in os.walk(os.path.join(sources, "tests")):
        for suffix in (".c", ".cpp", ".qml"):
            if name + suffix in names:
                return os.path.join(path, name + suffix)
    return None


def check_named_tests(sources):
    named = 0
    latest = None
    for number, line in enumerate(blocks_of(sources, "SECURITY.md")[1], 1):
        place = f"SECURITY.md:{number}"
        if not line.startswith("|"):
            continue
        for name in re.findall(r"`([^`]+)`", line.split("|")[-2]):
            words = name.split()
            if re.fullmatch(r"\w+(::\w+)+", name):
                named += 1
                parts = name.split("::")
                if not (has_rust_test(os.path.join(sources, "tests/rust"), parts)
                        or has_rust_test(os.path.join(sources, "src"), parts)):
                    complain(place, f"there is no test {name}")
            elif re.match(r"tst_|c\.", words[0]):
                named += 1
                latest = program(sources, re.sub(r"^c\.", "tst_", words[0]))
                if latest is None:
                    complain(place, f"there is no program {words[0]}")
                for function in words[1:] if latest else ():
                    if not re.search(rf"\b{function}\b", read(latest)):
                        complain(place, f"{words[0]} has no test {function}")
            elif re.fullmatch(r"browser\.\w+", name):
                named += 1
                file = os.path.join(sources, "tests/browser", name.split(".")[1] + ".test.js")
                if not os.path.exists(file):
                    complain(place, f"there is no test {name}")
            elif re.fullmatch(r"[a-z][A-Za-z_]+", name) and latest:
                named += 1
                if not re.search(rf"\b{name}\b", read(latest)):
                    complain(place, f"{os.path.basename(latest)} has no test {name}")
    if named < 50:
        complain("SECURITY.md", f"names {named} tests: is it still read rightly?")


def main():
    sources = sys.argv[1]
    files = markdown_files(sources)
    for path in files:
        blocks, prose = blocks_of(sources, path)
        check_blocks(blocks)
        check_links(sources, path, prose)
    check_named_tests(sources)
    for problem in problems:
        print(problem)
    print(f"{len(files)} files, {len(problems)} problems")
    sys.exit(1 if problems else 0)


main()
