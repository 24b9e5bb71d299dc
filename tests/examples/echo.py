"""A client by the package websockets at an echo server: echo.py URL"""

import sys

from websockets.sync.client import connect

with connect(sys.argv[1], max_size=None) as socket:
    for message in ("", "Grüße 🐦", "x" * 65536, b"", bytes(range(256)), b"y" * 1_000_000):
        socket.send(message)
        came = socket.recv(timeout=30)
        assert came == message, f"{came[:80]!r} came back, not {message[:80]!r}"
    # Many at once come back in order.
    for number in range(1000):
        socket.send(str(number))
    for number in range(1000):
        assert socket.recv(timeout=30) == str(number)
assert socket.close_code == 1000, socket.close_code
print("echoed")
