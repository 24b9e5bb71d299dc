#!/usr/bin/env python3
"""Writes the seed corpora, fuzz/seeds/TARGET/NAME: small inputs from which the fuzzers start."""

import pathlib
import struct

HERE = pathlib.Path(__file__).parent / "seeds"
MASK = b"\x37\xfa\x21\x3d"


def write(target, name, data):
    folder = HERE / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def frame(first, payload, masked, length=None):
    length = len(payload) if length is None else length
    bit = 0x80 if masked else 0
    if length < 126:
        head = bytes([first, bit | length])
    elif length < 0x10000:
        head = bytes([first, bit | 126]) + struct.pack(">H", length)
    else:
        head = bytes([first, bit | 127]) + struct.pack(">Q", length)
    if masked:
        head += MASK
        payload = bytes(byte ^ MASK[at % 4] for at, byte in enumerate(payload))
    return head + payload


STREAMS = {
    "text": [(0x81, "Hello, Grüße, €, 😀".encode())],
    "binary": [(0x82, bytes(range(200)))],
    "fragments": [(0x01, "Gr\u00fc".encode()[:3]), (0x89, b"ping"), (0x00, b""), (0x80, b"\xbc\xc3\x9fe")],
    "binary-fragments": [(0x02, b"one"), (0x00, b"two"), (0x8A, b""), (0x80, b"three")],
    "close": [(0x81, b"bye"), (0x88, b"\x03\xe8done"), (0x81, b"ignored")],
    "close-empty": [(0x88, b"")],
    "close-code": [(0x88, b"\x03\xee")],
    "reserved-bits": [(0xC1, b"x")],
    "reserved-opcode": [(0x83, b"x")],
    "not-utf-8": [(0x81, b"abc\xed\xa0\x80")],
}


def decoder():
    for name, frames in STREAMS.items():
        for masked, role in ((True, "server"), (False, "client")):
            stream = b"".join(frame(*each, masked) for each in frames)
            choice = (0 if masked else 1) | (2 if len(frames) % 2 else 0)
            write("decoder", f"{name}-{role}", bytes([choice, 7]) + stream)
    write("decoder", "huge", b"\x0c\x01" + frame(0x82, b"", True, 1 << 62))
    write("decoder", "limited", b"\x06\x03" + frame(0x02, bytes(150), True) * 2)


UPGRADE = [
    "Host: example.org",
    "Upgrade: websocket",
    "Connection: keep-alive, Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
]


def head(first, fields):
    return "\r\n".join([first, *fields, "", ""]).encode()


def request():
    get = "GET /chat?room=1 HTTP/1.1"
    write("request", "upgrade", head(get, UPGRADE))
    more = ["Origin: http://example.org", "Sec-WebSocket-Protocol: superchat, chat", "X-A: b"]
    write("request", "subprotocols", head(get, UPGRADE + more))
    write("request", "absolute", head("GET http://example.org:80/ HTTP/1.1", UPGRADE))
    write("request", "origin", head(get, UPGRADE + ["Origin: https://[::1]:8443"]))
    write("request", "body", head(get, UPGRADE + ["Content-Length: 3"]))
    write("request", "chunked", head(get, UPGRADE + ["Transfer-Encoding: chunked"]))
    write("request", "post", head("POST / HTTP/1.1", UPGRADE))
    write("request", "old", head("GET / HTTP/1.0", UPGRADE))
    write("request", "plain", head("GET / HTTP/1.1", UPGRADE[:1]))
    write("request", "version", head(get, UPGRADE[:3] + ["Sec-WebSocket-Version: 8"]))


def response():
    switch = "HTTP/1.1 101 Switching Protocols"
    fields = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: $"]
    write("response", "switch", head(switch, fields))
    write("response", "subprotocol", head(switch, fields + ["Sec-WebSocket-Protocol: chat"]))
    write("response", "extension", head(switch, fields + ["Sec-WebSocket-Extensions: x; a=1"]))
    wrong = fields[:2] + ["Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="]
    write("response", "accept", head(switch, wrong))
    write("response", "refused", head("HTTP/1.1 403 Forbidden", ["Content-Length: 0"]))
    write("response", "old", head("HTTP/1.0 101 Switching Protocols", fields))


decoder()
request()
response()
