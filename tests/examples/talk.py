"""Programs that a test talks with line by line."""

import queue
import re
import subprocess
import threading

PATIENCE = 30  # seconds


class Program:
    """A process, its input, and the lines that it prints. Ends with the `with`."""

    def __init__(self, *command):
        self.command = [str(part) for part in command]
        self.seen = []
        self.lines = queue.Queue()

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, encoding="utf-8", bufsize=1)
        threading.Thread(target=self._read, daemon=True).start()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def say(self, line):
        self.process.stdin.write(line + "\n")

    def next(self):
        """The next line, which there has to be."""
        try:
            line = self.lines.get(timeout=PATIENCE)
        except queue.Empty:
            line = None
        assert line is not None, f"{self.command} has no further line than {self.seen}"
        self.seen.append(line)
        return line

    def expect(self, *lines):
        """These are the next lines, in this order."""
        for line in lines:
            came = self.next()
            assert came == line, f"{self.command[-1]} printed {came!r} instead of {line!r}"

    def match(self, pattern):
        line = self.next()
        found = re.fullmatch(pattern, line)
        assert found, f"{self.command} printed {line!r}"
        return found[1]

    def ends(self, status):
        """Its input is over; so is it, with nothing more to print."""
        self.process.stdin.close()
        came = self.process.wait(PATIENCE)
        rest = self.lines.get(timeout=PATIENCE)
        assert rest is None, f"{self.command[-1]} also printed {rest!r}"
        assert came == status, f"{self.command[-1]} ended with {came}, not {status}"
