"""Python websockets as a peer: `peer.py server`, or `peer.py client URL`."""

import asyncio
import sys

import websockets


async def serve():
    closed = asyncio.get_running_loop().create_future()

    async def echo(connection):
        try:
            async for message in connection:
                await connection.send(message)
        finally:
            protocol = connection.protocol
            closed.set_result((protocol.close_code, protocol.close_reason))

    async with websockets.serve(
        echo, "127.0.0.1", 0, compression=None, subprotocols=["b", "c"], max_size=None
    ) as server:
        port = server.sockets[0].getsockname()[1]
        print(f"ws://127.0.0.1:{port}/", flush=True)
        code, reason = await closed
        print(f"closed {code} {reason}", flush=True)


async def request(url):
    async with websockets.connect(url, compression=None, max_size=None) as connection:
        for size in (0, 10, 125, 126, 70_000, 1 << 20):
            for message in ("é" * (size // 2), b"\x80" * size):
                await connection.send(message)
                assert await connection.recv() == message, size
        # A fragmented message, with a Ping between its frames.
        await connection.send(["Frag", "men", "te"])
        assert await connection.recv() == "Fragmente"
        await (await connection.ping())
        await connection.close(1000, "bye")
    assert connection.close_code == 1000, connection.close_code
    print("content", flush=True)


print("ready", flush=True)
if sys.argv[1] == "server":
    asyncio.run(serve())
else:
    asyncio.run(request(sys.argv[2]))
