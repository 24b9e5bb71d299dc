"""Python's ssl module under a WebSocket of a few lines: `tlspeer.py client|server PORT FOLDER`.

The client sends "bird" and prints the answer; the server prints its port and opens one connection.
"""

import base64
import hashlib
import os
import socket
import ssl
import sys

ROLE, PORT, FOLDER = sys.argv[1], int(sys.argv[2]), sys.argv[3]


def head(stream):
    lines = []
    while line := stream.readline().strip():
        lines.append(line.decode())
    fields = (line.partition(":") for line in lines[1:])
    return lines[0], {name.lower(): value.strip() for name, _, value in fields}


if ROLE == "client":
    context = ssl.create_default_context(cafile=f"{FOLDER}/root.pem")
    with context.wrap_socket(
        socket.create_connection(("127.0.0.1", PORT)), server_hostname="localhost"
    ) as connection:
        stream = connection.makefile("rwb")
        key = base64.b64encode(os.urandom(16)).decode()
        stream.write(
            f"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        stream.flush()
        print(head(stream)[0], flush=True)
        stream.write(b"\x81\x84\0\0\0\0bird")
        stream.flush()
        _, length = stream.read(2)
        print(stream.read(length).decode(), flush=True)
else:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{FOLDER}/rsa.pem", f"{FOLDER}/rsa.key")
    listener = socket.create_server(("127.0.0.1", PORT))
    print(listener.getsockname()[1], flush=True)
    with context.wrap_socket(listener.accept()[0], server_side=True) as connection:
        stream = connection.makefile("rwb")
        key = head(stream)[1]["sec-websocket-key"]
        digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        stream.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + b"\r\n\r\n"
        )
        stream.flush()
        stream.read()
