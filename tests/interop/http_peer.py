"""Python websockets behind HTTP, as a peer: `http_peer.py`.

Prints its URL, then each request as a line of JSON. Paths:

/basic, /digest/MD5, /digest/SHA-256  want bird:seed
/stale                                 wants Digest, and finds each nonce too old once
/redirect/STATUS/N/REST                leads to /redirect/STATUS/N-1/REST, and from 0 to REST
/cookies                               refuses with two Set-Cookie fields
/to?URL                                leads to URL
other paths                            echo
"""

import asyncio
import base64
import hashlib
import http
import json
import re
import urllib.parse

import websockets
from websockets.datastructures import Headers
from websockets.http11 import Response

USER, PASSWORD = "bird", "seed"
REALM = "seeds and worms"
# Nonces that were used.
USED = set()


def respond(status, headers, body=b"who asks?\n"):
    status = http.HTTPStatus(status)
    fields = Headers([*headers, ("Content-Length", str(len(body)))])
    return Response(status.value, status.phrase, fields, body)


def basic(request):
    expected = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    if request.headers.get("Authorization") == f"Basic {expected}":
        return None
    return respond(401, [("WWW-Authenticate", f'Basic realm="{REALM}", charset="UTF-8"')])


def digest(request, algorithm, challenge=None):
    hashed = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}[algorithm]

    def h(*parts):
        return hashed(":".join(parts).encode()).hexdigest()

    field = request.headers.get("Authorization", "")
    pairs = re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]*))', field)
    said = {name: quoted or plain for name, quoted, plain in pairs}
    response = h(
        h(USER, REALM, PASSWORD),
        said.get("nonce", ""),
        said.get("nc", ""),
        said.get("cnonce", ""),
        said.get("qop", ""),
        h("GET", request.path),
    )
    right = field.startswith("Digest ") and said.get("response") == response
    right = right and said.get("uri") == request.path and said.get("username") == USER
    stale = ""
    if challenge == "stale" and right and said["nonce"] not in USED and len(USED) < 2:
        USED.add(said["nonce"])
        right, stale = False, ", stale=true"
    if right:
        return None
    value = (
        f'Digest realm="{REALM}", qop="auth", algorithm={algorithm}, '
        f'nonce="{len(USED)}{id(request)}", opaque="nest"{stale}'
    )
    return respond(401, [("WWW-Authenticate", value), ("Set-Cookie", "asked=yes; Path=/")])


def process(connection, request):
    fields = [[name.lower(), value] for name, value in request.headers.raw_items()]
    print(json.dumps({"path": request.path, "headers": fields}), flush=True)
    path, _, query = request.path.partition("?")
    parts = path.split("/")
    if parts[1] == "basic":
        return basic(request)
    if parts[1] == "digest":
        return digest(request, parts[2])
    if parts[1] == "stale":
        return digest(request, "MD5", "stale")
    if parts[1] == "cookies":
        return respond(403, [("Set-Cookie", "refused=1"), ("Set-Cookie", "secret=2; Secure")])
    if parts[1] == "to":
        return respond(302, [("Location", urllib.parse.unquote(query))])
    if parts[1] == "redirect":
        status, left, rest = int(parts[2]), int(parts[3]), "/".join(parts[4:])
        further = f"/redirect/{status}/{left - 1}/{rest}" if left > 0 else f"/{rest}"
        return respond(status, [("Location", further), ("Set-Cookie", f"hop{left}=1; Path=/")])
    return None


async def echo(connection):
    try:
        async for message in connection:
            await connection.send(message)
    except websockets.ConnectionClosedError:
        pass


async def serve():
    async with websockets.serve(
        echo, "127.0.0.1", 0, process_request=process, compression=None
    ) as server:
        port = server.sockets[0].getsockname()[1]
        print("ready", flush=True)
        print(f"ws://127.0.0.1:{port}", flush=True)
        await asyncio.get_running_loop().create_future()


asyncio.run(serve())
