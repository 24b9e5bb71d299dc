"""docs/benchmarks.md."""

from bench import plots, tables, targets

HEAD = """# Benchmarks

Written by `benches/run.py --write`; do not edit. [benches/README.md](../benches/README.md) says
what is measured and how to read it. "Qt = 1" is the ratio to Qt WebSockets of the same session;
in brackets are the least and the greatest of all rounds.

"""


def facts(about):
    """Where and how it was measured."""
    cores = ",".join(map(str, about["server_cores"])), ",".join(map(str, about["load_cores"]))
    rows = [
        ("Command", f"`{about['command']}`"),
        ("Date", about["date"]),
        ("Processor", f"{about['processor']}, {about['cores']} cores"),
        ("System", f"Linux {about['kernel']}; {about['system']}"),
        ("Load before", f"{about['load_average_before']:.2f}"),
        ("Cores", f"server {cores[0]}, load generator {cores[1]}"),
        ("Rounds", f"{about['rounds']} of {about['seconds']:g} s each"),
        ("Compiler", about["compilers"]),
        ("Libraries", "; ".join(about["libraries"])),
    ]
    return "| | |\n|---|---|\n" + "".join(f"| {name} | {value} |\n" for name, value in rows)


def write(docs, about, runs):
    """Writes the page and its pictures."""
    pictures = plots.draw(docs / "benchmarks", runs)
    parts = [HEAD, facts(about), "\n## Targets\n\n", targets.table(runs), "\n## Pictures\n"]
    parts += [f"\n![{title}](benchmarks/{name}.svg)\n" for name, title in pictures]
    parts.append("\n## All figures\n")
    parts += [f"\n{tables.table(name, by)}" for name, by in runs.items()]
    page = docs / "benchmarks.md"
    page.write_text("".join(parts), encoding="utf-8")
    return page
