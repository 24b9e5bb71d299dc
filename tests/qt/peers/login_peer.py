"""A login by HTTP, and a WebSocket for those who are logged in: `login_peer.py`.

Prints its URL, then method, path and cookies of each request.

POST /login   with user=bird&password=seed sets the cookie session, else 403
GET /renew    sets another session, the old one is over, and leads to /chat
GET /chat     switches protocols with a valid session and sets seen, else 403 with denied
"""

import base64
import hashlib
import http.server
import secrets
import urllib.parse

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
SESSIONS = set()


def new_session():
    session = secrets.token_hex(8)
    SESSIONS.add(session)
    return f"session={session}; Path=/; HttpOnly; Max-Age=3600"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def tell(self):
        print(self.command, self.path, self.headers.get("Cookie", "-"), flush=True)

    def session(self):
        for pair in self.headers.get("Cookie", "").split("; "):
            name, _, value = pair.partition("=")
            if name == "session":
                return value
        return None

    def answer(self, status, *fields):
        self.send_response(status)
        for name, value in fields:
            self.send_header(name, value)
        if status != 101:
            self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self):
        self.tell()
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        form = urllib.parse.parse_qs(body.decode())
        if form.get("user") == ["bird"] and form.get("password") == ["seed"]:
            self.answer(204, ("Set-Cookie", new_session()))
        else:
            self.answer(403)

    def do_GET(self):
        self.tell()
        if self.session() not in SESSIONS:
            self.answer(403, ("Set-Cookie", "denied=1; Path=/"))
        elif self.path == "/renew":
            SESSIONS.discard(self.session())
            self.answer(302, ("Location", "/chat"), ("Set-Cookie", new_session()))
        else:
            key = self.headers["Sec-WebSocket-Key"] + GUID
            accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
            self.answer(
                101,
                ("Upgrade", "websocket"),
                ("Connection", "Upgrade"),
                ("Sec-WebSocket-Accept", accept),
                ("Set-Cookie", "seen=1; Path=/"),
            )
            self.rfile.read()
            self.close_connection = True


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
