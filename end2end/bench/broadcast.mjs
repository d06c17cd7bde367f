//! Sends recorded frames to everyone who is connected, at the moments at which they were recorded, over and over.
//!   node bench/broadcast.mjs PORT FILE    a frame a line in FILE: milliseconds since the first, hex

import { readFileSync } from 'node:fs';

import { WebSocketServer } from 'ws';

const [port, file] = process.argv.slice(2);
const frames = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line) => {
    const [at, hex] = line.split(' ');
    return { at: Number(at), bytes: Buffer.from(hex, 'hex') };
  });
// The recording ends where its first frame would come again: whole seconds.
const period = Math.max(1_000, Math.round(frames.at(-1).at / 1_000) * 1_000 || 1_000);

const server = new WebSocketServer({ port: Number(port), host: '127.0.0.1', perMessageDeflate: false });
server.on('connection', (client) => {
  // Acknowledgements come here as they do at the original.
  client.on('message', () => {});
  client.on('error', () => {});
});

process.stdin.once('data', () => {
  const begun = performance.now();
  let [next, round] = [0, 0];
  const send = () => {
    for (;;) {
      const due = begun + round * period + frames[next].at - performance.now();
      if (due > 0.5) return setTimeout(send, due);
      for (const client of server.clients) client.send(frames[next].bytes);
      next += 1;
      if (next === frames.length || frames[next].at >= period) [next, round] = [0, round + 1];
    }
  };
  send();
});
process.stdin.on('end', () => process.exit());
