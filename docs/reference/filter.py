#!/usr/bin/env python3
"""Shows Doxygen the C++ classes as they are documented.

filter.py FILE prints FILE, line by line where it was:

- of a source, its /*! */ comments alone, each with the signature that follows it, and QDoc's
  commands in Doxygen's words;
- of a header, all of it, where members that every value has (copies, moves, comparisons) get
  their sentence, and so does the setter of a documented getter, and the other way round.
"""

import glob
import re
import sys


def in_doxygens_words(text):
    text = re.sub(r"\\section1 (.*)", r"\\par \1", text)
    text = re.sub(r"\\(?:list|endlist)\b|\\inmodule .*", "", text)
    return text


def split_functions(text):
    """One comment for each \\fn that begins a paragraph."""
    parts = re.split(r"(?m)^(?=[ \t]*\\fn\b)", text)
    return [part for part in parts if part.strip()]


def joined_fn(part):
    """Doxygen wants the signature of \\fn in one line."""
    match = re.match(r"(\s*\\fn )", part)
    if not match:
        return part
    start = match.end()
    depth, end = 0, start
    for end in range(start, len(part)):
        if part[end] == "(":
            depth += 1
        elif part[end] == ")":
            depth -= 1
            if depth == 0:
                break
    line_end = part.find("\n", end)
    if line_end < 0:
        line_end = len(part)
    signature = part[start:line_end]
    flat = re.sub(r"\s+", " ", signature).strip()
    return part[:start] + qualified(flat) + "\n" * (signature.count("\n")) + part[line_end:]


def qualified(signature):
    """The class with its namespace."""
    return re.sub(r"(?<![\w:])((?:WebSocket|Http|Mask)\w*::~?\w+\s*\()", r"Wirebird::\1", signature,
                  count=1)


def signature_after(code):
    """That of the definition with which `code` begins."""
    code = re.sub(r"^(\s*#.*\n)+", "", code)
    depth = 0
    for at, letter in enumerate(code):
        if letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
        elif depth == 0 and (letter in "{;" or (letter == ":" and code[at - 1] == " ")):
            return re.sub(r"\s+", " ", code[:at]).strip()
    return ""


def of_source(text):
    shown, at = [], 0
    for comment in re.finditer(r"/\*!(.*?)\*/", text, re.S):
        shown.append("\n" * text.count("\n", at, comment.start()))
        body = in_doxygens_words(comment.group(1))
        if not re.match(r"\s*\\(class|fn|enum|namespace)\b", body):
            signature = signature_after(text[comment.end():])
            if "::" in signature:
                # Doxygen does not find a function again whose result is a template of templates.
                signature = re.sub(r"^\S*<.*<.*>> ", "", signature)
                body = f" \\fn {qualified(signature)}\n" + body
                # The line that was added is taken back from those of the code below.
                shown.append("/*!" + body + "*/")
                at = comment.end() + 1
                continue
        parts = [joined_fn(part) for part in split_functions(body)]
        shown.append("\n".join("/*!" + part.rstrip("\n") + "*/" for part in parts))
        at = comment.end()
    return "".join(shown)


def documented():
    """Names of the members that have a comment in a source, by their class."""
    names = {}
    for path in glob.glob("qt/*/*.cpp"):
        with open(path, encoding="utf-8") as file:
            for name in re.findall(r"\\fn [^\n]*?(\w+)::(~?\w+) ?\(", of_source(file.read())):
                names.setdefault(name[0], set()).add(name[1])
    return names


MEMBER = re.compile(r"^ {4}(?:explicit |static |virtual |friend )*(?:[\w:<>,&* ]+?[ &*])?(operator[=!]+|\w+)\(")
PROPERTY = re.compile(r"^ {4}Q_PROPERTY\(\S+ (\w+) READ (\w+)")
OWN = ("event", "connectNotify", "disconnectNotify")


def sentence(kind, line, name, known):
    """What is to say about a member that no comment tells of, or None."""
    if name == kind and f"const {kind} &" in line:
        return "Copies \\a other; copies share their data until one is changed."
    if name == kind and f"{kind} &&" in line:
        return "Takes the data of \\a other, which may only be assigned to or destroyed then."
    if name == "operator=":
        return "Takes the data of \\a other." if "&&" in line else "Copies \\a other."
    if name == "operator==":
        return "Whether \\a a and \\a b are equal."
    if name == "operator!=":
        return "Whether \\a a and \\a b differ."
    if name == "swap":
        return "Exchanges the data with \\a other."
    if name.startswith("set") and name[3:]:
        getter = name[3].lower() + name[4:]
        for candidate in (getter, "is" + name[3:]):
            if candidate in known:
                return f"Sets {candidate}(): see there."
    for setter in ("set" + name[0].upper() + name[1:],
                   "set" + name[2:] if name.startswith("is") else ""):
        if setter in known:
            return f"What {setter}() has set: see there."
    if name.endswith("Changed"):
        return f"{name[:-7]} has another value."
    return None


def of_header(text):
    known, kind, lines, last = documented(), "", [], ""
    for line in text.split("\n"):
        began = re.match(r"class WIREBIRD_\w+_EXPORT (\w+)", line)
        if began:
            kind = began.group(1)
        names, told = known.get(kind, set()), None
        member, of = MEMBER.match(line), PROPERTY.match(line)
        if of:
            told = f"See {of.group(2)}()." if of.group(2) in names else f"See {of.group(1)}Changed()."
        elif member and not last.lstrip().startswith("///"):
            name = member.group(1)
            if name in OWN:
                line = f"/** \\cond */ {line} /** \\endcond */"
            elif name not in names or name == kind:
                told = sentence(kind, line, name, names)
        lines.append(f"/** {told} */ {line}" if told else line)
        last = line
    return "\n".join(lines)


def main():
    path = sys.argv[1]
    with open(path, encoding="utf-8") as file:
        text = file.read()
    sys.stdout.write(of_source(text) if path.endswith(".cpp") else of_header(text))


main()
