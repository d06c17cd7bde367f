//! Another site's page, opened in the same browser, can neither listen nor write.

import { createServer, request, type IncomingMessage, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { BENCH_TOP } from '../parts/plants.mjs';
import { expect, serve, test } from '../support';

const server = serve({ plant: BENCH_TOP }, (server) =>
  server.post([{ asset: 'cell', signal: 'voltage', t: Date.now() * 1000, v: 3.9 }]),
);

/** The status of a request that says where it comes from. */
function status(path: string, headers: Record<string, string>, body?: string): Promise<number | undefined> {
  return new Promise((done, fail) => {
    const method = body === undefined ? 'GET' : 'POST';
    const asked = request(server().url + path, { method, headers }, (answer: IncomingMessage) => {
      answer.resume();
      done(answer.statusCode);
    });
    asked.once('upgrade', (answer, socket) => {
      socket.destroy();
      done(answer.statusCode);
    });
    asked.once('error', fail);
    asked.end(body);
  });
}

const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': Buffer.from('sixteen byte key').toString('base64'),
};
const READING = JSON.stringify([{ asset: 'cell', signal: 'voltage', v: 1.5 }]);

test('a socket or a change that another origin asks for is refused with 403', async () => {
  const foreign = { origin: 'http://evil.example' };
  const own = { origin: server().url };
  const json = { 'content-type': 'application/json' };
  expect(await status('/ws', { ...UPGRADE, ...own })).toBe(101);
  expect(await status('/ws', { ...UPGRADE, ...foreign })).toBe(403);
  expect(await status('/ws', { ...UPGRADE, origin: 'null' })).toBe(403);
  expect(await status('/api/v1/telemetry', { ...json, ...foreign }, READING)).toBe(403);
  expect(await status('/api/v1/events', { ...json, ...foreign }, '{}')).toBe(403);
  expect(await status('/api/v1/telemetry', { ...json, 'sec-fetch-site': 'cross-site' }, READING)).toBe(403);
});

test('a call by a name that is not the server\'s is refused, whatever it asks for', async () => {
  expect(await status('/api/v1/plant', { host: 'evil.example' })).toBe(421);
  expect(await status('/', { host: 'evil.example' })).toBe(421);
  expect(await status('/api/v1/plant', {})).toBe(200);
});

test('a hostile page in this browser gets no socket and changes nothing', async ({ page, allow }) => {
  allow(/WebSocket connection to|blocked by CORS policy|Failed to load resource/);
  const before = await server().entries('cell');
  const hostile: HttpServer = createServer((_, answer) => {
    answer.setHeader('content-type', 'text/html');
    answer.end('<!doctype html><title>hostile</title>');
  });
  await new Promise<void>((done) => hostile.listen(0, '127.0.0.1', done));
  try {
    await page.goto(`http://127.0.0.1:${(hostile.address() as AddressInfo).port}/`);
    const tried = await page.evaluate(
      async ([url, reading]) => {
        const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`);
        const opened = await new Promise((done) => {
          socket.onopen = () => done('opened');
          socket.onerror = () => done('refused');
        });
        // As simple as a request can be, so that no browser asks the server first.
        const sent = await fetch(`${url}/api/v1/telemetry`, { method: 'POST', mode: 'no-cors', body: reading });
        const read = await fetch(`${url}/api/v1/plant`).then(() => 'read', () => 'refused');
        return { opened, sent: sent.type, read };
      },
      [server().url, READING],
    );
    expect(tried).toEqual({ opened: 'refused', sent: 'opaque', read: 'refused' });
    expect(await server().entries('cell')).toEqual(before);
  } finally {
    hostile.close();
  }
});
