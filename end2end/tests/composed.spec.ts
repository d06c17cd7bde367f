//! An asset of several parts is an asset like any other.

import { WATER_WORKS, pumping } from '../parts/plants.mjs';
import { expect, foreseen, open, serve, test, verified } from '../support';

const server = serve({ plant: WATER_WORKS }, (server) => server.post(pumping(120)));

test('a motor and a pump are followed as one, each in its regime, and verified', async ({ page }) => {
  await open(page, server(), '/assets/loop');
  await foreseen(page);
  await expect(page.locator('.asset-page__regime')).toHaveText('Motor: Running · Pump: Pumping');
  await server().post(pumping(3));
  expect(await verified(page, 'loop')).toBeGreaterThan(0);
  await server().post([{ asset: 'loop', signal: 'frequency', t: Date.now() * 1000, v: 0 }]);
  await expect(page.locator('.asset-page__regime')).toHaveText(/^Motor: Off · /);
});

test('what the parts cost is told of the whole', async ({ page }) => {
  await open(page, server(), '/assets/loop?frequency=60');
  await foreseen(page);
  const cost = page.locator('.outcome-table tr').filter({ hasText: 'Motor: Cost of' }).first().locator('td');
  await expect(cost.nth(0)).toContainText('EUR');
  // Ten hertz more cost more.
  await expect(cost.nth(2)).toHaveText(/^\+\d/);
  const repairs = page.locator('.outcome-table tr').filter({ hasText: 'First repair of each kind' }).locator('td');
  await expect(repairs.nth(0)).toContainText('EUR');
});
