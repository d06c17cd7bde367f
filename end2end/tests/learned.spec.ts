//! What was learned from recordings: the assets of the demo that no formula describes, an hour a second.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, open, ROOT, screenshot, serve, test, verification } from '../support';

const LEARNED = ['turbofan-39', 'machine-7', 'hydraulic-rig'];

/** The demo with these assets alone, and a faster clock. */
function demo(): string {
  const folder = mkdtempSync(join(tmpdir(), 'twinlight-demo-'));
  cpSync(join(ROOT, 'server/demo'), folder, { recursive: true });
  const [top, ...assets] = readFileSync(join(folder, 'plant.toml'), 'utf8').split('[[asset]]');
  const kept = assets.filter((asset) => LEARNED.some((id) => asset.includes(`id = "${id}"`)));
  writeFileSync(join(folder, 'plant.toml'), [top.replaceAll('rate = 60', 'rate = 3600'), ...kept].join('[[asset]]'));
  return folder;
}

const folder = demo();
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.describe('what was learned', () => {
  test.setTimeout(150_000);
  const server = serve({ plant: join(folder, 'plant.toml'), arguments: ['--demo'] });

  test('the life that an engine has left is shown in the fleet, and falls', async ({ page }) => {
    await open(page, server(), '/');
    const tile = page.locator('.asset-tile[data-asset="turbofan-39"]');
    const left = async () => Number((await tile.locator('.life-bar').textContent())?.match(/^(\d+) cycles? left/)?.[1] ?? NaN);
    await expect(tile.locator('.life-bar')).toContainText(/\d+ cycles left \(\d+ to \d+( or more)?, 9 of 10\), \d+ d/);
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
});
