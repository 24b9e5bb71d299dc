#!/usr/bin/env python3
"""Counts the instructions of fixed work and compares them with committed figures.

The count does not depend on how busy or fast the machine is, only on the code, the compiler, the
C library and the processor's kind: figures are compared where all of these are the same.

check.py --valgrind VALGRIND --program PROGRAM, which is built in release mode; with
WIREBIRD_WRITE_INSTRUCTIONS=1 in the environment it writes the figures instead.
"""

import argparse
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

FIGURES = pathlib.Path(__file__).with_name("figures.json")
TOLERANCE = 0.05
NOT_COMPARED = 77
WRITE = "WIREBIRD_WRITE_INSTRUCTIONS"


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def toolchain(rustc):
    """All that decides which instructions are there."""
    cpu = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    vectors = "AVX2" if re.search(r"^flags.*\bavx2\b", cpu, re.MULTILINE) else "no AVX2"
    return {
        "rustc": output(rustc, "--version").strip(),
        "processor": f"{platform.machine()}, {vectors}",
        "C library": " ".join(platform.libc_ver()),
    }


def count(valgrind, program, workload):
    """Instructions inside of `measured`."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out"
        subprocess.run(
            [valgrind, "--tool=callgrind", "--quiet", "--collect-atstart=no",
             "--toggle-collect=*::measured*", f"--callgrind-out-file={out}", program, workload],
            check=True, timeout=120,
        )
        found = re.search(r"^(?:totals|summary): (\d+)", out.read_text(), re.MULTILINE)
    if not found or found.group(1) == "0":
        sys.exit(f"{workload}: callgrind counted nothing")
    return int(found.group(1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--valgrind", required=True)
    parser.add_argument("--program", required=True)
    parser.add_argument("--rustc", default="rustc")
    arguments = parser.parse_args()

    here = toolchain(arguments.rustc)
    workloads = output(arguments.program).split()
    counted = {w: count(arguments.valgrind, arguments.program, w) for w in workloads}
    if os.environ.get(WRITE):
        FIGURES.write_text(json.dumps({"toolchain": here, "instructions": counted}, indent=2) + "\n",
                           encoding="utf-8")
        print(f"Written: {FIGURES}")
        return 0

    stored = json.loads(FIGURES.read_text(encoding="utf-8"))
    if stored["toolchain"] != here:
        print(f"NOT COMPARED: the figures are those of {stored['toolchain']}, here is {here}.")
        print(f"Counted here: {counted}")
        print(f"To compare from now on, run this test with {WRITE}=1 and commit {FIGURES.name}.")
        return NOT_COMPARED
    slower = []
    for workload in sorted({*counted, *stored["instructions"]}):
        now, before = counted.get(workload), stored["instructions"].get(workload)
        if not now or not before:
            slower.append(f"{workload}: not in both the program and {FIGURES.name}")
            continue
        change = now / before - 1
        print(f"{workload}: {now:,} instructions, {change:+.1%}")
        if change > TOLERANCE:
            slower.append(f"{workload}: {now:,} instead of {before:,} instructions, {change:+.1%}")
    if not slower:
        return 0
    print("\nMore work than before:\n  " + "\n  ".join(slower))
    print(f"If that is what it takes, run this test with {WRITE}=1 (ctest -R instructions) and "
          f"commit tests/instructions/{FIGURES.name}.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
