// ws of npm as a peer: `peer.js server DEFLATE`, or `peer.js client DEFLATE URL`.
//
// DEFLATE is null or the parameters of permessage-deflate as JSON, by their names in RFC 7692.
// Sends back what it gets, but for the commands in `answer`; prints its URL as a server, and how
// the connection ended.
"use strict";

const fs = require("fs");
const https = require("https");

const WebSocket = require("ws");

const [role, deflate, url] = process.argv.slice(2);
const { env } = process;
const say = (line) => process.stdout.write(line + "\n");

const camelCase = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

function perMessageDeflate() {
  const parameters = JSON.parse(deflate);
  if (parameters === null) return false;
  const renamed = Object.entries(parameters).map(([name, value]) => [camelCase(name), value]);
  return { threshold: 0, ...Object.fromEntries(renamed) };
}

function answer(socket, data, isBinary) {
  const [command, ...rest] = isBinary ? [""] : data.toString().split(" ");
  if (command === "/fragments") {
    rest.forEach((part, index) => socket.send(part, { fin: index === rest.length - 1 }));
  } else if (command === "/ping") {
    socket.ping(rest.join(" "));
  } else if (command === "/close") {
    socket.close(...(rest[0] === "" ? [] : [Number(rest[0]), rest.slice(1).join(" ")]));
  } else {
    socket.send(data, { binary: isBinary });
  }
}

function talk(socket, done) {
  socket.on("message", (data, isBinary) => answer(socket, data, isBinary));
  socket.on("pong", (data) => socket.send("pong " + data));
  socket.on("close", (code, reason) => {
    say(`closed ${code} ${reason}`);
    done();
  });
}

const options = { perMessageDeflate: perMessageDeflate(), maxPayload: 0 };
say("ready");
if (role === "server") {
  const handleProtocols = (asked) => ["b", "c"].find((name) => asked.has(name)) ?? false;
  if (env.PEER_CERTIFICATE) {
    const [cert, key] = [env.PEER_CERTIFICATE, env.PEER_KEY].map((name) => fs.readFileSync(name));
    const below = https.createServer({ cert, key });
    const server = new WebSocket.Server({ server: below, handleProtocols, ...options });
    below.listen(0, "127.0.0.1", () => say(`wss://localhost:${below.address().port}/`));
    server.on("connection", (socket) => talk(socket, () => below.close()));
  } else {
    const at = { host: "127.0.0.1", port: 0 };
    const server = new WebSocket.Server({ ...at, handleProtocols, ...options });
    server.on("listening", () => say(`ws://127.0.0.1:${server.address().port}/`));
    server.on("connection", (socket) => talk(socket, () => server.close()));
  }
} else {
  const ca = env.PEER_CA ? fs.readFileSync(env.PEER_CA) : undefined;
  talk(new WebSocket(url, ["a", "b"], { ...options, ca }), () => {});
}
