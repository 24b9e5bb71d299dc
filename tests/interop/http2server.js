// A server of WebSockets over HTTP/2 by Node's own http2, without TLS: prints its port. Greets each
// WebSocket, unmasks and prints what it gets, and answers Close by Close.
'use strict';
const http2 = require('http2');

const server = http2.createServer({ settings: { enableConnectProtocol: true } });
server.on('stream', (stream, headers) => {
  stream.on('error', () => {});
  if (headers[':protocol'] !== 'websocket') {
    stream.respond({ ':status': 404 });
    stream.end();
    return;
  }
  if (headers[':path'] === '/refused') {
    stream.respond({ ':status': 403 });
    stream.end('not you');
    return;
  }
  const odd = Object.keys(headers).filter((name) => ['sec-websocket-key', 'upgrade', 'connection'].includes(name));
  console.log('asked', headers[':path'], headers['sec-websocket-version'], odd.length);
  stream.respond({ ':status': 200, 'sec-websocket-protocol': 'chat' });
  stream.write(Buffer.from('810568656c6c6f', 'hex'));
  stream.on('data', (data) => {
    const length = data[1] & 0x7f;
    const key = data.subarray(2, 6);
    const payload = data.subarray(6, 6 + length).map((byte, i) => byte ^ key[i % 4]);
    console.log('got', data[0] & 0x0f, Buffer.from(payload).toString('hex'));
    if ((data[0] & 0x0f) === 8) stream.end(Buffer.from([0x88, 2, ...payload.subarray(0, 2)]));
  });
});
server.listen(0, '127.0.0.1', () => console.log('port', server.address().port));
