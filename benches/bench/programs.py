"""Building the programs, and running them on their cores."""

import json
import os
import resource
import select
import subprocess
import sys

# How long a program may take to start and to end, and a load generator longer than it was told.
PATIENCE = 120


class Failed(Exception):
    """A program did not do what it should."""


def build(source, folder, qt):
    """Configures and builds the programs; shows cmake's output only if that fails."""
    configure = ["cmake", "-S", source, "-B", folder]
    configure.append(f"-DWIREBIRD_CARGO_TARGET_DIR={folder.parent / 'cargo'}")
    if not (folder / "CMakeCache.txt").exists():
        configure += ["-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", f"-DWIREBIRD_QT_VERSION={qt}"]
    jobs = os.environ.get("JOBS", str(os.cpu_count() or 1))
    print("Building (the first time takes some minutes) ...", file=sys.stderr)
    for command in configure, ["cmake", "--build", folder, "--parallel", jobs]:
        result = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if result.returncode != 0:
            raise Failed(result.stdout)


def allow_many_connections():
    """As many descriptors as the system lets this process and its children have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def make_certificate(folder):
    """A certificate for localhost and its key, ECDSA P-256; the arguments for a server."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    if not (certificate.exists() and key.exists()):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "3650", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
             "-keyout", key, "-out", certificate],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
    return ["--tls", certificate, key]


class Program:
    """A process on some cores that talks by lines. Ends with the `with` block."""

    def __init__(self, command, cores, environment=None):
        self.command = [str(part) for part in command]
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **(environment or {})},
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def line(self):
        readable, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        return self.process.stdout.readline().strip() if readable else ""

    def port(self):
        line = self.line()
        if not line.startswith("port "):
            raise Failed(f"{self.command[0]} did not start")
        return line.split()[1]

    def tell(self):
        """Gives it the line that it waits for."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def report(self, seconds=0):
        """What it says when it ends by itself."""
        output, _ = self.process.communicate(timeout=seconds + PATIENCE)
        if self.process.returncode != 0 or not output:
            raise Failed(f"{' '.join(self.command)} ended with {self.process.returncode}")
        return json.loads(output.splitlines()[-1])

    def stop(self):
        """Ends it and returns its report."""
        self.process.terminate()
        return self.report()

    def resident(self):
        """Bytes of its memory that are in use."""
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
