//! One asset in depth: how it works, where each number comes from, and how far the twin was off.

import { BENCH_TOP, WATER_WORKS, discharge, pumping } from '../parts/plants.mjs';
import { expect, foreseen, open, screenshot, serve, test, tile } from '../support';

test.describe('a cell', () => {
  const server = serve({ plant: BENCH_TOP }, (server) => server.post(discharge(120)));

  test('a measured number comes from an entry: which door, when, in which unit, under which contract', async ({ page }) => {
    await open(page, server(), '/assets/cell?show=temperature');
    await server().publish('cell', 'temperature', { t: Date.now() * 1000, v: 299.4, u: 'K' });
    await expect(tile(page, 'temperature').locator('strong')).toHaveText('26.2');
    await page.getByText('Where does this number come from?').click();
    const note = page.locator('.origin-note');
    const row = (what: string) => note.locator('tr', { has: page.getByRole('rowheader', { name: what, exact: true }) }).locator('td');
    const newest = (await server().entries('cell')).at(-1);
    await expect(note.locator('caption')).toHaveText(`Entry ${newest.seq} of Cell under test`);
    await expect(row('Came in as')).toHaveText('299.4 K');
    await expect(row('Conversion')).toHaveText('from K to °C');
    await expect(row('Connector')).toHaveText('mqtt');
    await expect(row('Contract')).toHaveText('revision 1');
    await expect(row('What the twin compares it with')).toHaveText('celsius(t_b)');
    await note.getByRole('link', { name: 'This entry among the others' }).click();
    await expect(page).toHaveURL(new RegExp(`/data\\?asset=cell&seq=${newest.seq}#lineage`));
    await expect(page.getByText(`Entry ${newest.seq} of Cell under test`)).toBeVisible();
  });

  test('a number that nobody measures comes from a formula of the model file', async ({ page }) => {
    await open(page, server(), '/assets/cell');
    await page.getByText('Where does this number come from?').click();
    await tile(page, 'charge').click();
    const note = page.locator('.origin-note');
    await expect(note.locator('caption')).toHaveText('State of charge');
    await expect(note).toContainText('Daigle and Sankararaman');
    await expect(note.locator('tr').filter({ hasText: 'Formula' })).toContainText('soc');
  });

  test('below the chart stands what was measured minus the twin, for what is measured', async ({ page }) => {
    await open(page, server(), '/assets/cell?show=voltage');
    const lane = page.locator('figure.residual-plot');
    await lane.scrollIntoViewIfNeeded();
    await expect(lane).toHaveAttribute('data-drawn-seq', /^\d+$/);
    await expect(lane.locator('figcaption')).toHaveText('Measured minus twin in V; nine of ten are expected inside of the band');
    await tile(page, 'charge').click();
    await expect(lane).toBeHidden();
    await tile(page, 'temperature').click();
    await expect(lane.locator('figcaption')).toContainText('in K;');
  });

  test('the picture of how it works has the values of the tiles', async ({ page }) => {
    await open(page, server(), '/assets/cell');
    await foreseen(page);
    const sketch = page.locator('.process-sketch');
    await expect(sketch.getByText('Cell under test')).toBeVisible();
    await server().publish('cell', 'voltage', 3.375);
    const line = sketch.locator('text', { hasText: 'Terminal voltage' }).locator('xpath=following-sibling::*[1]');
    await expect(line).toHaveText('3.375 V');
    await server().publish('cell', 'voltage', 2.5);
    await expect(line).toHaveAttribute('data-abnormal', '');
  });
});

test.describe('a motor and a pump', () => {
  const server = serve({ plant: WATER_WORKS }, (server) => server.post(pumping(120)));

  test('parts stand in boxes, and what they give each other has its value', async ({ page }) => {
    await open(page, server(), '/assets/loop');
    await foreseen(page);
    const sketch = page.locator('.process-sketch');
    await expect(sketch.locator('.process-sketch__name')).toHaveText(['Motor', 'Pump']);
    const value = (text: string) => sketch.locator('text', { hasText: new RegExp(`^${text}$`) }).first().locator('xpath=following-sibling::*[1]');
    await expect(value('Speed')).toHaveText(/^\d{4}\s1\/min$/);
    await expect(value('Load torque')).toHaveText(/^\d+\.\d+\sN\.m$/);
    await sketch.scrollIntoViewIfNeeded();
    await screenshot(page, 'asset-how-it-works');
  });
});
