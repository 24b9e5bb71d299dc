"""A client of HTTP/2 with WebSockets over extended CONNECT (RFC 8441), by hyper's h2.

http2.py PORT TASK [ARGUMENT …]: prints what it sees, a line for each thing. Tasks: see below.
"""

import os
import socket
import struct
import sys

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.settings


def frame(opcode, payload, key=b"\1\2\3\4"):
    """A masked frame."""
    head = bytes([0x80 | opcode])
    if len(payload) < 126:
        head += bytes([0x80 | len(payload)])
    elif len(payload) < 65536:
        head += bytes([0x80 | 126]) + struct.pack("!H", len(payload))
    else:
        head += bytes([0x80 | 127]) + struct.pack("!Q", len(payload))
    masked = bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))
    return head + key + masked


def messages(data):
    """The unmasked frames in `data` and what is left: (opcode, payload), rest."""
    found = []
    while len(data) >= 2:
        length, start = data[1] & 0x7F, 2
        if length == 126:
            if len(data) < 4:
                break
            (length,), start = struct.unpack("!H", data[2:4]), 4
        elif length == 127:
            if len(data) < 10:
                break
            (length,), start = struct.unpack("!Q", data[2:10]), 10
        if len(data) < start + length:
            break
        found.append((data[0] & 0x0F, data[start : start + length]))
        data = data[start + length :]
    return found, data


class Client:
    def __init__(self, port, window=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=110)
        config = h2.config.H2Configuration(client_side=True, header_encoding="utf-8")
        self.h2 = h2.connection.H2Connection(config=config)
        if window is not None:
            self.h2.local_settings.initial_window_size = window
        self.h2.initiate_connection()
        self.seen = []
        self.flush()
        self.connect_protocol = None
        self.port = port
        # The server's settings.
        self.until(lambda event: isinstance(event, h2.events.RemoteSettingsChanged))
        setting = h2.settings.SettingCodes.ENABLE_CONNECT_PROTOCOL
        self.connect_protocol = self.h2.remote_settings.get(setting, 0)

    def flush(self):
        data = self.h2.data_to_send()
        if data:
            self.socket.sendall(data)

    def receive(self):
        """More events; raises EOFError at the end of TCP."""
        data = self.socket.recv(65536)
        if not data:
            raise EOFError
        self.seen += self.h2.receive_data(data)
        self.flush()

    def until(self, wanted):
        """The first event that is wanted; others are kept."""
        while True:
            for event in self.seen:
                if wanted(event):
                    self.seen.remove(event)
                    return event
            self.receive()

    def of(self, stream, *kinds):
        return self.until(
            lambda event: isinstance(event, kinds) and getattr(event, "stream_id", stream) == stream
        )

    def headers(self, method, path, **more):
        fields = [
            (":method", method),
            (":scheme", "http"),
            (":authority", f"127.0.0.1:{self.port}"),
            (":path", path),
        ]
        return fields + list(more.items())

    def upgrade(self, path="/chat", extra=(), protocol="websocket"):
        stream = self.h2.get_next_available_stream_id()
        fields = self.headers("CONNECT", path)
        fields.insert(1, (":protocol", protocol))
        fields += [("sec-websocket-version", "13"), *extra]
        self.h2.send_headers(stream, fields)
        self.flush()
        return stream

    def opened(self, stream):
        event = self.of(stream, h2.events.ResponseReceived, h2.events.StreamReset)
        if isinstance(event, h2.events.StreamReset):
            return "reset", {}
        fields = dict(event.headers)
        return fields.pop(":status"), fields

    def send(self, stream, data, end=False):
        while data:
            room = self.h2.local_flow_control_window(stream)
            size = min(room, self.h2.max_outbound_frame_size, len(data))
            if size == 0:
                self.receive()
                continue
            self.h2.send_data(stream, data[:size])
            data = data[size:]
            self.flush()
        if end:
            self.h2.end_stream(stream)
            self.flush()

    def data(self, stream):
        """Some data of a stream; None at its end, "reset" if that is one."""
        event = self.of(
            stream, h2.events.DataReceived, h2.events.StreamEnded, h2.events.StreamReset
        )
        if isinstance(event, h2.events.DataReceived):
            self.h2.acknowledge_received_data(event.flow_controlled_length, stream)
            self.flush()
            return event.data
        return None if isinstance(event, h2.events.StreamEnded) else "reset"

    def whole(self, stream):
        body = b""
        while isinstance(data := self.data(stream), bytes):
            body += data
        return body, data


def echoes(client, stream, payload, opcode=1):
    client.send(stream, frame(opcode, payload))
    data = b""
    while True:
        found, rest = messages(data)
        if found:
            assert found == [(opcode, payload)] and not rest, (found[0][1][:20], len(rest))
            return
        more = client.data(stream)
        assert isinstance(more, bytes), more
        data += more


def closes(client, stream):
    client.send(stream, frame(8, struct.pack("!H", 1000)), end=True)
    data, end = client.whole(stream)
    return messages(data)[0], end


def task_echo(client, count="1"):
    """Many WebSockets on one TCP connection, and a plain request among them."""
    print("connect protocol", client.connect_protocol)
    streams = [client.upgrade() for _ in range(int(count))]
    for stream in streams:
        print(*client.opened(stream))
    for stream in streams:
        echoes(client, stream, f"hello {stream}".encode())
    for size in (0, 125, 126, 65535, 65536, 300000):
        echoes(client, streams[0], os.urandom(size), 2)
    for stream in reversed(streams):
        print(*closes(client, stream))


def task_fields(client, *fields):
    """Opens one with further fields, as name=value."""
    extra = [tuple(field.split("=", 1)) for field in fields]
    status, found = client.opened(client.upgrade(extra=extra))
    found.pop("date", None)
    print(status, sorted(found.items()))


def task_protocol(client, protocol):
    print(client.opened(client.upgrade(protocol=protocol))[0])


def task_request(client, method, path, body="", host=None):
    stream = client.h2.get_next_available_stream_id()
    fields = client.headers(method, path)
    if host:
        fields[2] = (":authority", host)
    client.h2.send_headers(stream, fields, end_stream=not body)
    client.flush()
    if body:
        client.send(stream, body.encode(), end=True)
    print(client.opened(stream)[0])
    print(client.whole(stream)[0].decode())


def task_cancel(client):
    """Opens one and resets its stream; another one goes on."""
    first, second = client.upgrade(), client.upgrade()
    print(client.opened(first)[0], client.opened(second)[0])
    echoes(client, first, b"before")
    client.h2.reset_stream(first, h2.errors.ErrorCodes.CANCEL)
    client.flush()
    echoes(client, second, b"after")
    print(*closes(client, second))


def task_end(client):
    """Opens one; the server ends it."""
    stream = client.upgrade()
    print(client.opened(stream)[0])
    data, end = client.whole(stream)
    print([(opcode, payload.hex()) for opcode, payload in messages(data)[0]], end)


def task_rapid(client, count):
    """Opens and cancels streams in a row (CVE-2023-44487)."""
    try:
        for _ in range(int(count)):
            stream = client.upgrade()
            client.h2.reset_stream(stream, h2.errors.ErrorCodes.CANCEL)
            client.flush()
        client.until(lambda event: isinstance(event, h2.events.ConnectionTerminated))
        print("goaway")
    except (EOFError, OSError):
        print("ended")


def task_waiting(client):
    """Waits for an answer, cancels, and goes on."""
    stream = client.upgrade()
    print("asked", flush=True)
    sys.stdin.readline()
    client.h2.reset_stream(stream, h2.errors.ErrorCodes.CANCEL)
    client.flush()
    print("cancelled", flush=True)
    sys.stdin.readline()


def main():
    port, task, *arguments = sys.argv[1:]
    globals()[f"task_{task}"](Client(int(port)), *arguments)


main()
