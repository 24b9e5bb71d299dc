#!/usr/bin/env python3
"""Measures Wirebird against Qt WebSockets and the limit that plain TCP sets.

Builds the programs of this folder, then runs each scenario with each contestant in turn: the
server on one core, the load generator on another, over loopback. Prints Markdown tables with
medians and ranges over all rounds. README.md says how to read them.
"""

import argparse
import json
import os
import pathlib
import platform
import select
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent

CONTESTANTS = {
    "qt": ("echo-qtwebsockets", "Qt WebSockets"),
    "wirebird": ("echo-wirebird", "Wirebird, Qt classes"),
    "c": ("echo-wirebird-c", "Wirebird, C ABI"),
    "raw": ("echo-raw", "TCP, no protocol"),
}

SMALL = ["--kind", "text", "--size", "125"]
LARGE = ["--kind", "binary", "--size", str(1024 * 1024)]
SCENARIOS = {
    "small-echo": (
        "Echo, text of 125 bytes, 50 connections with 16 messages under way each",
        [*SMALL, "--connections", "50", "--in-flight", "16"],
    ),
    "small-sink": (
        "Receiving only, text of 125 bytes, 50 connections",
        [*SMALL, "--connections", "50", "--sink"],
    ),
    "large-echo": (
        "Echo, binary of 1 MiB, 1 connection with 2 messages under way",
        [*LARGE, "--in-flight", "2"],
    ),
    "large-sink": ("Receiving only, binary of 1 MiB, 1 connection", [*LARGE, "--sink"]),
    "latency": ("Echo, text of 125 bytes, 1 message under way in all", [*SMALL]),
}

# How long a server may take to start and to end, and a load generator longer than it was told.
PATIENCE = 30

# A load generator busier than this is what was measured, not the server.
BUSY = 0.95


class Failed(Exception):
    """A program did not do what it should."""


def build(folder, qt):
    """Configures and builds the programs; shows cmake's output only if that fails."""
    configure = ["cmake", "-S", HERE, "-B", folder]
    configure.append(f"-DWIREBIRD_CARGO_TARGET_DIR={folder.parent / 'cargo'}")
    if not (folder / "CMakeCache.txt").exists():
        configure += ["-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", f"-DWIREBIRD_QT_VERSION={qt}"]
    jobs = os.environ.get("JOBS", str(os.cpu_count() or 1))
    print("Building (the first time takes some minutes) ...", file=sys.stderr)
    for command in configure, ["cmake", "--build", folder, "--parallel", jobs]:
        result = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if result.returncode != 0:
            raise Failed(result.stdout)


class Server:
    """A server process on one core. Ends with the `with` block."""

    def __init__(self, program, mode, core):
        self.process = subprocess.Popen(
            [program, *mode],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def port(self):
        readable, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        line = self.process.stdout.readline() if readable else ""
        if not line.startswith("port "):
            raise Failed(f"{self.process.args[0]} did not start")
        return line.split()[1]

    def stop(self):
        """Ends it and returns its report."""
        self.process.terminate()
        output, _ = self.process.communicate(timeout=PATIENCE)
        if self.process.returncode != 0 or not output:
            raise Failed(f"{self.process.args[0]} ended with {self.process.returncode}")
        return json.loads(output)


def measure(programs, contestant, load, seconds, cores):
    """One run: what the load generator and the server report, as figures per message."""
    name, _ = CONTESTANTS[contestant]
    server_core, load_core = cores
    mode = ["--sink"] if "--sink" in load else []
    raw = ["--raw"] if contestant == "raw" else []
    with Server(programs / name, mode, server_core) as server:
        command = [programs / "load", "--port", server.port(), "--seconds", str(seconds), *load, *raw]
        result = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            text=True,
            timeout=seconds + PATIENCE,
            preexec_fn=lambda: os.sched_setaffinity(0, {load_core}),
        )
        if result.returncode != 0:
            raise Failed(f"the load generator failed against {name}")
        sent = json.loads(result.stdout)
        handled = server.stop()
    if contestant != "raw" and handled["messages"] != sent["messages"]:
        raise Failed(f"{name} handled {handled['messages']} messages of {sent['messages']}")
    messages = max(sent["messages"], 1)
    return {
        "library": handled["library"],
        "messages": sent["messages"],
        "messages_per_second": sent["messages_per_second"],
        "thread_us": handled["thread_cpu_us"] / messages,
        "process_us": handled["process_cpu_us"] / messages,
        "round_trip_us": sent["round_trip_us_median"],
        "round_trip_p99_us": sent["round_trip_us_p99"],
        "load_cpu_share": sent["cpu_share"],
    }


def measure_all(arguments, programs, cores):
    """Runs by scenario and contestant: {scenario: {contestant: [run, …]}}."""
    runs = {s: {c: [] for c in arguments.contestants} for s in arguments.scenarios}
    for turn in range(arguments.rounds):
        for scenario in arguments.scenarios:
            # Each round begins with another contestant: none always follows the same one.
            shift = turn % len(arguments.contestants)
            for contestant in arguments.contestants[shift:] + arguments.contestants[:shift]:
                print(
                    f"\rround {turn + 1}/{arguments.rounds} {scenario} {contestant}\033[K",
                    end="",
                    file=sys.stderr,
                )
                load = [*SCENARIOS[scenario][1], *(["--check"] if arguments.check else [])]
                run = measure(programs, contestant, load, arguments.seconds, cores)
                runs[scenario][contestant].append(run)
    print("\r\033[K", end="", file=sys.stderr)
    return runs


def figure(value):
    """Three significant digits, thousands separated."""
    if value >= 1000:
        digits = len(str(int(value))) - 3
        return f"{round(value, -digits):,.0f}"
    return f"{value:.3g}"


def spread(runs, key):
    """The median, and the range if there is more than one run."""
    values = [run[key] for run in runs]
    median = figure(statistics.median(values))
    if len(values) == 1:
        return median
    return f"{median} ({figure(min(values))}–{figure(max(values))})"


def relation(runs, reference, key):
    """How the median relates to the reference contestant's."""
    if not reference:
        return ""
    ours = statistics.median(run[key] for run in runs)
    theirs = statistics.median(run[key] for run in reference)
    return f"{ours / theirs:.2f}" if theirs else ""


def table(scenario, by_contestant):
    """A Markdown table of one scenario; ratios are to Qt WebSockets."""
    columns = [
        ("messages/s", "messages_per_second"),
        ("µs of the Qt or main thread per message", "thread_us"),
        ("µs of the process per message", "process_us"),
    ]
    if scenario == "latency":
        columns = [("round trip, µs", "round_trip_us"), ("99 %, µs", "round_trip_p99_us"), *columns[1:]]
    reference = by_contestant.get("qt")
    lines = [f"### {SCENARIOS[scenario][0]}", ""]
    head = " | ".join(f"{title} | Qt = 1" for title, _ in columns)
    lines.append(f"| | {head} | load generator busy |")
    lines.append("|---" * (2 + 2 * len(columns)) + "|")
    for contestant, runs in by_contestant.items():
        cells = [CONTESTANTS[contestant][1]]
        for _, key in columns:
            cells += [spread(runs, key), relation(runs, reference, key)]
        busy = statistics.median(run["load_cpu_share"] for run in runs)
        cells.append(f"{busy:.0%}" + (", the limit" if busy > BUSY else ""))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def describe(arguments, runs, cores):
    """What was measured, where and how."""
    processor = platform.machine()
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            processor = line.split(":", 1)[1].strip()
            break
    libraries = {run["library"] for by in runs.values() for all in by.values() for run in all}
    return {
        "libraries": sorted(libraries),
        "processor": processor,
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "server_core": cores[0],
        "load_core": cores[1],
        "rounds": arguments.rounds,
        "seconds": arguments.seconds,
        "load_average_before": arguments.load_average,
    }


def choose_cores(text):
    """The cores for server and load generator."""
    allowed = sorted(os.sched_getaffinity(0))
    if text:
        cores = tuple(int(core) for core in text.split(","))
        if len(cores) != 2 or not set(cores) <= set(allowed):
            raise Failed(f"--cores takes two of {','.join(map(str, allowed))}")
        return cores
    if len(allowed) < 2:
        print("Only one core: server and load generator share it.", file=sys.stderr)
    return allowed[0], allowed[-1]


def names(known):
    """For argparse: a list of known names, separated by commas."""

    def parse(text):
        chosen = text.split(",")
        for name in chosen:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(known)}")
        return [name for name in known if name in chosen]

    return parse


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=5, help="runs of everything (5)")
    parser.add_argument("--seconds", type=float, default=2, help="length of a run (2)")
    parser.add_argument("--only", dest="scenarios", type=names(SCENARIOS), default=list(SCENARIOS),
                        metavar="SCENARIO,…", help="of " + ", ".join(SCENARIOS))
    parser.add_argument("--contestants", type=names(CONTESTANTS), default=list(CONTESTANTS),
                        metavar="NAME,…", help="of " + ", ".join(CONTESTANTS))
    parser.add_argument("--check", action="store_true",
                        help="compare every byte that comes back: for correctness, not for figures")
    parser.add_argument("--cores", help="server's and load generator's core, as 0,1")
    parser.add_argument("--qt", default="6", choices=["6", "5"], help="version of Qt (6)")
    parser.add_argument("--programs", type=pathlib.Path,
                        help="folder with the built programs, instead of building them")
    parser.add_argument("--json", type=pathlib.Path, help="where every run is written")
    arguments = parser.parse_args()
    if arguments.rounds < 1 or not 0.1 <= arguments.seconds <= 600:
        parser.error("--rounds is at least 1, --seconds 0.1 to 600")
    arguments.load_average = os.getloadavg()[0]
    return arguments


def main():
    arguments = parse_arguments()
    try:
        cores = choose_cores(arguments.cores)
        programs = arguments.programs
        if not programs:
            build_root = pathlib.Path(os.environ.get("BUILD", HERE.parent / "build")).resolve()
            programs = build_root / f"bench-qt{arguments.qt}"
            build(programs, arguments.qt)
        if arguments.load_average > 0.5:
            print(f"The machine is busy (load {arguments.load_average:.1f}): "
                  "messages per second will be too low.", file=sys.stderr)
        runs = measure_all(arguments, programs.resolve(), cores)
    except (Failed, OSError, subprocess.TimeoutExpired) as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        sys.exit(130)
    about = describe(arguments, runs, cores)
    path = arguments.json or programs / "results.json"
    path.write_text(json.dumps({"about": about, "runs": runs}, indent=1) + "\n")
    print(f"{', '.join(about['libraries'])}. {about['processor']}, {about['cores']} cores, "
          f"Linux {about['kernel']}; load {about['load_average_before']:.1f} before. "
          f"Medians of {arguments.rounds} × {arguments.seconds:g} s (range).\n")
    for scenario, by_contestant in runs.items():
        print(table(scenario, by_contestant))
    print(f"Every run: {path}", file=sys.stderr)


if __name__ == "__main__":
    main()
