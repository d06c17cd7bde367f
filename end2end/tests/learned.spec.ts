//! What was learned from recordings: the assets of the demo that no formula describes, an hour a second.

import { demoOf } from '../parts/demo.mjs';
import { expect, open, screenshot, serve, test, verification } from '../support';

const demo = demoOf('turbofan-39', 'machine-7', 'hydraulic-rig', 'transformer-t1');
const LEARNED = /\/learned\/[0-9a-f]{64}$/;
test.afterAll(demo.remove);

test.describe('what was learned', () => {
  test.setTimeout(150_000);
  const server = serve({ plant: demo.plant, arguments: ['--demo'] });

  test('the life that an engine has left is shown in the fleet, and falls', async ({ page }) => {
    await open(page, server(), '/');
    const tile = page.locator('.asset-tile[data-asset="turbofan-39"]');
    const left = async () => Number((await tile.locator('.life-bar').textContent())?.match(/^(\d+) cycles? left/)?.[1] ?? NaN);
    await expect(tile.locator('.life-bar')).toContainText(/\d+ cycles left \(90 %: \d+ to \d+( or more)?\), \d+ d/);
    await expect(tile).toContainText('simulated (NASA C-MAPSS)');
    const first = await left();
    expect(first).toBeGreaterThan(80);
    await expect.poll(left, { timeout: 90_000 }).toBeLessThan(first - 40);
    await screenshot(page, 'learned-fleet');

    await tile.click();
    await expect(page.locator('.learned-card .life-bar')).toContainText('cycles left');
    // Nothing stands there that only formulas could fill.
    await expect(page.getByRole('heading', { name: 'What if' })).toHaveCount(0);
    await expect(page.locator('.outcome-table, .histogram, .process-sketch')).toHaveCount(0);
    await expect(page.locator('main')).not.toContainText(/NaN|members/);
    await expect(page.locator('.verified-badge')).toHaveText(/^Twin verified over/);
    await screenshot(page, 'learned-turbofan');
  });

  test('a machine is found to be unusual before the failure that is documented', async ({ page }) => {
    const event = async (kind: string) => (await server().entries('machine-7')).filter((entry: any) => entry.kind === kind);
    await expect.poll(async () => (await event('documented-failure')).length, { timeout: 90_000 }).toBe(1);
    const [failure] = await event('documented-failure');
    const [alarm] = await event('twin-alarm');
    expect(alarm.t).toBeLessThanOrEqual(failure.t);
    expect(failure.t - alarm.t).toBeLessThan(24 * 3600 * 1e6);
    expect(alarm.note).toMatch(/^Machine temperature is not as learned: \d\.\d\d? times its limit$/);
    await open(page, server(), '/assets/machine-7');
    await expect(page.locator('.event-list')).toContainText('not as learned');
    await expect(page.locator('.event-list')).toContainText('catastrophic failure of the machine');
    await expect(page.locator('.learned-card')).toContainText(/\d\.\d\d of its limit/);
    await expect.poll(async () => (await verification(page, 'machine-7')).state).toBe('verified');
    await screenshot(page, 'learned-machine');
  });

  test('the state of a cooler is read off, and what is not as it should be is said', async ({ page }) => {
    await open(page, server(), '/assets/hydraulic-rig');
    const now = page.locator('.learned-card__state--now');
    const seen = new Set<string>();
    const look = async () => seen.add((await now.textContent({ timeout: 60_000 })) ?? '').size;
    await expect.poll(look, { timeout: 90_000, intervals: [100] }).toBe(3);
    expect([...seen].sort()).toEqual(['close to total failure', 'full efficiency', 'reduced efficiency']);
    await expect(page.locator('.state-badge').first()).toHaveText(/^Cooler: (close to total failure|reduced efficiency)$/, { timeout: 60_000 });
    await expect(page.locator('.diagnosis')).toContainText(/Cooler: (close to total failure|reduced efficiency)/);
    await screenshot(page, 'learned-rig');
    await expect.poll(async () => (await verification(page, 'hydraulic-rig')).state).toBe('verified');
  });

  test('what others have learned is asked for where somebody looks at them', async ({ page }) => {
    const asked: string[] = [];
    page.on('request', (request) => LEARNED.test(request.url()) && asked.push(request.url()));
    await open(page, server(), '/assets/transformer-t1');
    await expect.poll(async () => (await verification(page, 'transformer-t1')).state).toBe('verified');
    expect(asked).toEqual([]);
    await page.getByRole('link', { name: 'Fleet', exact: true }).first().click();
    await expect(page.locator('.asset-tile[data-asset="turbofan-39"] .life-bar')).toContainText('cycles left');
    expect(asked.length).toBe(3);
    await expect.poll(async () => (await verification(page, 'machine-7')).state).toBe('verified');
  });

  test('an asset is there before what it has learned, whose absence is said, and which is asked for again', async ({ page, allow }) => {
    allow(/net::ERR_|Failed to load resource/);
    const asked: string[] = [];
    page.on('request', (request) => LEARNED.test(request.url()) && asked.push(request.url()));
    await page.route(LEARNED, (route) => route.abort());
    await open(page, server(), '/assets/machine-7');
    const note = page.locator('.learned-note');
    await expect(note).toContainText('What was learned from recordings could not be loaded');
    await expect(page.locator('.value-tile strong').first()).toHaveText(/\d/);
    await expect(page.locator('.verified-badge')).toHaveText('Twin not verified yet');
    await screenshot(page, 'learned-lost');

    // Bytes that are not what was sealed are no better than none.
    await page.unroute(LEARNED);
    await page.route(LEARNED, async (route) => {
      const answer = await route.fetch();
      const body = await answer.body();
      body[body.length - 20] ^= 1;
      await route.fulfill({ response: answer, body });
    });
    const before = asked.length;
    await note.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => asked.length).toBeGreaterThan(before);
    await expect(note).toContainText('could not be loaded');
    await page.goto(`${server().url}/assets/machine-7/replay`);
    await expect(note).toContainText('could not be loaded');

    await page.unroute(LEARNED);
    await note.getByRole('button', { name: 'Try again' }).click();
    await expect(page.locator('.replay-tools')).toBeVisible();
    await expect(note).toBeHidden();
    await page.getByRole('link', { name: 'Back to live' }).click();
    await expect(page.locator('.learned-card')).toContainText(/\d\.\d\d of its limit/);
    await expect.poll(async () => (await verification(page, 'machine-7')).state).toBe('verified');
  });
});
