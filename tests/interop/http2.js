// A WebSocket over HTTP/2 by Node's own http2: http2.js PORT [CA], prints what it sees.
'use strict';
const fs = require('fs');
const http2 = require('http2');

const [port, ca] = process.argv.slice(2);
const options = ca ? { ca: fs.readFileSync(ca), servername: 'localhost' } : {};
const session = http2.connect(`${ca ? 'https' : 'http'}://localhost:${port}`, {
  ...options,
  lookup: (name, wanted, done) => done(null, wanted.all ? [{ address: '127.0.0.1', family: 4 }] : '127.0.0.1', 4),
});
const fail = (error) => { console.log('error', error.message); process.exit(1); };
session.on('error', fail);
session.setTimeout(110000, () => fail(new Error('timeout')));

function frame(opcode, payload) {
  const key = Buffer.from([9, 8, 7, 6]);
  const masked = payload.map((byte, i) => byte ^ key[i % 4]);
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length]), key, masked]);
}

session.once('remoteSettings', (settings) => {
  console.log('connect protocol', settings.enableConnectProtocol, session.alpnProtocol);
  const stream = session.request({
    ':method': 'CONNECT',
    ':protocol': 'websocket',
    ':path': '/chat',
    'sec-websocket-version': '13',
    'sec-websocket-protocol': 'other, chat',
  });
  stream.on('error', fail);
  stream.on('response', (headers) => {
    console.log(headers[':status'], headers['sec-websocket-protocol']);
    stream.write(frame(1, Buffer.from('hello')));
  });
  stream.on('data', (data) => {
    console.log(data.toString('hex'));
    if (data[0] === 0x81) stream.end(frame(8, Buffer.from([0x03, 0xe8])));
  });
  stream.on('end', () => {
    const get = session.request({ ':path': '/page' });
    get.on('error', fail);
    get.on('response', (headers) => console.log('page', headers[':status']));
    get.resume();
    get.on('end', () => session.close());
    get.end();
  });
});
