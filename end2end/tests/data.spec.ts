//! The data page: what was refused is seen, corrected and taken in; gaps are listed; every value can be traced.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import { discharge } from '../parts/plants.mjs';
import { expect, open, screenshot, serve, test } from '../support';

const PLANT = `title = "Bench top"

[retention]
fast = "30 d"

[[asset]]
id = "cell"
title = "Cell under test"
model = "li-ion-cell"
clock = "wall"
path = "lab/bench-1"

[asset.signals]
current = { from = "current", unit = "A", scale = -1, class = "fast" }
voltage = { from = "voltage", unit = "V", range = [0, 4.5], usual = [2.5, 4.2], period = "1 s", gap_after = "5 s" }
temperature = { from = "temperature", unit = "degC", stuck_after = "10 min" }

[[asset]]
id = "transformer"
title = "Transformer under test"
model = "power-transformer"
clock = "wall"
path = "lab/bay-1"

[asset.signals]
load = { from = "load", unit = "A" }
ambient = { from = "ambient", unit = "degC" }
`;

const SECOND = 1_000_000;
/** When the reading of a device that speaks in millivolts was measured; nothing else is kept of that time. */
let refusedAt = 0;

const server = serve({ plant: PLANT }, async (server) => {
  const readings = discharge(60);
  const last = readings.at(-1)!.t;
  // Two minutes before, and then a pause that is longer than agreed: a gap.
  await server.post([
    { asset: 'cell', signal: 'voltage', t: last - 120 * SECOND, v: 4.06 },
    { asset: 'cell', signal: 'temperature', t: last - 120 * SECOND, v: 297.15, u: 'K' },
  ]);
  await server.post(readings);
  refusedAt = last - 30 * SECOND + 500_000;
  const answer = await fetch(`${server.url}/api/v1/telemetry`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([
      { asset: 'cell', signal: 'voltage', t: refusedAt, v: 3975 },
      { asset: 'cell', signal: 'voltage', t: refusedAt + 1, v: 99999 },
      { asset: 'nobody', signal: '<b>bold</b>', t: refusedAt, v: 1 },
    ]),
  });
  expect((await answer.json()).rejected.length).toBe(3);
  await server.publish('cell', 'voltage', 'not a number at all');
});

const section = (page: Page, id: string) => page.locator(`#${id}`);
const table = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

test('the data page is reached from every page, and says what there is to look at', async ({ page }) => {
  await open(page, server(), '/');
  await page.getByRole('link', { name: 'Data', exact: true }).click();
  await expect(page).toHaveTitle('Data · Twinlight');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Data');
  await expect(page.getByRole('link', { name: 'Data', exact: true })).toHaveAttribute('aria-current', 'page');
  await expect(page.getByRole('list', { name: 'To look at' })).toContainText('4 refused items wait in quarantine');
  await expect(table(page, 'Sources by connector and client').getByRole('row')).not.toHaveCount(0);
  await expect(table(page, 'How each of them is').getByRole('row', { name: /^mqtt/ })).toContainText('well');
});

test('a gap is listed, and leads to the asset', async ({ page }) => {
  await open(page, server(), '/data?asset=cell&kind=gap');
  const gap = section(page, 'events').getByRole('row', { name: /^Gap/ });
  await expect(gap.first()).toContainText('Terminal voltage');
  await expect(gap.first()).toContainText(/without a sample|holes/);
  await gap.first().getByRole('link', { name: 'Terminal voltage' }).click();
  await expect(page).toHaveURL(/\/assets\/cell\?show=voltage/);
});

test('a refused reading is previewed with a rule, taken in, and then in the history of its asset', async ({ page }) => {
  await open(page, server(), '/data?asset=cell&reason=range');
  const items = table(page, 'Refused items, newest first');
  const row = items.getByRole('row').filter({ hasText: '3975' });
  await expect(row).toContainText('Out of range');
  await expect(row).toContainText('outside 0 to 4.5');
  const takeIn = page.getByRole('button', { name: 'Take in' });
  await expect(takeIn).toBeDisabled();
  await row.getByRole('checkbox').check();
  await page.getByLabel('Its unit is').fill('nonsense');
  await page.getByRole('button', { name: 'Preview' }).click();
  const said = page.locator('.correction-form__said');
  await expect(said).toContainText('Nothing was done');
  await expect(takeIn).toBeDisabled();
  await page.getByLabel('Its unit is').fill('mV');
  await page.getByRole('button', { name: 'Preview' }).click();
  await expect(said).toContainText('Preview, nothing is changed: of 1 item 1 would be accepted');
  await expect(table(page, 'What would become of each item')).toContainText('Accepted');
  expect((await server().entries('cell')).map(({ value }: { value: number }) => value)).not.toContain(3.975);
  await takeIn.click();
  await expect(said).toContainText('Done: of 1 item 1 was accepted');
  await expect(items.getByRole('row').filter({ hasText: '3975' })).toHaveCount(0);
  await expect(table(page, 'What was done, newest first').getByRole('row', { name: /Readmitted/ })).toContainText('local');
  const history = await server().get(`/api/v1/history?asset=cell&signal=voltage&from=${refusedAt}&to=${refusedAt}`);
  expect(history.points.map(({ value }: { value: number }) => value)).toEqual([3.975]);
  const kept = (await server().entries('cell')).find(({ value }: { value: number }) => value === 3.975);
  await page.goto(`${server().url}/data?asset=cell&seq=${kept.seq}#lineage`);
  const lineage = table(page, `Entry ${kept.seq} of Cell under test`);
  await expect(lineage).toContainText('from mV to V');
  await expect(lineage).toContainText('readmit');
});

test('what is chosen stays chosen, and what is written stays written, while the page refreshes', async ({ page }) => {
  await open(page, server(), '/data?state=open');
  const row = table(page, 'Refused items, newest first').getByRole('row').filter({ hasText: '99999' });
  await row.getByRole('checkbox').check();
  const unit = page.getByLabel('Its unit is');
  await unit.fill('uV');
  const asked = () => page.waitForResponse((answer) => answer.url().includes('/api/data'), { timeout: 15_000 });
  await asked();
  await server().publish('cell', 'voltage', 'another one');
  await expect(table(page, 'Refused items, newest first')).toContainText('another one');
  await expect(row.getByRole('checkbox')).toBeChecked();
  await expect(page.getByRole('checkbox', { name: /^Item/, checked: true })).toHaveCount(1);
  await expect(unit).toHaveValue('uV');
  await expect(unit).toBeFocused();
});

test('what others sent is shown as text, whatever it says', async ({ page }) => {
  await open(page, server(), '/data?reason=unknown-asset');
  const items = table(page, 'Refused items, newest first');
  await expect(items).toContainText('<b>bold</b>');
  await expect(items.locator('b')).toHaveCount(0);
});

test('a page that cannot be refreshed says that what it shows is old', async ({ page, allow }) => {
  allow(/net::ERR_|Failed to load resource/);
  await open(page, server(), '/data');
  await page.route('**/api/data*', (route) => route.abort());
  await expect(page.getByRole('alert')).toContainText('What is shown is old');
  await expect(page.getByRole('heading', { name: 'Sources' })).toBeVisible();
  await page.unroute('**/api/data*');
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('the asset page leads to where its values come from, and each of them to how it was converted', async ({ page }) => {
  await open(page, server(), '/assets/cell');
  await page.getByRole('link', { name: 'Where its values come from' }).click();
  await expect(page).toHaveURL(/\/data\?asset=cell#lineage/);
  const newest = table(page, 'Newest entries of Cell under test');
  await newest.getByRole('row').filter({ hasText: 'Discharge current' }).first().getByRole('link').first().click();
  await expect(page).toHaveURL(/seq=\d+#lineage/);
  const told = page.getByRole('region', { name: /^Entry \d+ of Cell under test$/ });
  await expect(told).toContainText('multiplied by −1');
  await expect(told).toContainText('revision 1');
});

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [390, 1280]) {
    test(`axe finds nothing on the data page in ${scheme} at ${width} px, and nothing scrolls sideways`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: width < 600 ? 844 : 900 });
      await open(page, server(), '/data?asset=cell&seq=5&state=any');
      const { violations, passes } = await new AxeBuilder({ page }).analyze();
      const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
      expect(told).toEqual([]);
      expect(passes.length).toBeGreaterThan(10);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      await page.evaluate(() => scrollTo(0, 0));
      await screenshot(page, `data-${scheme}-${width}`);
    });
  }
}

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('every section is there, filters narrow it down, and an entry is traced', async ({ page }) => {
    await page.goto(`${server().url}/data`);
    const sections = ['sources', 'events', 'quarantine', 'lineage', 'contracts', 'store', 'connectors'];
    for (const id of sections) await expect(section(page, id).getByRole('heading', { level: 2 })).toBeVisible();
    await expect(table(page, 'Cell under test').getByRole('row', { name: /Terminal voltage/ })).toContainText('0 to 4.5');
    await expect(table(page, 'Retention classes').getByRole('row', { name: /^fast/ })).toContainText('30 d');
    await expect(table(page, 'The store as a whole')).toContainText('Free on the disk');
    await section(page, 'quarantine').getByLabel('Reason', { exact: true }).selectOption('unknown-asset');
    await section(page, 'quarantine').getByRole('button', { name: 'Show' }).click();
    await expect(page).toHaveURL(/reason=unknown-asset/);
    const items = table(page, 'Refused items, newest first');
    await expect(items.getByRole('row')).toHaveCount(2);
    await expect(items).toContainText('nobody');
    await section(page, 'lineage').getByLabel('Asset', { exact: true }).selectOption('cell');
    await section(page, 'lineage').getByLabel('Number of the entry').fill('1');
    await section(page, 'lineage').getByRole('button', { name: 'Show' }).click();
    await expect(page).toHaveURL(/seq=1/);
    await expect(table(page, 'Entry 1 of Cell under test')).toContainText('Terminal voltage');
  });
});
