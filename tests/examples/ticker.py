"""cpp-example/ticker-server and ticker-client as processes: ticker.py FOLDER

The names of the tests say what is tested. WIREBIRD_PYTHON has the packages that it needs.
"""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.parse

from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from talk import PATIENCE, Program

FOLDER = sys.argv[1] + "/cpp-example"
SERVER = FOLDER + "/ticker-server/ticker-server"
CLIENT = FOLDER + "/ticker-client/ticker-client"
PASSWORD = "sesame & 42+ü"

scratch = tempfile.TemporaryDirectory()
USERS = scratch.name + "/users"


class Ticker:
    """A server that listens on 127.0.0.1, and what can be asked of it."""

    def __init__(self, *args, env=None, port=0):
        self.program = Program("env", *[f"{k}={v}" for k, v in (env or {}).items()], SERVER,
                               "--users", USERS, "--interval-ms", "10", *args,
                               *([] if port is None else ["--port", port]))

    def __enter__(self):
        self.program.__enter__()
        self.url = self.program.match(r"Ticker at (ws://127\.0\.0\.1:\d+)")
        self.host = self.url.removeprefix("ws://")
        self.port = int(self.host.split(":")[1])
        return self

    def __exit__(self, *error):
        self.program.__exit__(*error)

    def stop(self, by=signal.SIGTERM):
        self.program.process.send_signal(by)
        return self.program.process.wait(PATIENCE)

    def ask(self, method, path, form=None, cookie=None, **headers):
        connection = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if cookie:
            headers["Cookie"] = cookie
        with contextlib.closing(connection):
            connection.request(method, path, form and urllib.parse.urlencode(form), headers)
            response = connection.getresponse()
            return response.status, response.read().decode(), response.headers

    def log_in(self, user="ann", password=PASSWORD):
        status, body, headers = self.ask("POST", "/login", {"uname": user, "password": password})
        assert (status, json.loads(body)) == (200, {"user": user}), (status, body)
        return headers["Set-Cookie"].split(";")[0]

    def open(self, cookie=None, path="/ws", **more):
        headers = {"Cookie": cookie} if cookie else {}
        return connect(self.url + path, additional_headers=headers, proxy=None,
                       open_timeout=PATIENCE, **more)


def next_of(peer):
    return json.loads(peer.recv(PATIENCE))


def subscribe(peer, *symbols):
    assert next_of(peer)["symbols"] == ["ALBA", "FINCH", "HERON", "ROBIN", "SWIFT", "WREN"]
    peer.send(json.dumps({"subscribe": symbols}))
    return next_of(peer)


def refused(ticker, status, pattern, **more):
    try:
        with ticker.open(**more):
            raise AssertionError("the WebSocket opened")
    except InvalidStatus as error:
        assert error.response.status_code == status, error.response
        assert re.search(pattern, error.response.body.decode()), error.response.body


def client(ticker, *args, password=PASSWORD, user="ann"):
    return Program("env", "TICKER_PASSWORD=" + password, CLIENT, "--url", ticker.url,
                   "--user", user, *args)


def the_file_of_users_has_no_password_in_it():
    def add(name, password):
        return subprocess.run([SERVER, "--users", USERS, "--add-user", name], input=password + "\n",
                              text=True, capture_output=True, timeout=PATIENCE)

    assert add("ann", PASSWORD).returncode == 0
    assert add("bob", PASSWORD).returncode == 0
    text = open(USERS, encoding="utf-8").read()
    assert "sesame" not in text and PASSWORD.encode().hex() not in text, text
    ann, bob = text.splitlines()
    assert re.fullmatch(r"ann:\d{6,}:[0-9a-f]{32}:[0-9a-f]{64}", ann), ann
    assert ann.split(":")[2:] != bob.split(":")[2:], "each has a salt of its own"
    assert os.stat(USERS).st_mode & 0o077 == 0, "others may read it"
    for name, password in (("ann", PASSWORD), ("a:b", PASSWORD), ("cy", "short")):
        result = add(name, password)
        assert result.returncode == 2 and result.stderr, result
    assert open(USERS, encoding="utf-8").read() == text


def a_login_sets_a_cookie_for_this_site_only():
    with Ticker() as ticker:
        status, _, headers = ticker.ask("POST", "/login", {"uname": "ann", "password": PASSWORD})
        assert status == 200
        cookie = headers["Set-Cookie"]
        assert re.match(r"ticker-session=[0-9a-f]{32};", cookie), cookie
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "path=/" in cookie, cookie
        assert ticker.log_in() != ticker.log_in(), "sessions differ"


def wrong_passwords_are_refused_and_soon_not_even_tried():
    with Ticker() as ticker:
        for user, password in (("ann", "wrong"), ("nobody", PASSWORD)):
            status, body, headers = ticker.ask("POST", "/login",
                                               {"uname": user, "password": password})
            assert (status, body) == (403, "Wrong name or password.\n"), (status, body)
            assert headers["Set-Cookie"] is None
        assert ticker.ask("POST", "/login", {"uname": "ann"})[0] == 400
        for _ in range(3):
            ticker.ask("POST", "/login", {"uname": "ann", "password": "wrong"})
        status, body, headers = ticker.ask("POST", "/login", {"uname": "ann", "password": PASSWORD})
        assert status == 429 and headers["Retry-After"] == "60", (status, body)


def without_a_session_the_websocket_is_refused():
    with Ticker() as ticker:
        for cookie in (None, "ticker-session=" + "0" * 32, "ticker-session=", "other=1"):
            refused(ticker, 401, "Log in first", cookie=cookie)
        assert ticker.ask("GET", "/prices")[0] == 401
        assert ticker.ask("GET", "/session")[1] == '{"user":null}'
        refused(ticker, 404, "/ws", path="/elsewhere", cookie=ticker.log_in())


def pages_of_other_sites_are_refused():
    with Ticker() as ticker:
        cookie = ticker.log_in()
        try:
            with ticker.open(cookie, origin="http://evil.example"):
                raise AssertionError("the WebSocket opened")
        except InvalidStatus as error:
            assert error.response.status_code == 403
        with ticker.open(cookie, origin="http://" + ticker.host) as peer:
            next_of(peer)
        form = {"uname": "ann", "password": PASSWORD}
        assert ticker.ask("POST", "/login", form, Origin="http://evil.example")[0] == 403
        assert ticker.ask("POST", "/logout", {}, cookie, Origin="http://evil.example")[0] == 403
        assert ticker.ask("POST", "/login", form, Origin="http://" + ticker.host)[0] == 200


def a_subscriber_gets_all_at_first_then_what_changes_of_it_alone():
    with Ticker() as ticker, ticker.open(ticker.log_in()) as peer:
        answer = subscribe(peer, "ALBA", "WREN")
        assert answer["subscribed"] == ["ALBA", "WREN"]
        assert set(answer["prices"]) == {"ALBA", "WREN"}
        known, step, changed = answer["prices"], answer["step"], set()
        while changed != {"ALBA", "WREN"} or step < answer["step"] + 50:
            change = next_of(peer)
            assert set(change) == {"prices", "step", "time"}, change
            assert change["step"] > step
            step = change["step"]
            for symbol, price in change["prices"].items():
                assert symbol in ("ALBA", "WREN") and price != known[symbol], change
                known[symbol] = price
                changed.add(symbol)
        peer.send('{"unsubscribe":["ALBA"]}')
        while "subscribed" not in (message := next_of(peer)):
            pass
        assert message == {"subscribed": ["WREN"]}
        assert all(set(next_of(peer)["prices"]) == {"WREN"} for _ in range(10))


def what_is_not_understood_is_answered_and_the_connection_stays():
    with Ticker() as ticker, ticker.open(ticker.log_in()) as peer:
        next_of(peer)
        for message, pattern in (
                ("{", "not JSON"), ("[]", "Send"), ("{}", "Send"), ('{"subscribe":"ALBA"}', "Send"),
                ('{"subscribe":["ALBA"],"unsubscribe":[]}', "Send"), ('{"buy":["ALBA"]}', "Send"),
                ('{"subscribe":["CROW"]}', "no CROW, but ALBA"), ('{"subscribe":[7]}', "no symbol"),
                (b"\x00", "text messages")):
            peer.send(message)
            answer = next_of(peer)
            assert re.search(pattern, answer["error"]), (message, answer)
        peer.send('{"subscribe":["ALBA"]}')
        assert next_of(peer)["subscribed"] == ["ALBA"]


def the_same_seed_gives_the_same_prices():
    walks = []
    for seed in (7, 7, 8):
        with Ticker("--seed", seed) as ticker:
            cookie, walk = ticker.log_in(), {}
            while not walk or max(walk) < 250:
                path = f"/prices/next?after={max(walk, default=0)}"
                prices = json.loads(ticker.ask("GET", path, cookie=cookie)[1])
                walk[prices["step"]] = prices["prices"]
            walks.append(walk)
    one, same, other = walks
    common = set(one) & set(same)
    assert common and all(one[step] == same[step] for step in common)
    assert all(one[step] != other[step] for step in set(one) & set(other))


def prices_can_be_asked_for_and_streamed():
    with Ticker() as ticker:
        cookie = ticker.log_in()
        connection = http.client.HTTPConnection(ticker.host, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request("GET", "/prices/stream", headers={"Cookie": cookie})
            response = connection.getresponse()
            assert response.headers["Content-Type"] == "text/event-stream"
            events = []
            while len(events) < 20:
                line = response.readline().decode()
                if line != "\n":
                    events.append(json.loads(line.removeprefix("data: ")))
            assert len(events[0]["prices"]) == 6
            assert all(len(event["prices"]) == 1 for event in events[1:])


def compression_is_accepted():
    with Ticker() as ticker, ticker.open(ticker.log_in()) as peer:
        assert "permessage-deflate" in peer.response.headers["Sec-WebSocket-Extensions"]


def whoever_logs_out_hears_no_more():
    with Ticker() as ticker:
        cookie = ticker.log_in()
        with ticker.open(cookie) as peer:
            next_of(peer)
            assert ticker.ask("POST", "/logout", {}, cookie)[0] == 204
            try:
                next_of(peer)
                raise AssertionError("it still gets messages")
            except ConnectionClosed as closed:
                assert (closed.rcvd.code, closed.rcvd.reason) == (1008, "The session has ended.")
        refused(ticker, 401, "Log in first", cookie=cookie)


def it_ends_in_order():
    for by in (signal.SIGTERM, signal.SIGINT):
        with Ticker() as ticker:
            cookie = ticker.log_in()
            with ticker.open(cookie) as one, ticker.open(cookie) as two:
                subscribe(one, "ALBA")
                ticker.program.process.send_signal(by)
                for peer in (one, two):
                    try:
                        while True:
                            peer.recv(PATIENCE)
                    except ConnectionClosed as closed:
                        assert closed.rcvd.code == 1001, closed
                        assert closed.rcvd.reason == "The server is going down."
            assert ticker.program.process.wait(PATIENCE) == 0
            with socket.socket() as late:
                assert late.connect_ex(("127.0.0.1", ticker.port)) != 0


def settings_come_from_the_environment_and_the_command_line_wins():
    program = Ticker(env={"TICKER_SEED": "x"}).program
    with program:
        assert "TICKER_SEED" in program.next()
        assert program.process.wait(PATIENCE) == 2
    with Ticker(env={"PORT": "0", "HOST": "127.0.0.1"}, port=None) as ticker:
        assert ticker.ask("GET", "/healthz")[:2] == (200, "ok\n")
        with Ticker("--host", "127.0.0.1",
                    env={"PORT": str(ticker.port), "HOST": "192.0.2.1"}) as other:
            assert other.port != ticker.port
    program = Program(SERVER)
    with program:
        assert "--add-user" in program.next(), "nobody could log in"
        assert program.process.wait(PATIENCE) == 2


def the_page_is_served_with_a_policy():
    with Ticker() as ticker:
        for path, kind in (("/", "text/html"), ("/ticker.css", "text/css"),
                           ("/ticker.js", "text/javascript")):
            status, body, headers = ticker.ask("GET", path)
            assert status == 200 and headers["Content-Type"].startswith(kind) and body
            policy = headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy and "unsafe" not in policy, policy
        assert ticker.ask("GET", "/main.cpp")[0] == 404


def the_client_prints_prices_and_ends():
    with Ticker() as ticker:
        with client(ticker, "--seconds", "1", "--symbols", "WREN,ALBA") as program:
            program.match("(Connected to .*)")
            while not (line := program.next()).endswith("prices arrived."):
                assert re.fullmatch(r"(ALBA|WREN) +[0-9.]+  [ +-]", line), line
            program.ends(0)
        with client(ticker, password="wrong") as program:
            program.match("(No login at .*: Wrong name or password.)")
            program.expect("0 prices arrived.")
            program.ends(1)
        with client(ticker, "--symbols", "CROW") as program:
            program.match("(Connected to .*)")
            program.match("(There is no CROW, .*)")
            program.expect("0 prices arrived.")
            program.ends(1)
        with client(ticker, "--seconds", "nonsense") as program:
            program.match("(--seconds takes .*)")
            program.ends(2)


def the_client_survives_a_restart_of_the_server():
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(Ticker())
        program = stack.enter_context(client(first))
        program.match("(Connected to .*)")
        program.match("(ALBA .*)")
        assert first.stop() == 0
        while not (line := program.next()).startswith("The server is going down. Attempt 1"):
            assert re.match("[A-Z]+ +[0-9]", line), line
        # Of its sessions the next server knows nothing: the client logs in again.
        stack.enter_context(Ticker(port=first.port))
        while not program.next().startswith("Connected to"):
            pass
        program.match("(ALBA .*)")


TESTS = (
    the_file_of_users_has_no_password_in_it,  # the others use it
    a_login_sets_a_cookie_for_this_site_only,
    wrong_passwords_are_refused_and_soon_not_even_tried,
    without_a_session_the_websocket_is_refused,
    pages_of_other_sites_are_refused,
    a_subscriber_gets_all_at_first_then_what_changes_of_it_alone,
    what_is_not_understood_is_answered_and_the_connection_stays,
    the_same_seed_gives_the_same_prices,
    prices_can_be_asked_for_and_streamed,
    compression_is_accepted,
    whoever_logs_out_hears_no_more,
    it_ends_in_order,
    settings_come_from_the_environment_and_the_command_line_wins,
    the_page_is_served_with_a_policy,
    the_client_prints_prices_and_ends,
    the_client_survives_a_restart_of_the_server,
)
for test in TESTS:
    print(test.__name__.replace("_", " "), flush=True)
    test()
