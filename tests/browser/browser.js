// Programs and Chromium for tests by node:test. A test file is run by `node FILE` (in CMake
// wirebird_browser_test(), in CMakeLists.txt) and looks like this:
//
//     const { startProgram, startBrowser, test } = require("./browser.js");
//
//     test("the page of a program", async (t) => {
//         const program = await startProgram(t, process.env.PROGRAM, ["--port", "0"],
//             /^At (\S+)$/);
//         const browser = await startBrowser(t);
//         await t.test("shows its title", async () => {
//             const page = await browser.open(program.url);
//             await page.getByText("Birds").waitFor();
//         });
//     });
//
// What is started with `t` ends with `t`, by its process id: in the opposite order, at the end of
// this process at the latest. Nothing waits longer than PATIENCE_MS, and no file runs longer than
// FILE_MS. Pages are those of Playwright (https://playwright.dev/docs/api/class-page), whose own
// waiting is bounded in the same way; what a page throws or logs as an error is in page.errors.
//
// Environment: WIREBIRD_CHROMIUM, WIREBIRD_CERTUTIL, WIREBIRD_CERTIFICATES (the folder that
// tests/tls/certificates.sh made), WIREBIRD_NODE_MODULES (default: build/node/node_modules, which
// cmake/setup.sh makes).
"use strict";

const { execFileSync, spawn } = require("node:child_process");
const fs = require("node:fs");
const http = require("node:http");
const nodeTest = require("node:test");
const os = require("node:os");
const path = require("node:path");
const readline = require("node:readline");

const PATIENCE_MS = 30_000;
const FILE_MS = 210_000;
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const running = new Set();
const folders = new Set();

// The last resort: whatever ends this process ends what it started.
process.on("exit", () => {
    for (const child of running)
        child.kill("SIGKILL");
    for (const folder of folders)
        fs.rmSync(folder, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => process.exit(1));
setTimeout(() => {
    console.error(`Not done after ${FILE_MS / 1000} s: ended.`);
    process.exit(1);
}, FILE_MS).unref();

/** node:test's test(), which also fails when it takes as long as a file may. */
function test(name, run) {
    return nodeTest(name, { timeout: FILE_MS - 5_000 }, run);
}

/** Fails as `what` if `promise` takes longer than PATIENCE_MS. `details()` is told then, too. */
async function within(promise, what, details = () => "") {
    let timer;
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => {
            reject(new Error(`${what}: not within ${PATIENCE_MS / 1000} s\n${details()}`));
        }, PATIENCE_MS);
    });
    try {
        return await Promise.race([promise, late]);
    } finally {
        clearTimeout(timer);
    }
}

/** A program and what it prints. */
class Program {
    constructor(command, args, env) {
        if (!command)
            throw new Error("startProgram: no command; is its environment variable set?");
        this.name = path.basename(command);
        this.lines = [];
        this.errors = "";
        this.read = 0;
        this.waiting = [];
        this.child = spawn(command, args, {
            stdio: ["ignore", "pipe", "pipe"],
            env: { ...process.env, ...env },
        });
        running.add(this.child);
        this.ended = new Promise((resolve) => {
            this.child.once("error", (error) => {
                this.errors += error.message;
                resolve(error.message);
            });
            this.child.once("close", (code, signal) => resolve(`${signal ?? code}`));
        });
        this.ended.then((how) => {
            this.how = how;
            running.delete(this.child);
            this.tell();
        });
        this.child.stderr.setEncoding("utf8").on("data", (text) => { this.errors += text; });
        readline.createInterface({ input: this.child.stdout }).on("line", (line) => {
            this.lines.push(line);
            this.tell();
        });
    }

    tell() {
        for (const look of this.waiting.splice(0))
            look();
    }

    /** All that it printed, for a failure's text. */
    output() {
        return `${this.name} printed:\n${this.lines.join("\n")}\n${this.errors}`;
    }

    /** The match of the next line that matches; those before it are passed over. */
    async line(pattern) {
        const search = async () => {
            for (;;) {
                while (this.read < this.lines.length) {
                    const match = pattern.exec(this.lines[this.read++]);
                    if (match)
                        return match;
                }
                if (this.how !== undefined)
                    throw new Error(`${this.name} ended (${this.how}) without a line that ` +
                        `matches ${pattern}\n${this.output()}`);
                await new Promise((resolve) => this.waiting.push(resolve));
            }
        };
        return within(search(), `a line of ${this.name} that matches ${pattern}`,
            () => this.output());
    }

    /** Whether it still runs. */
    get alive() { return this.how === undefined; }

    async stop() {
        if (!this.alive)
            return;
        this.child.kill("SIGTERM");
        const timer = setTimeout(() => this.child.kill("SIGKILL"), 5_000);
        await within(this.ended, `the end of ${this.name}`);
        clearTimeout(timer);
    }
}

/** Starts `command`, and waits for the line that matches `ready`: its first group is `url`. */
async function startProgram(t, command, args, ready, env = {}) {
    const program = new Program(command, args, env);
    t.after(() => program.stop());
    program.url = (await program.line(ready))[1];
    return program;
}

/** Serves `html` at every path from http://127.0.0.1, where pages may open sockets of their own. */
async function servePage(t, html = "<!doctype html><link rel=icon href='data:,'>") {
    const server = http.createServer((request, response) => {
        response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
        response.end(html);
    });
    await new Promise((resolve, reject) => {
        server.once("error", reject).listen(0, "127.0.0.1", resolve);
    });
    t.after(() => {
        server.closeAllConnections?.();
        return new Promise((resolve) => server.close(resolve));
    });
    return { url: `http://127.0.0.1:${server.address().port}/` };
}

function playwright() {
    const modules = process.env.WIREBIRD_NODE_MODULES ||
        path.join(__dirname, "../../build/node/node_modules");
    try {
        return require(path.resolve(modules, "playwright-core"));
    } catch (error) {
        throw new Error(`playwright-core is not in ${modules}: run cmake/setup.sh test, or set ` +
            `WIREBIRD_NODE_MODULES (${error.message})`);
    }
}

/** A home folder whose NSS database, where Chromium looks, trusts the certificate `ca`. */
function makeHome(ca) {
    const home = fs.mkdtempSync(path.join(os.tmpdir(), "wirebird-browser-"));
    folders.add(home);
    if (ca) {
        const certutil = process.env.WIREBIRD_CERTUTIL || "certutil";
        const folder = path.join(home, ".pki/nssdb");
        fs.mkdirSync(folder, { recursive: true });
        const run = (...args) => {
            execFileSync(certutil, [...args, "-d", `sql:${folder}`], { timeout: PATIENCE_MS });
        };
        run("-N", "--empty-password");
        run("-A", "-n", "test-ca", "-t", "C,,", "-i", ca);
    }
    return home;
}

/**
 * Headless Chromium with a profile and a home of its own. `ca` is the file of a certificate to
 * trust, `script` one to run in each page before the page's own, `options` what Playwright's
 * launchPersistentContext() takes, as { viewport, colorScheme, deviceScaleFactor, hasTouch }.
 */
async function startBrowser(t, { ca, script, options = {} } = {}) {
    const home = makeHome(ca);
    const removeHome = () => {
        fs.rmSync(home, { recursive: true, force: true, maxRetries: 5 });
        folders.delete(home);
    };
    let context;
    try {
        context = await playwright().chromium.launchPersistentContext(path.join(home, "profile"), {
            executablePath: process.env.WIREBIRD_CHROMIUM || "/usr/bin/chromium",
            headless: true,
            args: FLAGS,
            env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
            timeout: PATIENCE_MS,
            ...options,
        });
    } catch (error) {
        removeHome();
        throw new Error(`Chromium did not start: ${error.message}`);
    }
    t.after(async () => {
        // Playwright ends the process that it started, and kills it after a while.
        await within(context.close(), "the end of Chromium");
        removeHome();
    });
    context.setDefaultTimeout(PATIENCE_MS);
    context.setDefaultNavigationTimeout(PATIENCE_MS);
    if (script)
        await context.addInitScript({ path: script });
    return {
        context,
        /** A new page, gone to `url` if there is one. */
        async open(url) {
            const page = await context.newPage();
            page.errors = [];
            page.on("pageerror", (error) => page.errors.push(error.message));
            page.on("console", (message) => {
                if (message.type() === "error")
                    page.errors.push(message.text());
            });
            if (url)
                await page.goto(url);
            return page;
        },
    };
}

/** The file of a certificate of the tests: certificate("root.pem"). */
function certificate(name) {
    const folder = process.env.WIREBIRD_CERTIFICATES;
    if (!folder)
        throw new Error("WIREBIRD_CERTIFICATES is not set: the folder of certificates.sh");
    return path.join(folder, name);
}

module.exports = {
    PATIENCE_MS, certificate, servePage, startBrowser, startProgram, test, within,
};
