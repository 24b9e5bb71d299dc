"""cpp-example/demo.sh in a terminal of its own, ended by Ctrl-C: demo.py FOLDER"""

import os
import pty
import re
import select
import sys
import time

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
environment = dict(os.environ, DEMO_FOLDER=os.path.abspath(sys.argv[1]), DEMO_SECONDS="60")
environment.pop("DISPLAY", None)
environment.pop("WAYLAND_DISPLAY", None)

pid, terminal = pty.fork()
if pid == 0:
    os.execve(root + "/cpp-example/demo.sh", ["demo.sh"], environment)

output = b""
interrupted = False
until = time.monotonic() + 50
while time.monotonic() < until and select.select([terminal], [], [], 50)[0]:
    try:
        piece = os.read(terminal, 4096)
    except OSError:  # the other end is closed: all of them have ended
        break
    if not piece:
        break
    output += piece
    if not interrupted and re.search(rb"\n[A-Z]+ +[0-9.]+  [+-]", output):
        os.write(terminal, b"\x03")
        interrupted = True
else:
    raise AssertionError(f"it does not end: {output.decode()}")
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
text = output.decode()
assert interrupted, text
assert re.search(r"The page is at http://127\.0\.0\.1:\d+/\r\n", text), text
assert re.search(r"Log in as demo with the password [0-9a-f]{12}\r\n", text), text
assert status == 130, (status, text)
