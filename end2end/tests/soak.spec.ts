//! A tab that is used for long, in little: many page changes while samples stream in, and no more memory in the end.

import { setTimeout as pause } from 'node:timers/promises';

import { go, ROUND, watchMemory } from '../parts/memory.mjs';
import { BENCH_TOP, discharge, nowMicros, transformerHours } from '../parts/plants.mjs';
import { expect, open, serve, test } from '../support';

const server = serve({ plant: BENCH_TOP }, async (server) => {
  await server.post(discharge(120));
  await server.post(transformerHours(24));
});

const WARM_UP_ROUNDS = 5;
const ROUNDS = 15;

test('a tab that goes from page to page while samples come in holds no more in the end', async ({ page }) => {
  test.setTimeout(120_000);
  await open(page, server(), '/');
  let isOver = false;
  const publishing = (async () => {
    for (let i = 0; !isOver; i += 1) {
      await server().post([{ asset: 'cell', signal: 'voltage', t: nowMicros(), v: 3.9 - (i % 100) / 1000 }]);
      await pause(20);
    }
  })();
  const held = await watchMemory(page);
  const walk = async (rounds: number) => {
    for (let round = 0; round < rounds; round += 1) {
      for (const path of ROUND) {
        await go(page, path);
        await pause(250);
      }
    }
    await go(page, '/');
    return await held();
  };
  const first = await walk(WARM_UP_ROUNDS);
  const last = await walk(ROUNDS);
  isOver = true;
  await publishing;
  expect(await page.evaluate(() => (window as any).twinlight.link())).toBe('live');
  expect(last.program - first.program, 'bytes of the program').toBeLessThan(1_000_000);
  expect(last.heap - first.heap, 'bytes of the heap').toBeLessThan(250_000);
  expect(last.nodes - first.nodes, 'nodes').toBeLessThan(100);
});
