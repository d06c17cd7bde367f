//! What anyone may see of how a tab does: opened by a click, a key or the address, and at rest while it is closed.

import type { Page } from '@playwright/test';

import { BENCH_TOP, discharge } from '../parts/plants.mjs';
import { expect, open, screenshot, serve, test } from '../support';

const server = serve({ plant: BENCH_TOP }, (server) => server.post(discharge(60)));

const panel = (page: Page) => page.getByRole('region', { name: 'Diagnostics of this tab' });
const value = (page: Page, name: string) => panel(page).locator('tr', { has: page.locator(`th:text-is("${name}")`) }).locator('td');

test('the panel says what a tab does, and copies it as text without anything secret', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, server(), '/assets/cell');
  await expect(panel(page)).toBeHidden();
  expect(await page.locator('script[src="/diagnostics.js"]').count()).toBe(0);
  await page.getByText('Diagnostics', { exact: true }).click();
  await expect(panel(page)).toBeFocused();
  await expect(value(page, 'Frame time')).toHaveText(/^p50 [\d.]+ ms, p95 [\d.]+ ms$/);
  await expect(value(page, 'Main thread a frame')).toHaveText(/^p50 [\d.]+ ms/);
  await expect(value(page, 'Link')).toHaveText('live');
  await expect(value(page, 'Reconnects')).toHaveText('0');
  await expect(value(page, 'Assets')).toHaveText('2, with a twin 2');
  await expect(value(page, 'Kernel')).toContainText('version');
  await expect(value(page, 'Held: samples')).toHaveText(/^[\d,]+ of 458,752$/);
  await expect(value(page, 'Program memory')).toHaveText(/MB$/);
  for (let i = 0; i < 5; i += 1) await server().publish('cell', 'voltage', 3.9 - i / 1000);
  await expect.poll(async () => parseFloat((await value(page, 'Samples').textContent()) ?? '')).toBeGreaterThan(0);
  await screenshot(page, 'diagnostics');

  await page.getByRole('button', { name: 'Copy as text' }).click();
  await expect(panel(page).getByRole('status')).toHaveText('Copied');
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toMatch(/^Page: \/assets\/cell\nProgram: Twinlight \d/);
  expect(text).toMatch(/\nLink: live\n/);
  expect(text).not.toMatch(/token|password|cookie|session/i);
});

test('it opens and closes by its key and by the address, and rests while it is closed', async ({ page }) => {
  await open(page, server(), '/?diagnostics');
  await expect(value(page, 'Link')).toHaveText('live');
  await page.keyboard.press('Escape');
  await expect(panel(page)).toBeHidden();
  const calls = await page.evaluate(async () => {
    let calls = 0;
    const twinlight = (window as any).twinlight;
    const asked = twinlight.diagnostics;
    twinlight.diagnostics = () => ((calls += 1), asked());
    await new Promise((done) => setTimeout(done, 1_500));
    return calls;
  });
  expect(calls).toBe(0);
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await expect(panel(page)).toBeVisible();
  await expect(value(page, 'Frame time')).toHaveText(/p95/);
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await expect(panel(page)).toBeHidden();
});
