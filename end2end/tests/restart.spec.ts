//! A server that dies and comes back: nothing is lost, and the page says all along what it knows.

import type { Page } from '@playwright/test';

import { BENCH_TOP, discharge } from '../parts/plants.mjs';
import { chart, expect, ink, link, LOST_LINK, open, points, screenshot, serve, test, verified } from '../support';

const SIGNALS = ['current', 'voltage', 'temperature'];

const server = serve({ plant: BENCH_TOP }, (server) => server.post(discharge(90)));

/** Stored and shown samples agree one by one, in every signal. */
async function expectShownIsStored(page: Page): Promise<void> {
  const stored = await server().entries('cell');
  expect(stored.map((entry: any) => entry.seq)).toEqual(stored.map((_: unknown, i: number) => i + 1));
  const newest = stored.at(-1).seq;
  await expect.poll(() => page.evaluate(() => (window as any).twinlight.seq('cell'))).toBe(newest);
  for (const [number, signal] of SIGNALS.entries()) {
    const of = stored.filter((entry: any) => entry.signal === number).map((entry: any) => [entry.t, entry.value]);
    of.sort(([a]: number[], [b]: number[]) => a - b);
    expect(await points(page, 'cell', signal), signal).toEqual(of);
  }
}

/** Shows each signal once, so that its history is in the tab. */
async function loadHistories(page: Page): Promise<void> {
  for (const signal of [...SIGNALS, 'voltage']) {
    await page.locator(`.value-tile[data-quantity="${signal}"]`).click();
    await expect.poll(async () => (await points(page, 'cell', signal)).length).toBeGreaterThan(80);
  }
}

test('after a kill the page says so and predicts on, and afterwards stored and shown samples agree', async ({
  page,
  allow,
}) => {
  allow(LOST_LINK);
  let isCutOff = false;
  await page.routeWebSocket('**/ws', (socket) => void (isCutOff ? socket.close() : socket.connectToServer()));
  await open(page, server(), '/assets/cell?show=voltage');
  await loadHistories(page);
  for (let i = 0; i < 5; i += 1) await server().publish('cell', 'voltage', 3.95 + i / 1000);
  await expectShownIsStored(page);
  await verified(page, 'cell');

  await server().kill('SIGKILL');
  isCutOff = true;
  await expect.poll(() => link(page)).toBe('reconnecting');
  await expect(page.locator('[data-link="reconnecting"]')).toContainText('Reconnecting, attempt');
  await expect(page.locator('.link-note')).toContainText('The link to the server is lost');
  await expect(page.locator('.link-note')).toContainText('the twin predicts on');

  // Time goes on without the server: now moves away from the last sample, the forecast reaches as far as before.
  const last = (await points(page, 'cell', 'voltage')).at(-1)?.[0] ?? NaN;
  const summary = await chart(page).locator('figcaption').textContent();
  expect(summary).toContain('forecast for 1 h ahead');
  await expect(page.locator('.asset-page__age')).toHaveText(/last sample [3-9] s ago/);
  expect((await points(page, 'cell', 'voltage')).at(-1)?.[0]).toBe(last);
  const [measured, forecast] = [await ink(page, '--plot-measured'), await ink(page, '--plot-forecast')];
  expect(forecast.pixels).toBeGreaterThan(50);
  expect(forecast.right).toBeGreaterThan(0.9);
  expect(measured.right).toBeLessThan(0.51);
  await screenshot(page, 'link-lost');

  // What comes in while the page is away is there when it is back.
  await server().launch();
  for (let i = 0; i < 5; i += 1) await server().publish('cell', 'voltage', 3.94 - i / 1000);
  await server().publish('cell', 'current', 1.2);
  isCutOff = false;
  await expect.poll(() => link(page)).toBe('live');
  await expect(page.locator('.link-note')).toHaveCount(0);
  await expectShownIsStored(page);

  const before = await verified(page, 'cell');
  await server().publish('cell', 'voltage', 3.9331);
  await expectShownIsStored(page);
  await expect.poll(async () => await verified(page, 'cell')).toBeGreaterThan(before);
});

test('a server that is told to stop and started again is found by the page alone', async ({ page, allow }) => {
  allow(LOST_LINK);
  await open(page, server(), '/assets/cell');
  await server().publish('cell', 'voltage', 3.92);
  expect(await server().kill('SIGTERM')).toBe(0);
  await expect.poll(() => link(page)).toBe('reconnecting');
  await server().launch();
  await expect.poll(() => link(page)).toBe('live');
  await server().publish('cell', 'voltage', 3.9155);
  await expect.poll(async () => (await points(page, 'cell', 'voltage')).at(-1)?.[1]).toBe(3.9155);
});

test('three kills during ingest lose no acknowledged sample, and the page shows every one', async ({ page, allow }) => {
  allow(LOST_LINK);
  await open(page, server(), '/assets/cell?show=voltage');
  const acknowledged: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    let isDead = false;
    const publishing = (async () => {
      for (let i = 0; !isDead; i += 1) {
        const value = 3.7 + round / 10 + i / 10_000;
        // A publish that fails was not acknowledged: nothing is promised of it.
        if (await server().publish('cell', 'voltage', value).then(() => true, () => false)) acknowledged.push(value);
      }
    })();
    await expect.poll(() => acknowledged.length).toBeGreaterThan(round * 10 + 10);
    await server().kill('SIGKILL');
    isDead = true;
    await publishing;
    await server().launch();
  }
  await expect.poll(() => link(page)).toBe('live');
  const stored = (await server().entries('cell')).map((entry: any) => entry.value);
  expect(acknowledged.length).toBeGreaterThan(30);
  expect(acknowledged.filter((value) => !stored.includes(value))).toEqual([]);
  await expect
    .poll(async () => {
      const shown = new Set((await points(page, 'cell', 'voltage')).map(([, value]) => value));
      return acknowledged.filter((value) => !shown.has(value));
    })
    .toEqual([]);
});
