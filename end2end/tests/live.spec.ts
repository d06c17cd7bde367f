//! From a sensor to the screen: what is published is stored, shown and drawn, to the bit.

import { BENCH_TOP, discharge } from '../parts/plants.mjs';
import { chart, drawnSeq, expect, ink, link, open, points, screenshot, serve, test, tile } from '../support';

const server = serve({ plant: BENCH_TOP }, (server) => server.post(discharge(120)));

test('a value that mosquitto publishes appears in the chart and the tile as exactly that number', async ({ page }) => {
  await open(page, server(), '/assets/cell');
  // The history comes after the page.
  await expect.poll(async () => (await points(page, 'cell', 'voltage')).length).toBe(120);

  // No decimal of few digits: it crosses the network as the eight bytes it is.
  const value = 3.3000000000000003;
  await server().publish('cell', 'voltage', value);

  await expect.poll(async () => (await points(page, 'cell', 'voltage')).at(-1)?.[1]).toBe(value);
  const shown = await points(page, 'cell', 'voltage');
  expect(shown.length).toBe(121);
  await expect(tile(page, 'voltage').locator('strong')).toHaveText('3.300');

  const newest = (await server().entries('cell')).at(-1);
  expect(newest.value).toBe(value);
  expect(newest.t).toBe(shown.at(-1)?.[0]);
  await expect.poll(() => drawnSeq(page)).toBe(newest.seq);
});

test('a reading with a unit of its own is converted at the door, and its time is the one it carries', async ({ page }) => {
  await open(page, server(), '/assets/cell?show=temperature');
  const t = Date.now() * 1000 - 500_000;
  await server().publish('cell', 'temperature', { t, v: 299.4, u: 'K' });
  await expect.poll(async () => (await points(page, 'cell', 'temperature')).at(-1)?.[0]).toBe(t);
  const shown = (await points(page, 'cell', 'temperature')).at(-1)?.[1] ?? NaN;
  const stored = (await server().entries('cell')).at(-1);
  expect(shown).toBe(stored.value);
  expect(shown).toBeCloseTo(26.25, 9);
  await expect(tile(page, 'temperature').locator('strong')).toHaveText('26.2');
});

test('the chart draws what was measured left of now and the forecast right of it', async ({ page }) => {
  await open(page, server(), '/assets/cell?show=voltage');
  await expect.poll(async () => (await ink(page, '--plot-forecast')).pixels).toBeGreaterThan(50);
  const [measured, forecast] = [await ink(page, '--plot-measured'), await ink(page, '--plot-forecast')];
  expect(measured.pixels).toBeGreaterThan(20);
  expect(measured.right).toBeLessThan(0.52);
  expect(forecast.right).toBeGreaterThan(0.9);
  await expect(chart(page).locator('figcaption')).toContainText('forecast for 1 h ahead');
});

test('the fleet shows the same value, and its age starts anew with every sample', async ({ page }) => {
  await open(page, server(), '/');
  const cell = page.locator('.asset-tile[data-asset="cell"]');
  await server().publish('cell', 'voltage', 3.2125);
  await expect(cell.locator('.asset-tile__number')).toHaveText('3.212');
  await expect(cell.locator('.asset-tile__unit')).toHaveText('V');
  await expect(cell.locator('.asset-tile__age')).toHaveText(/just now|^[0-5] s ago/);
  await cell.click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Cell under test');
  await expect(tile(page, 'voltage').locator('strong')).toHaveText('3.212');
  expect(await link(page)).toBe('live');
});

test('a value below its normal band is said in words on the fleet and on its own page', async ({ page }) => {
  await open(page, server(), '/');
  await server().publish('cell', 'voltage', 2.9);
  const badge = page.locator('.asset-tile[data-asset="cell"] .state-badge');
  await expect(badge).toHaveText('Terminal voltage below normal');
  await server().publish('cell', 'voltage', 3.25);
  // Two minutes of samples do not tell what is normal.
  await expect(badge).toHaveText('Within limits, still learning');
});

test('what has failed is said to stand, on its page and on the fleet, until it works again', async ({ page }) => {
  const told = async (kind: string, secondsAgo: number) => {
    const t = Date.now() * 1000 - secondsAgo * 1_000_000;
    const body = JSON.stringify([{ asset: 'cell', id: `${kind}-${t}`, kind, t, note: 'told by hand' }]);
    const answer = await fetch(`${server().url}/api/v1/events`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(((await answer.json()) as any).accepted).toBe(1);
  };
  await server().publish('cell', 'voltage', 3.25);
  await open(page, server(), '/assets/cell');
  const badge = page.locator('.asset-page__title .state-badge');
  await expect(badge).toHaveText('Within limits, still learning');
  await told('failure', 600);
  await expect(badge).toHaveText(/^Failure for 10 min/);
  await page.getByRole('link', { name: 'Twinlight' }).click();
  await expect(page.locator('.fleet-tools__summary')).toContainText(', 1 abnormal');
  await expect(page.locator('.asset-tile[data-asset="cell"] .state-badge')).toHaveText(/^Failure for 10 min/);
  await screenshot(page, 'condition-failure');
  await told('repair', 1);
  await expect(page.locator('.fleet-tools__summary')).toContainText('none abnormal');
});

test('whoever sets the clock of this machine makes nothing stale and nothing fresh', async ({ page }) => {
  await server().publish('cell', 'voltage', 3.25);
  await open(page, server(), '/assets/cell');
  const age = page.locator('.asset-page__age');
  await expect(age).toHaveText(/^last sample (just now|\d s ago)/);
  for (const minutes of [5, -10]) {
    await page.evaluate((minutes) => {
      const now = Date.now;
      Date.now = () => now() + minutes * 60_000;
    }, minutes);
    await page.waitForTimeout(1_000);
    await expect(age).toHaveText(/^last sample (just now|\d+ s ago)/);
    await expect(page.locator('.asset-page__title .state-badge')).not.toContainText('tale');
  }
});
