"""Python websockets as a peer: `peer.py server DEFLATE`, or `peer.py client DEFLATE URL`.

DEFLATE is null or the parameters of permessage-deflate as JSON, by their names in RFC 7692. Sends
back what it gets, but for the commands in `answer`; prints its URL as a server, and how the
connection ended.
"""

import asyncio
import json
import os
import ssl
import sys

import websockets
from websockets.extensions import permessage_deflate


def extensions(factory):
    return None if DEFLATE is None else [factory(**DEFLATE)]


async def answer(connection, message):
    command, _, rest = message.partition(" ") if isinstance(message, str) else ("", "", "")
    if command == "/fragments":
        await connection.send(rest.split(" "))
    elif command == "/ping":
        await (await connection.ping(rest))
        await connection.send("pong " + rest)
    elif command == "/close":
        code, _, reason = rest.partition(" ")
        await connection.close(int(code), reason)
    else:
        await connection.send(message)


async def talk(connection):
    answers = set()
    try:
        async for message in connection:
            if isinstance(message, str) and message.startswith("/ping"):
                # Its Pong is read by this loop's next turn.
                answers.add(asyncio.create_task(answer(connection, message)))
            else:
                await answer(connection, message)
    except websockets.ConnectionClosedError:
        pass
    print(f"closed {connection.close_code} {connection.close_reason}", flush=True)


def server_tls():
    """The server's certificate and key, if it speaks TLS."""
    if "PEER_CERTIFICATE" not in os.environ:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.environ["PEER_CERTIFICATE"], os.environ["PEER_KEY"])
    return context


def client_tls():
    """Whom the client trusts, if it speaks TLS."""
    return ssl.create_default_context(cafile=os.environ["PEER_CA"]) if "PEER_CA" in os.environ else None


async def serve():
    tls = server_tls()
    done = asyncio.get_running_loop().create_future()

    async def accepted(connection):
        await talk(connection)
        done.set_result(None)

    async with websockets.serve(
        accepted,
        "127.0.0.1",
        0,
        subprotocols=["b", "c"],
        compression=None,
        extensions=extensions(permessage_deflate.ServerPerMessageDeflateFactory),
        max_size=None,
        ssl=tls,
    ) as server:
        print(f"{'wss://localhost' if tls else 'ws://127.0.0.1'}:{server.sockets[0].getsockname()[1]}/", flush=True)
        await done


async def connect(url):
    async with websockets.connect(
        url,
        subprotocols=["a", "b"],
        compression=None,
        extensions=extensions(permessage_deflate.ClientPerMessageDeflateFactory),
        max_size=None,
        ssl=client_tls(),
    ) as connection:
        await talk(connection)


DEFLATE = json.loads(sys.argv[2])
print("ready", flush=True)
asyncio.run(serve() if sys.argv[1] == "server" else connect(sys.argv[3]))
