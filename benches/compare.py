#!/usr/bin/env python3
"""The same prices of ticker-server in four ways: polling, long polling, a streamed answer, and a
WebSocket. Prints a table for docs/older-ways.md: compare.py TICKER-SERVER [--seconds N]

Each way has a TCP relay of its own, which counts the bytes of both directions, headers and frames
included (those of TCP and IP are not), from the first answer on. Late is a change from when the
server made it until a way has shown it or a newer one; both clocks are this machine's.
"""

import argparse
import contextlib
import http.client
import json
import re
import socket
import subprocess
import threading
import time
import urllib.parse

from websockets.sync.client import connect


class Relay:
    """Passes a client's bytes on to the server and back, and counts them."""

    def __init__(self, port):
        self.bytes = 0
        self.target = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.host = "127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            near = self.listener.accept()[0]
            far = socket.create_connection(("127.0.0.1", self.target))
            for one, other in ((near, far), (far, near)):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self.carry, args=(one, other), daemon=True).start()

    def carry(self, source, sink):
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                self.bytes += len(piece)
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)


class Way(threading.Thread):
    """What one way has shown: (time, newest step) for each."""

    def __init__(self, name, run, port, cookie, until):
        super().__init__(daemon=True)
        self.name, self.run_way, self.cookie, self.until = name, run, cookie, until
        self.relay = Relay(port)
        self.shown, self.requests, self.times, self.first = [], 0, {}, 0
        self.bytes_before = None

    def run(self):
        self.run_way(self)

    def took(self, message):
        """True as long as there is time left."""
        now = time.time() * 1000
        self.times[message["step"]] = message["time"]
        if self.bytes_before is None:
            self.bytes_before, self.first, self.requests = self.relay.bytes, message["step"], 0
        elif message["step"] > (self.shown[-1][1] if self.shown else self.first):
            self.shown.append((now, message["step"]))
        return time.monotonic() < self.until


def ask(way, connection, path):
    connection.request("GET", path, headers={"Cookie": way.cookie})
    way.requests += 1
    return json.loads(connection.getresponse().read())


def poll(way):
    connection = http.client.HTTPConnection(way.relay.host)
    while way.took(ask(way, connection, "/prices")):
        time.sleep(1)


def long_poll(way):
    connection = http.client.HTTPConnection(way.relay.host)
    message = ask(way, connection, "/prices")
    while way.took(message):
        message = ask(way, connection, f"/prices/next?after={message['step']}")


def stream(way):
    connection = http.client.HTTPConnection(way.relay.host)
    connection.request("GET", "/prices/stream", headers={"Cookie": way.cookie})
    response = connection.getresponse()
    while (line := response.readline()) == b"\n" or way.took(json.loads(line[6:])):
        pass


def websocket(way, compression=None):
    with connect(f"ws://{way.relay.host}/ws", additional_headers={"Cookie": way.cookie},
                 compression=compression, proxy=None) as peer:
        peer.send(json.dumps({"subscribe": json.loads(peer.recv())["symbols"]}))
        while way.took(json.loads(peer.recv())):
            pass


WAYS = (("Polling, each second", poll), ("Long polling", long_poll), ("Streamed answer", stream),
        ("WebSocket", websocket),
        ("WebSocket, compressed", lambda way: websocket(way, "deflate")))


def log_in(port, password):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/login", urllib.parse.urlencode({"uname": "demo", "password": password}),
                       {"Content-Type": "application/x-www-form-urlencoded"})
    return connection.getresponse().headers["Set-Cookie"].split(";")[0]


def line(way, times):
    late, before = [], way.first
    for now, step in way.shown:
        late += [now - times[passed] for passed in range(before + 1, step + 1) if passed in times]
        before = step
    late.sort()
    sent = way.relay.bytes - way.bytes_before
    changes = before - way.first
    return (f"| {way.name} | {len(way.shown)} of {changes} | {sum(late) / len(late):.1f} ms "
            f"| {late[int(len(late) * 0.99)]:.1f} ms | {way.requests} | {sent / 1000:.1f} kB "
            f"| {sent / len(way.shown):.0f} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("server")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--interval-ms", type=int, default=200)
    options = parser.parse_args()
    server = subprocess.Popen([options.server, "--port", "0", "--demo-user", "--seed", "7",
                               "--interval-ms", str(options.interval_ms)],
                              stdout=subprocess.PIPE, text=True)
    try:
        password = re.match("Login: demo (.*)", server.stdout.readline())[1]
        port = int(server.stdout.readline().rsplit(":", 1)[1])
        cookie = log_in(port, password)
        until = time.monotonic() + options.seconds
        ways = [Way(name, run, port, cookie, until) for name, run in WAYS]
        for way in ways:
            way.start()
        for way in ways:
            way.join()
        times = {step: when for way in ways for step, when in way.times.items()}
        print("| | changes shown | late, mean | late, 99 % | requests | bytes | bytes each |")
        print("|---|---|---|---|---|---|---|")
        for way in ways:
            print(line(way, times))
    finally:
        server.terminate()
        server.wait(10)


main()
