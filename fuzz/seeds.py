#!/usr/bin/env python3
"""Writes the seed corpora, fuzz/seeds/TARGET/NAME: small inputs from which the fuzzers start."""

import pathlib
import struct
import zlib

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


def deflated(payload, takes_over=None):
    stream = takes_over or zlib.compressobj(9, zlib.DEFLATED, -15)
    out = stream.compress(payload) + stream.flush(zlib.Z_SYNC_FLUSH)
    return out[:-4]


def inflated():
    hello = b"\xf2\x48\xcd\xc9\xc9\x07\x00"
    stored = b"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"
    streams = {
        "hello": [(0xC1, hello), (0xC1, b"\xf2\x00\x11\x00\x00")],
        "stored": [(0xC1, stored)],
        "final-block": [(0xC2, b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00"), (0xC2, hello)],
        "fragments": [(0x41, hello[:3]), (0x8A, b""), (0x00, b""), (0x80, hello[3:])],
        "empty": [(0xC2, b"\x00"), (0x81, b"plain")],
        "text": [(0xC1, deflated("Grüße, €, 😀. ".encode() * 9))],
        "bomb": [(0xC2, deflated(bytes(100_000)))],
        "invalid": [(0xC2, b"\xff\xff\xff")],
    }
    for name, frames in streams.items():
        for at, masked in enumerate((True, False)):
            stream = b"".join(frame(*each, masked) for each in frames)
            choice = 0x10 | at | (0x60 if len(name) % 2 else 0)
            write("decoder", f"deflate-{name}-{('server', 'client')[at]}", bytes([choice, 3]) + stream)


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
    deflate = "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10"
    write("response", "deflate", head(switch, fields + [deflate]))
    wrong = fields[:2] + ["Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="]
    write("response", "accept", head(switch, wrong))
    write("response", "refused", head("HTTP/1.1 403 Forbidden", ["Content-Length: 0"]))
    write("response", "old", head("HTTP/1.0 101 Switching Protocols", fields))


def extensions():
    fields = {
        "empty": "",
        "plain": "permessage-deflate",
        "client": "permessage-deflate; client_max_window_bits",
        "all": "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
        "server_max_window_bits=10; client_max_window_bits=9",
        "quoted": 'permessage-deflate; server_max_window_bits="8"',
        "fallback": "permessage-deflate; server_max_window_bits=7, x-other; a=b, permessage-deflate",
        "repeated": "permessage-deflate; client_max_window_bits; client_max_window_bits=15",
    }
    for name, field in fields.items():
        write("extensions", name, b"\xfc" + field.encode())


decoder()
inflated()
request()
response()
extensions()
