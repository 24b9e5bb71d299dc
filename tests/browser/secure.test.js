// Chromium's WebSocket over TLS, and over HTTP/2 (RFC 8441).
"use strict";

const assert = require("node:assert/strict");
const path = require("node:path");
const { certificate, servePage, startBrowser, startProgram, test } = require("./browser.js");

const READY = /^Pages at (\S+)$/;
const SCRIPT = path.join(__dirname, "opensocket.js");

const startServer = (t, name, ...args) => startProgram(t, process.env.WIREBIRD_PAGES,
    ["--certificate", certificate(`${name}.pem`), certificate(`${name}.key`), ...args], READY);

const echo = (page, url) => page.evaluate(async (url) => {
    const { socket, next, closed } = await openSocket(url);
    socket.send("Grüße 🐦");
    const text = await next();
    socket.send(new Uint8Array(1 << 20).fill(7));
    const bytes = new Uint8Array(await next());
    socket.close(1000, "done");
    return {
        text,
        length: bytes.length,
        same: bytes.every((byte) => byte === 7),
        extensions: socket.extensions,
        code: (await closed).code,
    };
}, url);

const expected = { text: "Grüße 🐦", length: 1 << 20, same: true, code: 1000 };

test("wss:// with a CA that Chromium trusts", async (t) => {
    const browser = await startBrowser(t, { ca: certificate("root.pem"), script: SCRIPT });

    for (const key of ["rsa", "ec"]) {
        await t.test(`echoes, with an ${key.toUpperCase()} key`, async (t) => {
            const server = await startServer(t, key);
            const page = await browser.open(server.url);
            const { extensions, ...result } = await echo(page, server.url.replace(/^http/, "ws"));
            assert.deepEqual(result, expected);
            assert.match(extensions, /^permessage-deflate/);
            await server.line(/^opened \d+ http\/1\.1 /);
            await server.line(/^closed 1000 done$/);
            await page.close();
        });
    }

    await t.test("runs over the HTTP/2 connection that the page came by", async (t) => {
        const server = await startServer(t, "ec", "--http2");
        const page = await browser.open(server.url);
        const protocol = await page.evaluate(
            () => performance.getEntriesByType("navigation")[0].nextHopProtocol);
        assert.equal(protocol, "h2");
        const [, port] = await server.line(/^page 20 (\d+)$/);
        const { extensions, ...result } = await echo(page, server.url.replace(/^http/, "ws"));
        assert.deepEqual(result, expected);
        assert.match(extensions, /^permessage-deflate/);
        // The same TCP connection, whose ALPN is h2.
        const [, socketPort, alpn] = await server.line(/^opened (\d+) (\S+) /);
        assert.deepEqual([socketPort, alpn], [port, "h2"]);
        await server.line(/^closed 1000 done$/);
        await page.close();
    });

    await t.test("runs many WebSockets on one HTTP/2 connection", async (t) => {
        const server = await startServer(t, "ec", "--http2");
        const page = await browser.open(server.url);
        const [, port] = await server.line(/^page 20 (\d+)$/);
        // Chromium makes a page wait that opens more than 16.
        const closed = await page.evaluate(async (url) => {
            const opening = Array.from({ length: 12 }, () => openSocket(url, "birds"));
            const all = await Promise.all(opening);
            const echoes = await Promise.all(all.map(({ socket, next }, i) => {
                socket.send(`bird ${i}`);
                return next();
            }));
            all.forEach(({ socket }, i) => socket.send(`close ${4000 + i} enough`));
            const codes = await Promise.all(all.map(async ({ closed }) => (await closed).code));
            return { echoes, codes, protocols: all.map(({ socket }) => socket.protocol) };
        }, server.url.replace(/^http/, "ws"));
        const numbers = Array.from({ length: 12 }, (_, i) => i);
        assert.deepEqual(closed.echoes, numbers.map((i) => `bird ${i}`));
        assert.deepEqual(closed.codes, numbers.map((i) => 4000 + i));
        assert.deepEqual(new Set(closed.protocols), new Set(["birds"]));
        for (const _ of numbers)
            await server.line(new RegExp(`^opened ${port} h2 birds `));
        await page.close();
    });
});

test("wss:// with a certificate that Chromium does not trust", async (t) => {
    // The page is not the server's, which no page could come from.
    const { url } = await servePage(t);
    const origin = url.slice(0, -1);
    const browser = await startBrowser(t, { ca: certificate("root.pem"), script: SCRIPT });
    const page = await browser.open(url);
    // Does not look at certificates.
    const careless = await startBrowser(t, {
        script: SCRIPT, options: { ignoreHTTPSErrors: true },
    });

    for (const [name, what] of [["foreign", "of an unknown CA"], ["self", "of its own"],
        ["expired", "that is expired"], ["wrong", "of another host"]]) {
        await t.test(`${what} is refused, and the server goes on`, async (t) => {
            const server = await startServer(t, name, "--origin", origin);
            page.errors.length = 0;
            const result = await page.evaluate(
                (url) => openSocket(url).then(() => "opened", (error) => error.message),
                server.url.replace(/^http/, "ws"));
            assert.match(result, /^not opened: 1006/);
            assert.match(page.errors.join("\n"), /ERR_CERT_/);
            await server.line(/^refused /);
            const other = await careless.open(server.url);
            assert.equal((await echo(other, server.url.replace(/^http/, "ws"))).code, 1000);
            await other.close();
        });
    }
});
