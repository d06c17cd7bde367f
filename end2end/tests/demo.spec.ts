//! The demo: a recorded cell and a simulated transformer, published over MQTT as a gateway would.

import { spawn } from 'node:child_process';

import { Ear } from '../parts/mqtt.mjs';
import { expect, foreseen, link, LOST_LINK, open, screenshot, serve, test } from '../support';

const ASSETS = ['cell-b0005', 'transformer-t1'];
const PLANT = 'server/demo/plant.toml';

test.describe('the demo in the server', () => {
  const server = serve({ plant: PLANT, arguments: ['--demo'] });

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
    await expect(page.locator('main')).toContainText('5 assets, none abnormal, 1 soon abnormal');
    await screenshot(page, 'demo-fleet');
    await transformer.click();
    await expect(page.getByLabel('About the data')).toContainText('simulated');
    await page.goBack();
    await cell.click();
    await expect(page.getByLabel('About the data')).toContainText('replay ×60, recorded 2008-04-02');
    expect(await link(page)).toBe('live');
  });

  test('a history says that a model made it, on the page and in the file', async ({ page, request }) => {
    await page.goto(`${server().url}/history?asset=transformer-t1&signal=hot_spot`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Hot-spot temperature in °C, Transformer T1 (simulated)');
    const file = async (asked: string) => (await request.get(`${server().url}/history.csv?${asked}`)).text();
    expect(await file('asset=transformer-t1&signal=hot_spot')).toMatch(/^time,hot_spot in degC \(simulated\)\r\n/);
    expect(await file('asset=cell-b0005&signal=voltage')).toMatch(/^time,voltage in V\r\n/);
  });

  test('the twin of the demo is verified, and its pictures are kept when they are asked for', async ({ page }) => {
    await page.setViewportSize({ width: 1280, height: 1000 });
    for (const asset of ASSETS) {
      await open(page, server(), `/assets/${asset}`);
      await foreseen(page);
      await expect(page.locator('.verified-badge')).toHaveText(/^Twin verified over/);
      if (process.env.SCREENSHOTS === '1') {
        // A discharge takes about an hour, which is a minute here.
        test.setTimeout(150_000);
        await page.waitForTimeout(30_000);
        await screenshot(page, `demo-${asset}`);
      }
    }
  });

  test('the clock of a playback stands still while the server is off', async () => {
    const clock = async () => (await server().get('/api/v1/plant')).assets[0].clock.now as number;
    const stood = await clock();
    await server().kill('SIGTERM');
    await new Promise((done) => setTimeout(done, 2_000));
    await server().launch();
    const asset_secs = ((await clock()) - stood) / 1e6;
    // Two seconds off would be two minutes of the asset's time.
    expect(asset_secs).toBeGreaterThanOrEqual(0);
    expect(asset_secs).toBeLessThan(110);
  });
});

test.describe('the demo over MQTT', () => {
  const server = serve({ plant: PLANT });

  test('after restarts of the server the playback goes on and publishes nothing that is kept again', async ({
    page,
    allow,
  }) => {
    allow(LOST_LINK);
    const count = async (asset: string) => (await server().entries(asset)).length;
    const ear = await Ear.before(server().mqttPort);
    const replay = spawn(
      server().binary,
      ['replay', '--broker', `127.0.0.1:${ear.port}`, '--server', server().url],
      { env: { ...process.env, ...server().settings }, stdio: 'ignore' },
    );
    try {
      await open(page, server(), '/assets/cell-b0005');
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        const stood = await Promise.all(ASSETS.map(count));
        for (const [i, asset] of ASSETS.entries()) {
          await expect.poll(() => count(asset), { timeout: 30_000 }).toBeGreaterThan(stood[i] + 3);
        }
        await server().kill(signal);
        await expect.poll(() => link(page)).toBe('reconnecting');
        await server().launch();
      }
      const stood = await count('cell-b0005');
      await expect.poll(() => count('cell-b0005'), { timeout: 30_000 }).toBeGreaterThan(stood + 6);
      await expect.poll(() => link(page)).toBe('live');
    } finally {
      replay.kill('SIGTERM');
      ear.close();
    }

    const kept = new Set<string>();
    const again: string[] = [];
    for (const { topic, message, isAcknowledged } of ear.heard) {
      const publish = `${topic} ${message}`;
      if (kept.has(publish)) again.push(publish);
      if (isAcknowledged) kept.add(publish);
    }
    expect(kept.size).toBeGreaterThan(20);
    expect(again).toEqual([]);
    expect(await server().get('/api/v1/rejections')).toEqual({});
    // The recording measures every 10 to 20 seconds: a longer pause would be a hole where the server was off.
    const entries = await server().entries('cell-b0005');
    const times = entries.filter((entry: any) => entry.signal === 1).map((entry: any) => entry.t);
    const pauses = times.slice(1).map((t: number, i: number) => (t - times[i]) / 1e6);
    expect(Math.max(...pauses)).toBeLessThan(30);
  });
});
