"""TLS between the suite, which speaks ws:// only, and the engine, which speaks wss://.

Makes a certificate with the system's openssl, and passes bytes on between a plain connection and
an encrypted one, each with the end of the other.
"""

import asyncio
import ssl
import subprocess
import threading

PIECE = 1 << 16


def make_certificate(folder):
    """An authority's certificate, and a certificate of 127.0.0.1 with its key."""
    folder.mkdir(parents=True, exist_ok=True)
    names = ca, ca_key, own, key, request = [
        folder / name for name in ("ca.pem", "ca-key.pem", "own.pem", "key.pem", "request.pem")
    ]
    if all(name.exists() for name in names):
        return ca, own, key
    extensions = folder / "extensions"
    extensions.write_text("subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
    new = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    commands = [
        [*new, "-x509", "-days", "3650", "-subj", "/CN=conformance", "-keyout", ca_key, "-out", ca],
        [*new, "-subj", "/CN=127.0.0.1", "-keyout", key, "-out", request],
        ["openssl", "x509", "-req", "-days", "3650", "-in", request, "-CA", ca, "-CAkey", ca_key]
        + ["-CAcreateserial", "-extfile", extensions, "-out", own],
    ]
    for command in commands:
        subprocess.run(command, check=True, capture_output=True)
    return ca, own, key


class Relay:
    """Listens on a free port of 127.0.0.1; `port` is it.

    With `encrypts` plain connections come and encrypted ones go to `target`, else the other way
    round. `target` may be set later.
    """

    def __init__(self, certificate, encrypts, target=None):
        ca, own, key = certificate
        self.target = target
        self.going = self.coming = None
        if encrypts:
            self.going = ssl.create_default_context(cafile=ca)
        else:
            self.coming = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.coming.load_cert_chain(own, key)
        self.loop = asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(
            asyncio.start_server(self.accept, "127.0.0.1", 0, ssl=self.coming)
        )
        self.port = self.server.sockets[0].getsockname()[1]
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    async def accept(self, reader, writer):
        try:
            there = await asyncio.open_connection("127.0.0.1", self.target, ssl=self.going)
        except OSError:
            writer.close()
            return
        await asyncio.gather(self.carry(reader, there[1]), self.carry(there[0], writer))

    @staticmethod
    async def carry(reader, writer):
        """Until the end of one direction; TLS knows no half of a connection here."""
        try:
            while data := await reader.read(PIECE):
                writer.write(data)
                await writer.drain()
        except (OSError, ssl.SSLError):
            pass
        writer.close()
