"""The code blocks of Markdown files."""

import os
import re

FENCE = re.compile(r"^(```+|~~~+)\s*(\S*).*$")


class Block:
    """One block: where it stands, its language, its lines."""

    def __init__(self, path, line, language):
        self.path, self.line, self.language, self.lines = path, line, language, []

    @property
    def text(self):
        return "".join(line + "\n" for line in self.lines)

    @property
    def place(self):
        return f"{self.path}:{self.line}"


def markdown_files(sources):
    """Every Markdown file of the project, by its path in it."""
    found = [name for name in os.listdir(sources) if name.endswith(".md")]
    for folder in ("docs", "cpp-example", "qml-example", "tests", "benches", "fuzz"):
        for path, _, names in os.walk(os.path.join(sources, folder)):
            found += [os.path.relpath(os.path.join(path, name), sources)
                      for name in names if name.endswith(".md")]
    return sorted(found)


def blocks_of(sources, path):
    """The blocks of a file, and its lines with those of blocks left empty."""
    blocks, prose, block, end = [], [], None, ""
    with open(os.path.join(sources, path), encoding="utf-8") as file:
        for number, line in enumerate(file.read().splitlines(), 1):
            fence = FENCE.match(line)
            if block is None and fence:
                block, end = Block(path, number + 1, fence.group(2)), fence.group(1)
                blocks.append(block)
            elif block is not None and line.strip() == end:
                block = None
            elif block is not None:
                block.lines.append(line)
                prose.append("")
                continue
            prose.append("" if fence else line)
    return blocks, prose
