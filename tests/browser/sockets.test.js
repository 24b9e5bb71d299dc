// Chromium's WebSocket at a server of Wirebird, over HTTP/1.1 without TLS.
"use strict";

const assert = require("node:assert/strict");
const path = require("node:path");
const { servePage, startBrowser, startProgram, test } = require("./browser.js");

const READY = /^Pages at (\S+)$/;

test("a WebSocket of Chromium", async (t) => {
    const server = await startProgram(t, process.env.WIREBIRD_PAGES, [], READY);
    const browser = await startBrowser(t, { script: path.join(__dirname, "opensocket.js") });
    const page = await browser.open(server.url);
    const url = server.url.replace(/^http/, "ws");

    await t.test("gets texts back, of every length of UTF-8", async () => {
        const texts = ["", "Grüße", "€", "🐦", "\u0000", "x".repeat(126), "é".repeat(70_000)];
        const echoes = await page.evaluate(async ([url, texts]) => {
            const { socket, next } = await openSocket(url);
            for (const text of texts)
                socket.send(text);
            const echoes = [];
            for (const _ of texts)
                echoes.push(await next());
            socket.close();
            return echoes;
        }, [url, texts]);
        assert.deepEqual(echoes, texts);
    });

    await t.test("gets bytes back, in order", async () => {
        const differences = await page.evaluate(async (url) => {
            const { socket, next } = await openSocket(url);
            const lengths = [0, 1, 125, 126, 65_535, 65_536];
            for (const length of lengths)
                socket.send(Uint8Array.from({ length }, (_, i) => i * 31 + length));
            const differences = [];
            for (const length of lengths) {
                const bytes = new Uint8Array(await next());
                if (bytes.length !== length || bytes.some((b, i) => b !== (i * 31 + length) % 256))
                    differences.push(length);
            }
            socket.close();
            return differences;
        }, url);
        assert.deepEqual(differences, []);
    });

    await t.test("negotiates permessage-deflate, and gets 1 MiB back through it", async () => {
        const result = await page.evaluate(async (url) => {
            const { socket, next } = await openSocket(url);
            const words = "sparrow finch wren robin heron ".split(" ");
            let text = "";
            for (let i = 0; text.length < 1 << 20; i++)
                text += `${words[i % 5]} ${i} `;
            text = text.slice(0, 1 << 20);
            const same = [];
            for (let round = 0; round < 2; round++) {
                socket.send(text);
                same.push(await next() === text);
            }
            const noise = new Uint8Array(1 << 20);
            for (let at = 0; at < noise.length; at += 65_536)
                crypto.getRandomValues(noise.subarray(at, at + 65_536));
            socket.send(noise);
            const echo = new Uint8Array(await next());
            same.push(echo.length === noise.length && echo.every((byte, i) => byte === noise[i]));
            socket.close();
            return { extensions: socket.extensions, same };
        }, url);
        assert.match(result.extensions, /^permessage-deflate/);
        assert.deepEqual(result.same, [true, true, true]);
    });

    await t.test("is told the server's subprotocol, or none", async () => {
        const chosen = await page.evaluate(async (url) => {
            const chosen = [];
            for (const offered of [["fish", "bees", "birds"], []]) {
                const { socket } = await openSocket(url, offered);
                chosen.push(socket.protocol);
                socket.close();
            }
            return chosen;
        }, url);
        assert.deepEqual(chosen, ["bees", ""]);
    });

    await t.test("is told the code and reason of the server's Close", async () => {
        const closed = await page.evaluate(async (url) => {
            const { socket, closed } = await openSocket(url);
            socket.send("close 4001 Tschüß");
            return closed;
        }, url);
        assert.deepEqual(closed, { code: 4001, reason: "Tschüß", wasClean: true });
    });

    await t.test("tells the code and reason of its own Close", async () => {
        const closed = await page.evaluate(async (url) => {
            const { socket, closed } = await openSocket(url);
            socket.close(4321, "au revoir à tous");
            return closed;
        }, url);
        // The answering Close repeats the code alone.
        assert.deepEqual(closed, { code: 4321, reason: "", wasClean: true });
        await server.line(/^closed 4321 au revoir à tous$/);
    });

    await t.test("closes with 1005 when its Close has no code", async () => {
        const closed = await page.evaluate(async (url) => {
            const { socket, closed } = await openSocket(url);
            socket.close();
            return closed;
        }, url);
        assert.deepEqual(closed, { code: 1005, reason: "", wasClean: true });
        await server.line(/^closed 1005/);
    });

    await t.test("is gone with 1001 or without a Close when its page is left", async () => {
        const other = await browser.open(server.url);
        await other.evaluate((url) => openSocket(url).then(() => {}), url);
        await other.close();
        await server.line(/^closed (1001|1006)/);
    });

    await t.test("is refused to a page of another origin", async (t) => {
        const foreign = await servePage(t);
        const stranger = await browser.open(foreign.url);
        const error = await stranger.evaluate(
            (url) => openSocket(url).then(() => "opened", (error) => error.message), url);
        assert.match(error, /^not opened: 1006/);
        await server.line(/^refused .*[Oo]rigin/);
        await stranger.close();
    });

    await t.test("is let in from an origin that the server lists", async (t) => {
        const foreign = await servePage(t);
        const listing = await startProgram(t, process.env.WIREBIRD_PAGES,
            ["--origin", foreign.url.slice(0, -1)], READY);
        const friend = await browser.open(foreign.url);
        const echo = await friend.evaluate(async (url) => {
            const { socket, next } = await openSocket(url);
            socket.send("hello");
            return next();
        }, listing.url.replace(/^http/, "ws"));
        assert.equal(echo, "hello");
        await friend.close();
    });
});
