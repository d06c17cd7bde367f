//! A wall: pages that take turns by themselves, with what is abnormal above all of them.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import { chart, expect, LOST_LINK, open, screenshot, serve, Server, test } from '../support';

const asset = (id: string, title: string, path: string) => `
[[asset]]
id = "${id}"
title = "${title}"
model = "power-transformer"
path = "${path}"

[asset.signals]
load = { from = "load" }
ambient = { from = "ambient" }
top_oil = { from = "top_oil" }
hot_spot = { from = "hot_spot" }
`;

const PLANT = `title = "Two transformers"
${asset('calm', 'Calm one', 'north/yard')}
${asset('hot', 'Other one', 'south/mill')}`;

const reading = (id: string, signal: string, v: number) => ({ asset: id, signal, t: Date.now() * 1000, v });
const all = (id: string, hotSpot: number) => [
  reading(id, 'load', 800),
  reading(id, 'ambient', 20),
  reading(id, 'top_oil', 45),
  reading(id, 'hot_spot', hotSpot),
];

const server = serve({ plant: PLANT }, async (server) => {
  await server.post([...all('calm', 55), ...all('hot', 60)]);
});

const wall = (pages: string[], every = '5s') =>
  `/wall?${pages.map((page) => `page=${encodeURIComponent(page)}`).join('&')}&every=${every}`;
const turn = (page: Page) => page.locator('.wall__foot > p');
const abnormal = (page: Page) => page.getByRole('status', { name: 'Abnormal now' });
const LANES = '/trends?lanes=calm*hot_spot**hot*hot_spot';

test('a form chooses the pages and makes the link', async ({ page }) => {
  await open(page, server(), '/');
  await page.getByRole('link', { name: 'Show on a wall' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Show on a wall');
  await page.getByLabel('Fleet').uncheck();
  await page.getByText('Single assets').click();
  await page.getByLabel('Calm one').check();
  await page.getByLabel('Link 1').fill(server().url + LANES);
  await page.getByLabel('Each page for').selectOption('10 seconds');
  await screenshot(page, 'wall-pages');
  await page.getByRole('button', { name: 'Show on a wall' }).click();
  await expect(turn(page)).toHaveText('Page 1 of 4');
  await expect(page).toHaveURL(/\/wall\?page=%2F%3Fview%3Dplan&page=%2Fkpis&page=%2Fassets%2Fcalm&page=.*&every=10s/);
});

test('what a link names that is no page of this plant is left out, and said to be', async ({ page }) => {
  await open(page, server(), wall(['/nope', '/assets/gone', '/assets/calm']));
  await expect(turn(page)).toHaveText('Page 1 of 1. 2 of its link are left out: they are no pages of this plant');
  await expect(chart(page)).toHaveCount(1);
});

test('pages take turns by themselves, without header and footer, and keys stop them for a while', async ({ page }) => {
  await open(page, server(), wall(['/', '/?view=plan', '/kpis', LANES, '/assets/calm']));
  await expect(page.locator('.site-header')).toBeHidden();
  await expect(page.locator('.site-footer')).toBeHidden();
  await expect(page.locator('.wall__plant')).toHaveText('Two transformers');
  await expect(page.locator('.wall__clock')).toHaveText(/\d\d:\d\d:\d\d.*(CET|GMT\+1|CEST|GMT\+2)/);
  await expect(page.locator('.wall .link-status')).toHaveText('Live');
  await expect(page.locator('.asset-tile')).toHaveCount(2);
  await expect(page.locator('.plant-plan [data-asset]')).toHaveCount(2);
  const words = page.frameLocator('.wall__frame');
  await expect(words.getByRole('heading', { level: 1 })).toBeVisible();
  expect(await words.locator('.site-header').evaluate((header) => getComputedStyle(header).display)).toBe('none');
  await expect(chart(page)).toHaveCount(2);
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByText('Stands still')).toBeVisible();
  await expect(turn(page)).toHaveText('Page 3 of 5');
  await page.waitForTimeout(7_000);
  await expect(turn(page)).toHaveText('Page 3 of 5');
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(chart(page)).toHaveCount(2);
});

test('an asset that becomes abnormal is named on every page and shown at once, and every second turn while it is', async ({ page }) => {
  await open(page, server(), wall(['/', '/?view=plan'], '20s'));
  await expect(abnormal(page).getByRole('listitem')).toHaveCount(0);
  await page.waitForTimeout(11_000);
  await server().post([reading('hot', 'hot_spot', 135)]);
  await expect(abnormal(page)).toHaveText(/Other one.*above normal/);
  // Long before the first page had had its time.
  await expect(page.locator('.wall__asset h1')).toHaveText('Other one', { timeout: 8_000 });
  await expect(turn(page)).toHaveText('Shown because it is abnormal');
  await screenshot(page, 'wall-abnormal');
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('.plant-plan')).toBeVisible();
  await expect(abnormal(page)).toHaveText(/Other one/);
  await expect(page.locator('[data-asset="hot"]')).toHaveAttribute('data-state', 'abnormal');
  await server().post([reading('hot', 'hot_spot', 60)]);
  await expect(abnormal(page).getByRole('listitem')).toHaveCount(0);
});

test('the screen is asked to stay on, and the picture moves from turn to turn', async ({ page }) => {
  await page.addInitScript(() => {
    (window as any).locks = [];
    const request = async (kind: string) => ((window as any).locks.push(kind), { released: false, release: async () => {} });
    Object.defineProperty(navigator, 'wakeLock', { value: { request } });
  });
  await open(page, server(), wall(['/', '/?view=plan']));
  await expect.poll(() => page.evaluate(() => (window as any).locks)).toEqual(['screen']);
  const place = () => page.locator('.wall').getAttribute('data-place');
  const first = await place();
  await expect(page.locator('.plant-plan')).toBeVisible();
  expect(await place()).not.toBe(first);
});

test('a server that comes back is taken up again, with its newer program, and words that it cannot give are passed over', async ({ page, allow }) => {
  allow(LOST_LINK);
  test.setTimeout(150_000);
  const own = await Server.start({ plant: PLANT });
  let stamp = 'Mon, 01 Jan 2029 00:00:00 GMT';
  await page.route('**/pkg/twinlight_bg.wasm', (route) =>
    route.request().method() === 'HEAD' ? route.fulfill({ headers: { 'last-modified': stamp } }) : route.continue(),
  );
  await own.post([...all('calm', 55), ...all('hot', 60)]);
  await open(page, own, wall(['/kpis', '/', '/?view=plan']));
  await own.kill();
  await expect(page.locator('.wall .link-status')).toHaveText(/Reconnecting/, { timeout: 30_000 });
  await expect(page.locator('.asset-tile')).toHaveCount(2);
  await page.evaluate(() => ((window as any).isFirst = true));
  await own.launch();
  await expect(page.locator('.wall .link-status')).toHaveText('Live', { timeout: 30_000 });
  expect(await page.evaluate(() => (window as any).isFirst)).toBe(true);
  // Now it comes back with another program: the wall loads it.
  stamp = 'Tue, 01 Jan 2030 00:00:00 GMT';
  await own.kill();
  await expect(page.locator('.wall .link-status')).toHaveText(/Reconnecting/, { timeout: 30_000 });
  await own.launch();
  await expect.poll(() => page.evaluate(() => (window as any).isFirst), { timeout: 40_000 }).toBeUndefined();
  await expect(page.locator('.wall .link-status')).toHaveText('Live', { timeout: 30_000 });
  await own.remove();
});

test('a server that was away between two looks only is asked for its program, too', async ({ page, allow }) => {
  allow(LOST_LINK);
  // The wall looks every few seconds instead of every second: the link is lost and back before the next look.
  await page.addInitScript(() => {
    const { setInterval } = window;
    (window as any).setInterval = (tick: () => void, period: number, ...rest: unknown[]) =>
      setInterval(tick, period === 1000 ? 8000 : period, ...rest);
  });
  let cut = () => {};
  await page.routeWebSocket('**/ws', (socket) => {
    socket.connectToServer();
    cut = () => void socket.close();
  });
  let stamp = 'Mon, 01 Jan 2029 00:00:00 GMT';
  const asked: string[] = [];
  await page.route('**/pkg/twinlight_bg.wasm', (route) => {
    if (route.request().method() !== 'HEAD') return route.continue();
    asked.push(stamp);
    return route.fulfill({ headers: { 'last-modified': stamp } });
  });
  await open(page, server(), wall(['/', '/?view=plan']));
  await expect(page.locator('.wall .link-status')).toHaveText('Live');
  // It knows the program of its start, and the next look is one of many that ask for nothing.
  await expect.poll(() => asked.length, { timeout: 30_000 }).toBe(2);
  await page.evaluate(() => ((window as any).isFirst = true));
  stamp = 'Tue, 01 Jan 2030 00:00:00 GMT';
  cut();
  await expect.poll(() => page.evaluate(() => (window as any).isFirst), { timeout: 30_000 }).toBeUndefined();
});

test('turns leave nothing behind', async ({ page }) => {
  test.setTimeout(120_000);
  await open(page, server(), wall(['/', '/?view=plan', LANES, '/assets/calm', '/kpis'], '1min'));
  await expect(page.locator('.asset-tile')).toHaveCount(2);
  const client = await page.context().newCDPSession(page);
  const held = async () => {
    await client.send('HeapProfiler.collectGarbage');
    const { nodes, jsEventListeners } = await client.send('Memory.getDOMCounters');
    return { nodes, jsEventListeners };
  };
  const round = async () => {
    for (let step = 0; step < 5; step += 1) {
      await page.keyboard.press('ArrowRight');
      await page.waitForTimeout(400);
    }
  };
  for (let warm = 0; warm < 2; warm += 1) await round();
  const before = await held();
  for (let rounds = 0; rounds < 6; rounds += 1) await round();
  const after = await held();
  console.log(`nodes ${before.nodes} -> ${after.nodes}, listeners ${before.jsEventListeners} -> ${after.jsEventListeners}`);
  expect(after.nodes).toBeLessThan(before.nodes * 1.2 + 50);
  expect(after.jsEventListeners).toBeLessThan(before.jsEventListeners * 1.2 + 20);
});

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on a wall in ${scheme}, and nothing scrolls`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width: 1920, height: 1080 });
    await open(page, server(), wall(['/', '/?view=plan', LANES, '/assets/calm'], '1min'));
    for (const name of ['fleet', 'plan', 'trends', 'asset']) {
      await expect(page.locator(`.wall__${name}`)).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`), name).toEqual([]);
      const rest = () => page.evaluate(() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]);
      expect(Math.max(...(await rest())), name).toBeLessThanOrEqual(0);
      await screenshot(page, `wall-${name}-${scheme}`);
      await page.keyboard.press('ArrowRight');
    }
  });
}
