//! A server that is gone: the page opens all the same, says so, and its twins predict on.

import type { Page } from '@playwright/test';

import { demoOf } from '../parts/demo.mjs';
import { BENCH_TOP, discharge, transformerHours } from '../parts/plants.mjs';
import { chart, expect, foreseen, LOST_LINK, open, Server, test, tile } from '../support';

test.use({ serviceWorkers: 'allow' });

/** Waits until the browser would answer for the server, and has kept a twin. */
const kept = (page: Page, asset: string) =>
  expect
    .poll(
      () =>
        page.evaluate(async (asset) => {
          const worker = await navigator.serviceWorker.getRegistration();
          const program = await caches.open('twinlight-program-1');
          const twins = await caches.open('twinlight-kept');
          const whole = ['/kept', '/offline', '/api/plant', '/pkg/twinlight.js', '/pkg/twinlight_bg.wasm', '/pkg/twinlight.css'];
          const found = await Promise.all([...whole.map((key) => program.match(key)), twins.match(`/kept/${asset}`)]);
          return worker?.active?.state === 'activated' && found.every(Boolean);
        }, asset),
      { timeout: 30_000 },
    )
    .toBe(true);

test('without a server a page opens, says since when, and the twin predicts from where it stood', async ({ page, allow }) => {
  allow(LOST_LINK);
  allow(/Failed to load resource/);
  const server = await Server.start({ plant: BENCH_TOP });
  try {
    await server.post(discharge(120));
    await server.post(transformerHours(24));
    await open(page, server, '/assets/cell');
    await foreseen(page);
    await kept(page, 'cell');
    await kept(page, 'transformer');
    const before = await tile(page, 'voltage').locator('strong').textContent();
    const seq = await page.evaluate(() => (window as any).twinlight.seq('cell'));
    await server.kill('SIGKILL');
    await expect(page.locator('.link-note')).toContainText('The link to the server is lost');

    // A page that was never asked for under this address: its sliders come from there.
    await page.goto(`${server.url}/assets/cell?current=2`);
    await expect(page.getByLabel('Offline')).toContainText('Offline since');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Cell under test');
    // What was measured last is not the present: that is predicted, and near it.
    await expect(tile(page, 'voltage').locator('.value-tile__origin')).toContainText(/^predicted, 90 %: .*; measured/);
    const predicted = Number(await tile(page, 'voltage').locator('strong').textContent());
    expect(Math.abs(predicted - Number(before))).toBeLessThan(0.3);
    expect(await page.evaluate(() => (window as any).twinlight.seq('cell'))).toBe(seq);
    await foreseen(page);
    await expect(chart(page)).toHaveAttribute('data-drawn-seq', `${seq}`);
    await expect(page.locator('.outcome-table tbody tr').first()).toContainText('becomes possible');

    // From page to page, too.
    await page.getByRole('link', { name: 'Twinlight' }).click();
    await expect(page.locator('.asset-tile')).toHaveCount(2);
    await page.locator('.asset-tile[data-asset="transformer"]').click();
    await foreseen(page);

    await page.goto(`${server.url}/search?q=cell`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('This page needs the server');
    await page.getByRole('main').getByRole('link', { name: 'Fleet' }).click();
    await expect(page.getByLabel('Offline')).toContainText('Offline since');

    // And once the server is back, the page goes on with it.
    await server.launch();
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await expect.poll(() => page.evaluate(() => (window as any).twinlight.link())).toBe('live');
    await expect(page.getByLabel('Offline')).toHaveCount(0);
    const { entries } = await server.get('/api/v1/samples?asset=cell&after_seq=0&limit=1');
    expect(entries).toHaveLength(1);
    await server.post([{ asset: 'cell', signal: 'voltage', t: Date.now() * 1000, v: 3.333 }]);
    await page.goto(`${server.url}/assets/cell`);
    await expect(tile(page, 'voltage').locator('strong')).toHaveText('3.333');
  } finally {
    await server.remove();
  }
});

const demo = demoOf('turbofan-39');
test.afterAll(demo.remove);

test('without a server a twin has all that it learned', async ({ page, allow }) => {
  allow(LOST_LINK);
  allow(/Failed to load resource/);
  const server = await Server.start({ plant: demo.plant, arguments: ['--demo'] });
  try {
    await open(page, server, '/');
    const life = page.locator('.life-bar').first();
    await expect(life).toContainText(/\d+ cycles left/);
    await kept(page, 'turbofan-39');
    const isWhole = () =>
      page.evaluate(async () => {
        const keys = await (await caches.open('twinlight-program-1')).keys();
        return keys.filter(({ url }) => /\/learned\/[0-9a-f]{64}$/.test(url)).length;
      });
    await expect.poll(isWhole).toBe(1);
    await server.kill('SIGKILL');
    await expect(page.locator('.link-note')).toContainText('The link to the server is lost');
    // Nothing of it comes from the browser's own memory of what was answered.
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Network.clearBrowserCache');
    await page.goto(`${server.url}/assets/turbofan-39`);
    await expect(page.getByLabel('Offline')).toContainText('Offline since');
    await expect(life).toContainText(/\d+ cycles left/);
    await expect(page.locator('.learned-note')).toBeHidden();
  } finally {
    await server.remove();
  }
});
