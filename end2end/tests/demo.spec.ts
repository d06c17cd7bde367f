//! The demo: a recorded cell and a simulated transformer, published over MQTT as a gateway would.

import { expect, link, LOST_LINK, open, screenshot, serve, test } from '../support';

const server = serve({ plant: 'server/demo/plant.toml', arguments: ['--demo'] });

const ASSETS = ['cell-b0005', 'transformer-t1'];

const seqs = async () => Promise.all(ASSETS.map(async (asset) => (await server().entries(asset)).length));

test('the demo shows both assets, and says of each where its data come from', async ({ page }) => {
  await open(page, server(), '/');
  const cell = page.locator('.asset-tile[data-asset="cell-b0005"]');
  const transformer = page.locator('.asset-tile[data-asset="transformer-t1"]');
  await expect(cell.locator('.asset-tile__number')).toHaveText(/^[34]\.\d{3}$/);
  await expect(transformer.locator('.asset-tile__number')).toHaveText(/^\d{2,3}\.\d$/);
  await expect(cell).toContainText('replay ×60, recorded 2008-04-02');
  await expect(cell).toContainText('charging left out');
  await expect(cell).not.toContainText('simulated');
  await expect(transformer).toContainText('simulated');
  await expect(cell.locator('.asset-tile__hint')).toContainText('Voltage below 3.0 V');
  await screenshot(page, 'demo-fleet');
  await transformer.click();
  await expect(page.getByLabel('About the data')).toContainText('simulated');
  await page.goBack();
  await cell.click();
  await expect(page.getByLabel('About the data')).toContainText('replay ×60, recorded 2008-04-02');
  expect(await link(page)).toBe('live');
});

test('after a restart the demo goes on where it stood and sends nothing twice', async ({ page, allow }) => {
  allow(LOST_LINK);
  await open(page, server(), '/assets/cell-b0005');
  await expect.poll(async () => Math.min(...(await seqs()))).toBeGreaterThan(5);
  await server().kill('SIGTERM');
  await expect.poll(() => link(page)).toBe('reconnecting');
  await server().launch();
  const stood = await seqs();
  const clock = async () => (await server().get('/api/v1/plant')).assets[0].clock.now as number;
  const from = await clock();
  await expect.poll(() => link(page)).toBe('live');
  for (const [i] of ASSETS.entries()) {
    await expect.poll(async () => (await seqs())[i], { timeout: 30_000 }).toBeGreaterThan(stood[i] + 3);
  }

  const entries = await server().entries('cell-b0005');
  const keys = entries.map((entry: any) => `${entry.t} ${entry.signal ?? entry.event}`);
  expect(new Set(keys).size).toBe(keys.length);
  expect(await server().get('/api/v1/rejections')).toEqual({});
  // The recording measures every 10 to 20 seconds: a longer pause would be a hole where the server was off.
  const times = entries.filter((entry: any) => entry.signal === 1).map((entry: any) => entry.t);
  const pauses = times.slice(1).map((t: number, i: number) => (t - times[i]) / 1e6);
  expect(Math.max(...pauses)).toBeLessThan(30);
  expect(await clock()).toBeGreaterThan(from);
});
