#!/usr/bin/env python3
"""Has Autobahn|Testsuite examine the engine through the C ABI, as a server and as a client.

Installs the suite into the build folder if need be, builds the echo server and the echo client
of this folder, and runs the chosen groups of cases in several runs, whose reports (index.html)
stay in the build folder. Fails when a case is worse than expected.json says. Ends with status 77
where the suite can't be installed.
"""

import argparse
import contextlib
import datetime
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys

import table
import tls

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

# How long a program may take to start, and to end once it was asked to.
PATIENCE = 30

NOT_POSSIBLE = 77

# What runs together: a run that fails leaves no report. Compression takes long.
QUICK = (1, 2, 3, 4, 5, 6, 7, 10)
PARTS = {12: 5, 13: 7}

# Over wss:// the bytes are the same: what may differ is how they come and end.
SECURE = (1, 2, 3, 4, 5, 6, 7)


class Failed(Exception):
    """A program did not do what it should."""


def log(*words):
    print(*words, flush=True)


def planned_runs(groups):
    """Name, which says what it holds, and case patterns of each run."""
    quick = [group for group in groups if group in QUICK]
    if quick:
        yield "+".join(map(str, quick)), [f"{group}.*" for group in quick]
    for group in groups:
        if group in PARTS:
            for part in range(1, PARTS[group] + 1):
                yield f"{group}.{part}", [f"{group}.{part}.*"]
        elif group not in QUICK:
            yield str(group), [f"{group}.*"]


@contextlib.contextmanager
def started(command, **options):
    """A program that prints its URL first; ended, by its id, whatever happens."""
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options
    )
    try:
        ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
        url = process.stdout.readline().strip() if ready else ""
        if not url.startswith(("ws://", "wss://")):
            raise Failed(f"{pathlib.Path(command[0]).name} did not start: {url!r}")
        yield process, url
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def finish(command, limit, **options):
    """Runs a program to its end."""
    try:
        status = subprocess.run(command, timeout=limit, **options).returncode
    except subprocess.TimeoutExpired:
        raise Failed(f"not done after {limit} s: {pathlib.Path(command[0]).name}") from None
    if status != 0:
        raise Failed(f"{pathlib.Path(command[0]).name} ended with status {status}")


class Runner:
    def __init__(self, build, limit):
        self.build = build
        self.limit = limit
        self.suite = build / "autobahn"
        self.programs = build / "conformance" / "tests" / "conformance"
        self.reports = build / "conformance" / "reports"
        self.certificates = build / "conformance" / "certificates"

    def install(self):
        """The suite: False where that is not possible."""
        environment = dict(os.environ)
        venv = self.build / "venv" / "bin" / "python"
        if venv.exists():
            environment.setdefault("WIREBIRD_PYTHON", str(venv))
        status = subprocess.run([HERE / "setup.sh", self.suite], env=environment).returncode
        if status not in (0, NOT_POSSIBLE):
            raise Failed("the suite could not be installed")
        return status == 0

    def compile(self):
        folder = self.build / "conformance"
        configure = ["cmake", "-S", ROOT, "-B", folder, "-G", "Ninja"]
        configure += ["-DCMAKE_BUILD_TYPE=Release", "-DWIREBIRD_BUILD_QT=OFF"]
        configure += ["-DWIREBIRD_BUILD_EXAMPLES=OFF"]
        configure += [f"-DWIREBIRD_CARGO_TARGET_DIR={self.build / 'cargo'}"]
        build = ["cmake", "--build", folder, "--target", "echo_server", "echo_client"]
        for command in configure, build:
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if done.returncode != 0:
                sys.stdout.buffer.write(done.stdout)
                raise Failed("the echo programs could not be built")

    def run(self, role, name, patterns, keep):
        """The results of one run, and the folder of its report."""
        folder = self.reports / role.replace(" ", "-") / name
        if not (keep and (folder / "index.json").exists()):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            spec = {"outdir": str(folder), "cases": patterns}
            spec |= {"exclude-cases": [], "exclude-agent-cases": {}}
            examine = {
                "server": self.examine_server,
                "client": self.examine_client,
                "server over wss": self.examine_server_over_tls,
                "client over wss": self.examine_client_over_tls,
            }[role]
            with open(folder / "log.txt", "w") as output:
                examine(spec, output)
        if not (folder / "index.json").exists():
            raise Failed(f"the suite wrote no report; see {folder}/log.txt")
        return table.read_report(folder), folder

    def suite_command(self, role, spec, *more):
        return [self.suite / "python2", HERE / "suite.py", role, json.dumps(spec), *more]

    def examine_server_over_tls(self, spec, output):
        certificate = tls.make_certificate(self.certificates)
        with tls.Relay(certificate, encrypts=True) as relay:
            self.examine_server(spec, output, certificate[1:], relay)

    def examine_client_over_tls(self, spec, output):
        certificate = tls.make_certificate(self.certificates)
        with tls.Relay(certificate, encrypts=False) as relay:
            command = self.suite_command("server", spec, str(relay.port))
            with started(command, stderr=output) as (_, url):
                relay.target = port_of(url)
                secure = f"wss://127.0.0.1:{relay.port}"
                client = [self.programs / "echo_client", secure, certificate[0]]
                finish(client, self.limit, stdout=output, stderr=output)

    def examine_server(self, spec, output, certificate=(), relay=None):
        command = [self.programs / "echo_server", *certificate]
        with started(command, stderr=output) as (server, url):
            if relay:
                relay.target = port_of(url)
                url = f"ws://127.0.0.1:{relay.port}"
            spec["servers"] = [{"agent": "Wirebird", "url": url}]
            finish(self.suite_command("client", spec), self.limit, stdout=output, stderr=output)
            if server.poll() is not None:
                raise Failed(f"echo_server ended with status {server.returncode}; see the log")
            server.stdin.close()
            if server.wait(PATIENCE) != 0:
                raise Failed(f"echo_server ended with status {server.returncode}; see the log")

    def examine_client(self, spec, output):
        with started(self.suite_command("server", spec), stderr=output) as (_, url):
            finish([self.programs / "echo_client", url], self.limit, stdout=output, stderr=output)


def port_of(url):
    return int(url.rpartition(":")[2])


def judge(expected, role, cases, folder):
    """Says which cases are not as expected; how many are as good, and how many worse."""
    worse_cases = set()
    for case in sorted(cases, key=table.by_number):
        for worse, words in expected.compare(role, case, cases[case]):
            page = folder / f"wirebird_case_{case.replace('.', '_')}.html"
            log(f"WORSE  {role} {case}: {words}; see {page}" if worse
                else f"better {role} {case}: {words}")
            if worse:
                worse_cases.add(case)
    return len(cases) - len(worse_cases), len(worse_cases)


def parse_groups(text):
    groups = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        groups |= set(range(int(first), int(last or first) + 1))
    return [group for group in table.GROUPS if group in groups]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--role", choices=("server", "client"), help="only this role")
    parser.add_argument(
        "--tls", choices=("too", "only", "no"), default="too", help="groups 1 to 7 over wss"
    )
    parser.add_argument("--groups", default="1-13", help="such as 1-7,10 (default: all)")
    parser.add_argument("--cases", nargs="+", metavar="CASE", help="only these, as 6.* or 5.19")
    parser.add_argument(
        "--limit", type=int, default=1800, help="seconds that one run may take (%(default)s)"
    )
    parser.add_argument(
        "--continue", dest="keep", action="store_true", help="keep the reports that are there"
    )
    parser.add_argument(
        "--write",
        action="store_true",
        help="write docs/conformance.md, and expected.json unless a case got worse",
    )
    parser.add_argument(
        "--accept", action="store_true", help="with --write: write expected.json even so"
    )
    arguments = parser.parse_args()
    arguments.groups = parse_groups(arguments.groups)
    everything = arguments.groups == list(table.GROUPS) and not arguments.cases
    if arguments.write and (arguments.role or arguments.tls != "too" or not everything):
        parser.error("--write takes all cases in both roles")
    if arguments.keep and arguments.cases:
        parser.error("--continue takes groups")
    return arguments


def main():
    arguments = parse_arguments()
    roles = [arguments.role] if arguments.role else ["server", "client"]
    runs = planned_runs(arguments.groups)
    if arguments.cases:
        runs = [("cases", arguments.cases)]
    plain, secure = list(runs), []
    if arguments.tls != "no":
        secure = arguments.cases and plain or list(planned_runs(
            [group for group in arguments.groups if group in SECURE]
        ))
    todo = [(role, run) for run in plain for role in roles if arguments.tls != "only"]
    todo += [(f"{role} over wss", run) for run in secure for role in roles]
    roles = list(dict.fromkeys(role for role, _ in todo))

    runner = Runner(pathlib.Path(os.environ.get("BUILD", "build")).resolve(), arguments.limit)
    if not runner.install():
        return NOT_POSSIBLE
    runner.compile()

    expected = table.Expected()
    results = {role: {} for role in roles}
    good = worse = missing = 0
    for role, (name, patterns) in todo:
        log(f"-- {role}: {' '.join(patterns)}")
        try:
            cases, folder = runner.run(role, name, patterns, arguments.keep)
        except Failed as failure:
            missing += 1
            log(f"FAILED {role} {' '.join(patterns)}: {failure}")
            continue
        results[role] |= cases
        counts = judge(expected, role, cases, folder)
        good, worse = good + counts[0], worse + counts[1]

    for role in roles if not arguments.cases else []:
        counts = table.count_by_group(results[role])
        for group in arguments.groups:
            if role.endswith("wss") and group not in SECURE:
                continue
            if counts[group] < expected.cases[group]:
                missing += 1
                log(f"FAILED {role}: {counts[group]} of {expected.cases[group]} cases of {group}.*")

    if arguments.write and not missing:
        table.write_document(results, datetime.date.today().isoformat())
        if not worse or arguments.accept:
            table.write_expected(results)
    log(f"conformance: {good} passed, {worse + missing} failed")
    return 0 if good and not worse and not missing else 1


if __name__ == "__main__":
    # Ends what it started, then, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        sys.exit(main())
    except Failed as failure:
        log(f"conformance: {failure}")
        sys.exit(1)
