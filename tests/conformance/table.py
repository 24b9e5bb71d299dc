"""Results of Autobahn|Testsuite: reading, comparing with what is expected, and writing them down.

A result is a pair of the suite's words, for the behaviour and for the closing handshake. Results
are kept as {role: {case: (behavior, behaviorClose)}}. expected.json, which is committed, names
the cases that are not OK, and how many cases each group has.
"""

import collections
import json
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
EXPECTED = HERE / "expected.json"
DOCUMENT = HERE.parent.parent / "docs" / "conformance.md"

ASPECTS = ("behavior", "behaviorClose")
OK = "OK"
# From good to bad. Whatever else the suite says (UNCLEAN, WRONG CODE …) is a failure.
WORDS = (OK, "INFORMATIONAL", "NON-STRICT", "UNIMPLEMENTED", "FAILED")

GROUPS = {
    1: "framing",
    2: "Ping and Pong",
    3: "reserved bits",
    4: "opcodes",
    5: "fragmentation",
    6: "UTF-8",
    7: "closing handshake",
    9: "large messages and many fragments",
    10: "automatic fragmentation",
    12: "compression of various payloads",
    13: "compression with various parameters",
}


def group_of(case):
    return int(case.split(".")[0])


def by_number(case):
    return [int(part) for part in case.split(".")]


def rank(word):
    return WORDS.index(word) if word in WORDS else len(WORDS) - 1


def read_report(folder):
    """The results in a report of the suite, which holds one agent."""
    [cases] = json.loads((folder / "index.json").read_text()).values()
    return {case: tuple(result[aspect] for aspect in ASPECTS) for case, result in cases.items()}


class Expected:
    """The committed table."""

    def __init__(self):
        table = json.loads(EXPECTED.read_text())
        self.cases = {int(group): count for group, count in table["cases"].items()}
        self.words = {}
        # The same is expected over wss.
        for role in ("server", "client"):
            for index, aspect in enumerate(ASPECTS):
                for word, cases in table[role][aspect].items():
                    for case in cases.split():
                        self.words[role, case, index] = word

    def compare(self, role, case, result):
        """What differs, as (whether it is worse, words that say so)."""
        for index, (aspect, word) in enumerate(zip(ASPECTS, result)):
            then = self.words.get((role.split()[0], case, index), OK)
            if word != then:
                yield rank(word) > rank(then), f"{aspect} {word}, expected {then}"


def write_expected(results):
    """Makes `results`, of all cases in both roles, the committed table."""
    table = {"cases": dict(sorted(count_by_group(results["server"]).items()))}
    for role, cases in results.items():
        if "over" in role:
            continue
        table[role] = {}
        for index, aspect in enumerate(ASPECTS):
            words = collections.defaultdict(list)
            for case in sorted(cases, key=by_number):
                if cases[case][index] != OK:
                    words[cases[case][index]].append(case)
            table[role][aspect] = {word: " ".join(words[word]) for word in sorted(words)}
    EXPECTED.write_text(json.dumps(table, indent=2) + "\n")


def count_by_group(cases):
    return collections.Counter(group_of(case) for case in cases)


def suite():
    """Version and date of the suite, as they were installed."""
    requirements = (HERE / "requirements-source.txt").read_text()
    return re.search(r"^autobahntestsuite==(\S+) +# released (\S+)$", requirements, re.M).groups()


def write_document(results, date):
    version, released = suite()
    head = " | ".join(WORDS)
    lines = [
        "# Conformance",
        "",
        f"What Autobahn|Testsuite {version} (of {released}) says of Wirebird, measured on {date}",
        "over ws:// through the C ABI, as a server and as a client; groups 1 to 7 over wss://, too,",
        "where a relay between the suite and the engine decrypts. `make conformance` runs all",
        "its cases (on Debian 12; up to an hour), writes this page and fails when a case got worse.",
        "`make test` runs groups 1 to 7 and 10.",
        "",
        "The suite judges each case twice: what was sent and received, and how the connection was",
        "closed. 7.1.6, 7.13.1 and 7.13.2 are informational for every implementation: the",
        "standard leaves the behaviour open.",
    ]
    for role, cases in results.items():
        lines += [
            "",
            f"## {role.capitalize()}",
            "",
            f"| Group | | Cases | {head} | Close: {head} |",
            "|--:|---|" + "--:|" * (1 + 2 * len(WORDS)),
        ]
        for group, name in GROUPS.items():
            if group not in map(group_of, cases):
                continue
            chosen = [result for case, result in cases.items() if group_of(case) == group]
            lines.append(row(str(group), name, chosen))
        lines.append(row("", "**all**", cases.values()))
        lines += ["", "Not OK:", "", *(not_ok(cases) or ["- none"])]
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text("\n".join(lines) + "\n")


def row(group, name, chosen):
    counts = []
    for index in range(len(ASPECTS)):
        ranks = collections.Counter(rank(result[index]) for result in chosen)
        counts += [str(ranks[place] or "") for place in range(len(WORDS))]
    return f"| {group} | {name} | {len(chosen)} | " + " | ".join(counts) + " |"


def not_ok(cases):
    """Lines that name the cases which are not OK, by their results."""
    by_result = collections.defaultdict(list)
    for case in sorted(cases, key=by_number):
        if cases[case] != (OK, OK):
            by_result[cases[case]].append(case)
    return [
        f"- {' '.join(named)}: {behavior}, close {close}"
        for (behavior, close), named in by_result.items()
    ]
