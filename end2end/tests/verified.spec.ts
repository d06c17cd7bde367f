//! The twin in the page is the server's, bit for bit, and says so when it is not.

import { FORMULAS, packed, rehearseNatively } from '../parts/kernel.mjs';
import { BENCH_TOP, discharge, nowMicros } from '../parts/plants.mjs';
import { expect, foreseen, open, serve, test, verification, verified } from '../support';

const server = serve({ plant: BENCH_TOP }, (server) => server.post(discharge(60)));

/** Publishes `count` voltages that are no decimals of few digits. */
async function publishVoltages(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await server().publish('cell', 'voltage', 3.9 + Math.sin(i) / 300);
}

test('the page says over how many entries its twin agreed with the server', async ({ page }) => {
  await open(page, server(), '/assets/cell');
  const badge = page.locator('.verified-badge');
  await foreseen(page);
  await publishVoltages(5);
  const before = await verified(page, 'cell');
  expect(before).toBeGreaterThan(0);
  await publishVoltages(5);
  await expect.poll(async () => (await verification(page, 'cell')).entries ?? 0).toBeGreaterThanOrEqual(before + 5);
  await expect(badge).toHaveText(/^Twin verified over \d+ entries$/);
});

test('a sample that is altered on its way in its eleventh digit makes the page say differs', async ({ page }) => {
  let isAltering = false;
  let altered = 0;
  await page.routeWebSocket('**/ws', (socket) => {
    const behind = socket.connectToServer();
    behind.onMessage((message) => {
      // The second byte says what a frame is, 2 being samples; one that is no short decimal ends in its eight bytes.
      if (isAltering && typeof message !== 'string' && message[1] === 2) {
        message[message.length - 6] ^= 1;
        altered += 1;
        isAltering = false;
      }
      socket.send(message);
    });
  });
  await open(page, server(), '/assets/cell');
  await foreseen(page);
  await publishVoltages(3);
  await verified(page, 'cell');

  isAltering = true;
  const value = 3.9 + 1 / 700;
  await server().publish('cell', 'voltage', value);
  const { seq } = (await server().entries('cell')).at(-1);
  await expect.poll(async () => (await verification(page, 'cell')).state).toBe('differs');
  expect(altered).toBe(1);
  const shown = await page.evaluate(() => (window as any).twinlight.points('cell', 'voltage').at(-1)[1]);
  expect(shown).not.toBe(value);
  expect(Math.abs(shown - value)).toBeLessThan(1e-9);

  const said = await verification(page, 'cell');
  expect(said.seq).toBeGreaterThanOrEqual(seq);
  await expect(page.locator('.verified-badge')).toHaveText(`Twin differs at seq ${said.seq}`);
});

test('a late sample and two of one time leave both twins equal', async ({ page }) => {
  await open(page, server(), '/assets/cell');
  await foreseen(page);
  const t = nowMicros();
  await server().publish('cell', 'voltage', { t, v: 3.91 });
  await server().publish('cell', 'temperature', { t, v: 24.7 });
  await server().publish('cell', 'voltage', { t: t - 2_500_000, v: 3.92 });
  await server().publish('cell', 'current', { t: t + 1_000, v: 1.5 });
  const { seq } = (await server().entries('cell')).at(-1);
  await expect.poll(() => page.evaluate(() => (window as any).twinlight.seq('cell'))).toBe(seq);
  const before = await verified(page, 'cell');
  await server().publish('cell', 'voltage', 3.9);
  await expect.poll(async () => (await verification(page, 'cell')).entries ?? 0).toBeGreaterThan(before);
});

test('a scripted life of every model that formulas step ends in the same bits natively and in Chromium', async ({ page }) => {
  test.setTimeout(120_000);
  const steps = 8_000;
  const natively = rehearseNatively('four', steps, 1, FORMULAS);
  const models = packed(FORMULAS);
  await open(page, server(), '/');
  for (const [i, file] of FORMULAS.entries()) {
    const ending = await page.evaluate(
      ([model, steps]) => (window as any).twinlight.rehearse(model, steps, 1),
      [models[i], steps] as const,
    );
    expect(ending, file).toBe(natively[i]);
  }
});
