#!/usr/bin/env python3
"""Measures Wirebird against Qt WebSockets, other libraries, and the limit that plain TCP sets.

Builds the programs of this folder, then runs each scenario with each contestant in turn: the
server on one core, the load generator on another, over loopback. Prints Markdown tables with
medians and ranges over all rounds. README.md says how to read them.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import shlex
import subprocess
import sys

from bench import tables, targets
from bench.measure import measure, program
from bench.programs import Failed, allow_many_connections, build
from bench.scenarios import CONTESTANTS, SCENARIOS

HERE = pathlib.Path(__file__).resolve().parent
ROLES = {"echo": "echo", "memory": "echo", "download": "download", "window": "window"}


def contestants_of(settings, name):
    """Those that take part in the scenario, were asked for, and were built."""
    scenario = SCENARIOS[name]
    role = ROLES[scenario.kind]
    return [c for c in settings.contestants
            if c in scenario.contestants and program(settings, role, c).exists()]


def measure_all(settings):
    """Runs by scenario and contestant: {scenario: {contestant: [run, …]}}."""
    runs = {s: {c: [] for c in contestants_of(settings, s)} for s in settings.scenarios}
    for turn in range(settings.rounds):
        for name, by_contestant in runs.items():
            # Each round begins with another contestant: none always follows the same one.
            order = list(by_contestant)
            shift = turn % max(len(order), 1)
            for contestant in order[shift:] + order[:shift]:
                progress = f"round {turn + 1}/{settings.rounds} {name} {contestant}"
                print(f"\r{progress}\033[K", end="", file=sys.stderr)
                try:
                    run = measure(settings, contestant, SCENARIOS[name])
                except Failed as error:
                    raise Failed(f"{name}, {contestant}: {error}") from error
                by_contestant[contestant].append(run)
    print("\r\033[K", end="", file=sys.stderr)
    return {name: by for name, by in runs.items() if by}


def first_line(command):
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "?"
    return (result.stdout.splitlines() or ["?"])[0]


def describe(settings, runs):
    """What was measured, where and how."""
    processor = platform.machine()
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            processor = line.split(":", 1)[1].strip()
            break
    libraries = {run["library"] for by in runs.values() for all in by.values() for run in all}
    return {
        "command": f"benches/run.py {shlex.join(sys.argv[1:])}".strip(),
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "libraries": sorted(libraries),
        "compilers": f"{first_line(['rustc', '--version'])}; {first_line(['c++', '--version'])}",
        "processor": processor,
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", "?"),
        "server_cores": sorted(settings.server_cores),
        "load_cores": sorted(settings.load_cores),
        "rounds": settings.rounds,
        "seconds": settings.seconds,
        "load_average_before": settings.load_average,
    }


def choose_cores(settings):
    """The cores of server and load generator: the first and the last one, unless told."""
    allowed = sorted(os.sched_getaffinity(0))
    settings.server_cores = settings.server_cores or {allowed[0]}
    settings.load_cores = settings.load_cores or {allowed[-1]}
    if not settings.server_cores | settings.load_cores <= set(allowed):
        raise Failed(f"there are only the cores {','.join(map(str, allowed))}")
    if settings.server_cores & settings.load_cores:
        print("Server and load generator share a core.", file=sys.stderr)


def names(known):
    """For argparse: a list of known names, separated by commas."""

    def parse(text):
        chosen = text.split(",")
        for name in chosen:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(known)}")
        return [name for name in known if name in chosen]

    return parse


def cores(text):
    return {int(core) for core in text.split(",")}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    add = parser.add_argument
    add("--rounds", type=int, default=3, help="runs of everything (3)")
    add("--seconds", type=float, default=1, help="length of a run (1)")
    add("--quick", action="store_true", help="one round of 0.5 s: to see that it works")
    add("--only", dest="scenarios", type=names(SCENARIOS), default=list(SCENARIOS),
        metavar="SCENARIO,…", help="of " + ", ".join(SCENARIOS))
    add("--contestants", type=names(CONTESTANTS), default=list(CONTESTANTS), metavar="NAME,…",
        help="of " + ", ".join(CONTESTANTS))
    add("--check", action="store_true",
        help="compare every byte that comes back: for correctness, not for figures")
    add("--server-cores", type=cores, metavar="CORE,…", help="of the server or measured client")
    add("--load-cores", type=cores, metavar="CORE,…", help="of the load generator")
    add("--qt", default="6", choices=["6", "5"], help="version of Qt (6)")
    add("--programs", type=pathlib.Path,
        help="folder with the built programs, instead of building them")
    add("--json", type=pathlib.Path, help="where every run is written")
    add("--write", action="store_true", help="write docs/benchmarks.md and its pictures")
    add("--results", type=pathlib.Path, help="show these, of an earlier --json, measure nothing")
    settings = parser.parse_args()
    if settings.quick:
        settings.rounds, settings.seconds = 1, 0.5
    if settings.rounds < 1 or not 0.1 <= settings.seconds <= 600:
        parser.error("--rounds is at least 1, --seconds 0.1 to 600")
    settings.load_average = os.getloadavg()[0]
    return settings


def session(settings):
    """Builds and measures; what and how, and all runs."""
    if settings.results:
        stored = json.loads(settings.results.read_text(encoding="utf-8"))
        return stored["about"], stored["runs"]
    choose_cores(settings)
    if not settings.programs:
        root = pathlib.Path(os.environ.get("BUILD", HERE.parent / "build")).resolve()
        settings.programs = root / f"bench-qt{settings.qt}"
        build(HERE, settings.programs, settings.qt)
    settings.programs = settings.programs.resolve()
    missing = [c for c in settings.contestants if not program(settings, "echo", c).exists()]
    if missing:
        print(f"Not built, left out: {', '.join(missing)}.", file=sys.stderr)
    if settings.load_average > 0.5:
        print(f"The machine is busy (load {settings.load_average:.1f}): "
              "messages per second will be too low.", file=sys.stderr)
    if allow_many_connections() < 10100:
        print("Fewer than 10,100 descriptors allowed: scenarios with 10,000 connections are left "
              "out.", file=sys.stderr)
        settings.scenarios = [s for s in settings.scenarios if not s.endswith("-10000")]
    runs = measure_all(settings)
    about = describe(settings, runs)
    path = settings.json or settings.programs / "results.json"
    path.write_text(json.dumps({"about": about, "runs": runs}, indent=1) + "\n", encoding="utf-8")
    print(f"Every run: {path}", file=sys.stderr)
    return about, runs


def main():
    settings = parse_arguments()
    try:
        about, runs = session(settings)
    except (Failed, OSError, subprocess.SubprocessError) as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        sys.exit(130)
    print(f"{'; '.join(about['libraries'])}. {about['processor']}, {about['cores']} cores, "
          f"Linux {about['kernel']}; load {about['load_average_before']:.1f} before. "
          f"Medians of {about['rounds']} × {about['seconds']:g} s (range).\n")
    for name, by_contestant in runs.items():
        print(tables.table(name, by_contestant))
    print(f"### Targets\n\n{targets.table(runs)}")
    if settings.write:
        from bench import page  # wants matplotlib
        print(f"Written: {page.write(HERE.parent / 'docs', about, runs)}", file=sys.stderr)


if __name__ == "__main__":
    main()
