//! Opens pages of the release server, and weighs one.

import { BENCH_TOP, discharge } from '../parts/plants.mjs';
import { Server, until } from '../parts/server.mjs';
import { figure, note } from './figures.mjs';

const LIMIT_KB = 350;

/** A release server on the bench's plant, filled by `fill`; gone after `measure`. */
export async function withServer(fill, measure, env = {}) {
  const server = await Server.start({ plant: BENCH_TOP, binary: 'target/release/twinlight', env });
  try {
    await fill(server);
    return await measure(server);
  } finally {
    await server.remove();
  }
}

/** A page whose link is live and which has a future to show. */
export async function openAsset(browser, server, path) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.on('pageerror', (error) => note(`the page threw: ${error.message}`));
  await page.goto(server.url + path);
  await until(() => page.evaluate(() => (window.twinlight?.link() === 'live' ? true : undefined)));
  const hasFuture = () => document.querySelector('.outcome-table tbody tr') !== null;
  await until(async () => ((await page.evaluate(hasFuture)) ? true : undefined));
  return page;
}

/** `page.transfer`: every byte of the asset page that Chromium received over HTTP, nothing cached. */
export async function transfer(browser) {
  await withServer(
    (server) => server.post(discharge(600)),
    async (server) => {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      const devtools = await page.context().newCDPSession(page);
      await devtools.send('Network.enable');
      await devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
      const addresses = new Map();
      const received = new Map();
      let socketBytes = 0;
      devtools.on('Network.requestWillBeSent', ({ requestId, request }) => addresses.set(requestId, request.url));
      devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
        received.set(addresses.get(requestId) ?? requestId, encodedDataLength);
      });
      devtools.on('Network.webSocketFrameReceived', ({ response }) => {
        socketBytes += Buffer.byteLength(response.payloadData, response.opcode === 1 ? 'utf8' : 'base64');
      });
      await page.goto(`${server.url}/assets/cell`);
      await until(() => page.evaluate(() => (window.twinlight?.link() === 'live' ? true : undefined)));
      await page.waitForLoadState('networkidle');
      const sizes = [...received].sort(([, a], [, b]) => b - a);
      for (const [address, bytes] of sizes) note(`${(bytes / 1000).toFixed(1)} kB ${address.replace(server.url, '')}`);
      note(`${(socketBytes / 1000).toFixed(1)} kB over the socket by then, not counted`);
      if (!sizes.some(([address]) => address.endsWith('.wasm'))) throw new Error('no wasm was received');
      const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
      figure('page.transfer', total / 1000, 'kB', LIMIT_KB, 'limit');
      await page.close();
    },
  );
}
