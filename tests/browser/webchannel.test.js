// cpp-example/webchannel in Chromium: a page that uses a QObject by QWebChannel over a WebSocket.
"use strict";

const assert = require("node:assert/strict");
const { servePage, startBrowser, startProgram, test } = require("./browser.js");

test("the page of a QWebChannel", async (t) => {
    const program = await startProgram(t, process.env.WIREBIRD_WEBCHANNEL, ["--port", "0"],
        /^Oven at (\S+)$/);
    const browser = await startBrowser(t);
    const page = await browser.open(program.url);
    const second = await browser.open(program.url);

    await t.test("shows a property", async () => {
        await page.getByText("20 °C", { exact: true }).first().waitFor();
        await second.getByText("20 °C", { exact: true }).first().waitFor();
    });

    await t.test("calls a method and shows what it returns", async () => {
        await page.getByRole("button").click();
        await page.getByText("The oven is too cold.").waitFor();
    });

    await t.test("sets a property; every page sees it change, and the signal", async () => {
        await page.getByRole("slider").fill("200");
        for (const one of [page, second]) {
            await one.locator("#temperature", { hasText: "200 °C" }).waitFor();
            await one.getByText("Ready: 200 degrees").waitFor();
            assert.equal(await one.locator("#shown").textContent(), "200 °C");
        }
        await page.getByRole("button").click();
        await page.getByText("30 minutes").waitFor();
        assert.deepEqual(page.errors, []);
    });

    await t.test("that goes away does not disturb the others", async () => {
        await second.close();
        await page.getByRole("slider").fill("150");
        await page.getByText("Ready: 150 degrees").waitFor();
    });

    await t.test("of another origin is refused", async (t) => {
        const foreign = await servePage(t);
        const stranger = await browser.open(foreign.url);
        const code = await stranger.evaluate((url) => new Promise((resolve) => {
            new WebSocket(url).onclose = (event) => resolve(event.code);
        }), program.url.replace(/^http/, "ws"));
        assert.equal(code, 1006);
    });

    await t.test("says that the program is gone", async () => {
        await program.stop();
        await page.getByText("The oven is gone.").waitFor();
    });
});
