// The page of cpp-example/ticker-server: its login, its prices, and how it comes back.
"use strict";

const assert = require("node:assert/strict");
const { startBrowser, startProgram, test } = require("./browser.js");

const startServer = (t, port = "0") => startProgram(t, process.env.WIREBIRD_TICKER,
    ["--port", port, "--demo-user", "--seed", "7", "--interval-ms", "50"], /^Ticker at (ws:\S+)$/);
const password = (server) => /^Login: demo (\S+)$/m.exec(server.lines.join("\n"))[1];

async function logIn(page, word) {
    await page.fill("[name=uname]", "demo");
    await page.fill("[name=password]", word);
    await page.click("#login button");
}

/** Waits until a price has changed on the screen. */
async function changes(page) {
    const prices = () => document.querySelector("#rows").innerText;
    const before = await page.evaluate(prices);
    await page.waitForFunction((before) =>
        document.querySelector("#rows:not(.stale)").innerText !== before, before);
}

test("the page of the ticker", async (t) => {
    const browser = await startBrowser(t);
    let server = await startServer(t);
    const page = await browser.open(server.url.replace(/^ws/, "http"));

    await t.test("refuses a wrong password, with a sentence", async () => {
        await logIn(page, "wrong");
        await page.getByText("Wrong name or password.").waitFor();
        assert.equal(await page.locator("#prices").isVisible(), false);
        // Chromium logs the status by itself.
        assert.ok(page.errors.every((error) => error.includes("403")), page.errors.join("\n"));
        page.errors.length = 0;
    });

    await t.test("shows prices, which move, compressed", async () => {
        await logIn(page, password(server));
        await page.getByText("Live", { exact: true }).waitFor();
        await page.getByText("permessage-deflate").waitFor();
        await page.locator("#rows li").nth(5).waitFor();
        await changes(page);
    });

    await t.test("stays logged in when it is loaded again", async () => {
        await page.reload();
        await page.locator("#rows li").nth(5).waitFor();
    });

    await t.test("compares four ways", async () => {
        await page.click("[data-page=ways]");
        await page.click("#start");
        await page.waitForFunction(() => [...document.querySelectorAll("#table tr")].filter(
            (line) => parseInt(line.cells[1].textContent) > 0 && line.cells[2].textContent !== "–"
                && parseInt(line.cells[5].textContent) > 0).length === 4);
        await page.click("#start");
        await page.click("[data-page=prices]");
    });

    assert.deepEqual(page.errors, [], "nothing is thrown, and no policy is violated");

    await t.test("comes back when the server was killed, and asks for a login", async () => {
        server.child.kill("SIGKILL");
        await server.ended;
        await page.getByText("Connection lost.").waitFor();
        await page.getByText("Reconnecting", { exact: true }).waitFor();
        server = await startServer(t, new URL(server.url).port);
        // It has sessions of its own.
        await page.getByText("Your session has ended.").waitFor();
        await logIn(page, password(server));
        await page.getByText("Live", { exact: true }).waitFor();
        await changes(page);
    });

    await t.test("comes back by itself when the connection was lost", async () => {
        await page.evaluate(() => ticker.socket.close());
        await page.getByText("Reconnecting", { exact: true }).waitFor();
        await page.getByText("Live", { exact: true }).waitFor();
        await changes(page);
    });

    await t.test("logs out", async () => {
        await page.click("#logout");
        await page.locator("#login").waitFor();
        await page.reload();
        await page.locator("#login").waitFor();
    });
});
