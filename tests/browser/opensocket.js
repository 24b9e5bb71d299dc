// Runs in each page: openSocket() is a WebSocket whose events are waited for.
"use strict";

/** Resolves once it is open, rejects if it can't be. Messages and the Close are kept. */
globalThis.openSocket = function openSocket(url, protocols = []) {
    const socket = new WebSocket(url, protocols);
    socket.binaryType = "arraybuffer";
    const messages = [];
    const readers = [];
    const closed = new Promise((resolve) => {
        socket.addEventListener("close", ({ code, reason, wasClean }) => {
            resolve({ code, reason, wasClean });
            for (const { reject } of readers)
                reject(new Error(`closed with ${code} ${reason}`));
        });
    });
    socket.addEventListener("message", ({ data }) => {
        if (readers.length)
            readers.shift().resolve(data);
        else
            messages.push(data);
    });
    const next = () => new Promise((resolve, reject) => {
        if (messages.length)
            resolve(messages.shift());
        else
            readers.push({ resolve, reject });
    });
    return new Promise((resolve, reject) => {
        socket.addEventListener("open", () => resolve({ socket, next, closed }));
        closed.then(({ code, reason }) => reject(new Error(`not opened: ${code} ${reason}`)));
    });
};
