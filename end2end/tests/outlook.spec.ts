//! What was learned of the next hours: words on its card, and in the chart a dashed line with its band.

import { fileURLToPath } from 'node:url';

import { filling, TANK } from '../parts/plants.mjs';
import { chart, expect, ink, open, screenshot, serve, test } from '../support';

const models = fileURLToPath(new URL('../parts/models', import.meta.url));
const server = serve({ plant: TANK, env: { TWINLIGHT_PLANT__MODELS: models } }, (server) => server.post(filling(24 * 15)));

test('what was learned of the next hours stands on its card and in the chart', async ({ page }) => {
  await open(page, server(), '/assets/tank');
  await expect(page.locator('.learned-card')).toContainText(/Level in 12 h: \d\.\d+\sm \(90 %: \d\.\d+ to \d\.\d+\sm\)/);
  await chart(page).scrollIntoViewIfNeeded();
  await expect.poll(async () => (await ink(page, '--plot-forecast')).pixels).toBeGreaterThan(20);
  const [measured, ahead] = [await ink(page, '--plot-measured'), await ink(page, '--plot-forecast')];
  // Now is in the middle: what was measured ends there, and what is foreseen goes on.
  expect(measured.right).toBeLessThan(0.52);
  expect(ahead.left).toBeGreaterThan(0.48);
  expect(ahead.right).toBeGreaterThan(0.9);
  await screenshot(page, 'outlook');
  // It is hidden like any line, and stands in the table.
  const entry = page.locator('.plot-legend').getByRole('button', { name: /^forecast/ });
  await entry.click();
  await expect.poll(async () => (await ink(page, '--plot-forecast')).pixels).toBe(0);
  await entry.click();
  await expect(page.locator('.plot-legend').getByRole('button', { name: /^twin/ })).toHaveCount(0);
  await page.locator('.value-tile[data-quantity="flow"]').click();
  await expect.poll(async () => (await ink(page, '--plot-forecast')).pixels).toBeGreaterThan(20);
});
