"""What is measured, and with what."""

import dataclasses

# Name: how its programs end, and how it is called in tables.
CONTESTANTS = {
    "qt": ("qtwebsockets", "Qt WebSockets"),
    "wirebird": ("wirebird", "Wirebird, Qt classes"),
    "c": ("wirebird-c", "Wirebird, C ABI"),
    "tungstenite": ("tungstenite", "tokio-tungstenite"),
    "beast": ("beast", "Boost.Beast"),
    "websocketpp": ("websocketpp", "WebSocket++"),
    "libwebsockets": ("libwebsockets", "libwebsockets"),
    "raw": ("raw", "TCP, no protocol"),
}

ALL = tuple(CONTESTANTS)
LIBRARIES = tuple(name for name in ALL if name != "raw")
OURS = ("qt", "wirebird", "c", "raw")
QT = ("qt", "wirebird")

KIB = 1024
MIB = 1024 * KIB


@dataclasses.dataclass(frozen=True)
class Scenario:
    """One table. `kind` names the function in measure.py, `columns` the one in tables.py."""

    title: str
    load: tuple
    contestants: tuple = ALL
    kind: str = "echo"
    columns: str = "messages"
    server: tuple = ()
    reference: str = "qt"


def payload(kind, size):
    return ("--kind", kind, "--size", str(size))


def many(connections, in_flight=1):
    return ("--connections", str(connections), "--in-flight", str(in_flight))


def download(kind, size, title):
    return Scenario(f"Client receiving, {title}", payload(kind, size), QT, "download", "download")


def compressed(how, option):
    return Scenario(
        f"Echo, JSON of 1 KiB compressed (level 6, {how}), 10 connections with 4 messages under "
        "way each",
        (*payload("json", KIB), *many(10, 4), option), ("wirebird", "c", "beast"),
        columns="compressed", server=("--deflate",), reference="beast",
    )


def growth(connections):
    noun = "connection" if connections == 1 else "connections"
    return Scenario(
        f"Echo, text of 125 bytes, {connections:,} {noun} with one message under way each",
        (*SMALL, *many(connections)), OURS,
    )


def memory(connections):
    return Scenario(
        f"Memory of an idle connection, {connections:,} of them",
        ("--hold", "--connections", str(connections)), LIBRARIES, "memory", "memory",
    )


SMALL = payload("text", 125)
LARGE = payload("binary", MIB)
TLS = ("--tls",)
SINK = ("--sink",)
HANDSHAKES = ("--handshakes",)
CONNECTIONS = (1, 10, 100, 1000, 10000)

SCENARIOS = {
    "small-echo": Scenario(
        "Echo, text of 125 bytes, 50 connections with 16 messages under way each",
        (*SMALL, *many(50, 16))),
    "1k-echo": Scenario(
        "Echo, text of 1 KiB, 50 connections with 16 messages under way each",
        (*payload("text", KIB), *many(50, 16))),
    "16k-echo": Scenario(
        "Echo, binary of 16 KiB, 10 connections with 4 messages under way each",
        (*payload("binary", 16 * KIB), *many(10, 4))),
    "large-echo": Scenario(
        "Echo, binary of 1 MiB, 1 connection with 2 messages under way", (*LARGE, *many(1, 2))),
    "small-sink": Scenario(
        "Receiving only, text of 125 bytes, 50 connections", (*SMALL, *SINK, *many(50)), OURS,
        server=SINK),
    "large-sink": Scenario(
        "Receiving only, binary of 1 MiB, 1 connection", (*LARGE, *SINK), OURS, server=SINK),
    "latency": Scenario(
        "Echo, text of 125 bytes, 1 message under way in all", SMALL, columns="latency"),
    "latency-idle": Scenario(
        "Echo, text of 125 bytes, 1 message under way in all, 1,000 idle connections beside",
        (*SMALL, "--idle", "1000"), columns="latency"),
    "broadcast": Scenario(
        "Broadcast, text of 125 bytes to 200 connections, 4 under way",
        (*SMALL, "--broadcast", *many(200, 4)), ("qt", "wirebird", "c"), columns="deliveries",
        server=("--broadcast",)),
    "receive-64k": download("binary", 64 * KIB, "binary of 64 KiB"),
    "receive-4k": download("binary", 4 * KIB, "binary of 4 KiB"),
    "receive-1m": download("binary", MIB, "binary of 1 MiB"),
    "receive-100m": download("binary", 100 * MIB, "binary of 100 MiB"),
    "receive-1m-ascii": download("text", MIB, "text of 1 MiB, ASCII"),
    "receive-1m-mixed": download("mixed", MIB, "text of 1 MiB, characters of one to four bytes"),
    "receive-tiny": download("text", 8, "text of 8 bytes, in bulk"),
    "memory-1000": memory(1000),
    "memory-10000": memory(10000),
    "handshakes": Scenario(
        "Opening and closing connections, 32 at once", (*HANDSHAKES, *many(32)), LIBRARIES,
        columns="handshakes", server=HANDSHAKES),
    "wss-small-echo": Scenario(
        "Echo over TLS, text of 125 bytes, 50 connections with 16 messages under way each",
        (*SMALL, *many(50, 16), *TLS), QT),
    "wss-16k-echo": Scenario(
        "Echo over TLS, binary of 16 KiB, 10 connections with 4 messages under way each",
        (*payload("binary", 16 * KIB), *many(10, 4), *TLS), QT),
    "wss-handshakes": Scenario(
        "Opening and closing connections over TLS, 32 at once",
        (*HANDSHAKES, *many(32), *TLS), QT, columns="handshakes", server=HANDSHAKES),
    "deflate-echo": compressed("context kept", "--deflate"),
    "deflate-fresh-echo": compressed("each answer by itself", "--deflate-fresh"),
    **{f"growth-{n}": growth(n) for n in CONNECTIONS},
    "window": Scenario(
        "A window animated 60 times a second while 500 MiB stream in, binary of 64 KiB",
        (*payload("binary", 64 * KIB), "--messages", "8000"), QT, "window", "window"),
}
