//! Futures that are bent in the page alone.

import { readFileSync } from 'node:fs';

import type { Page } from '@playwright/test';

import { BENCH_TOP, transformerHours } from '../parts/plants.mjs';
import { expect, foreseen, ink, open, screenshot, serve, test, verified } from '../support';

/** A day and a half: after one day nobody knows yet whether days are alike, and futures are as wide as that. */
const server = serve({ plant: BENCH_TOP }, (server) => server.post(transformerHours(36)));

const load = (page: Page) => page.getByRole('slider', { name: 'Load against the forecast' });
const loadNumber = (page: Page) => page.getByRole('spinbutton', { name: 'Load against the forecast' });
/** The cells of the highest hot-spot temperature to come: as it is, simulation, difference. */
const ending = (page: Page, column: number) =>
  page.locator('.outcome-table tr').filter({ hasText: 'Hot-spot temperature, highest' }).locator('td').nth(column);

async function lab(page: Page, search = ''): Promise<void> {
  await open(page, server(), `/assets/transformer${search}`);
  await foreseen(page);
  await expect(ending(page, 0)).toContainText('°C');
}

const degrees = (text: string | null) => Number(text?.replace('−', '-').replace(/[^0-9.-].*$/, ''));

test('a dragged slider bends the future in the chart and asks the server for nothing', async ({ page }) => {
  await lab(page);
  await expect(ending(page, 1)).toHaveText('–');
  expect((await ink(page, '--plot-scenario')).pixels).toBe(0);
  // The page's own icon and history come first.
  await page.waitForLoadState('networkidle');
  const before = await server().asked();
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));

  const track = await load(page).boundingBox();
  if (!track) throw new Error('the slider has no place');
  const y = track.y + track.height / 2;
  const at = (share: number) => track.x + 8 + (track.width - 16) * share;
  await page.mouse.move(at((1 - 0.5) / 1.1), y);
  await page.mouse.down();
  const endings: number[] = [];
  for (const share of [0.5, 0.55, 0.6, 0.65]) {
    await page.mouse.move(at(share), y, { steps: 4 });
    endings.push(degrees(await ending(page, 1).textContent()));
  }
  await page.mouse.up();

  expect(endings.every((value, i) => i === 0 || value > endings[i - 1])).toBe(true);
  expect((await ink(page, '--plot-scenario')).pixels).toBeGreaterThan(50);
  const [scenario, forecast] = [await ink(page, '--plot-scenario'), await ink(page, '--plot-forecast')];
  expect(scenario.low, 'a higher load lies higher in the chart').toBeLessThan(forecast.low);
  await expect(ending(page, 2)).toContainText('+');
  await screenshot(page, 'what-if');
  // Chromium looks for the icon again whenever the address changes, and has it.
  expect(requests.filter((url) => !/\/favicon\.svg\?v=|\/api\/flags|\/pkg\/\w+-/.test(url))).toEqual([]);
  expect(await server().asked()).toEqual(before);
});

test('a link that asks for what the sliders cannot show says so until one is moved', async ({ page }) => {
  await lab(page, '?load=9&laod=1.2&keep-b=speed*2');
  const said = page.locator('.scenario-form__misread');
  await expect(said).toHaveText(
    'Not all is as the address asks. Load against the forecast: 9 is asked for and 1.6 is shown, for it goes from 0.5 to 1.6. There is no slider “laod”. Scenario B: There is no slider “speed”. Scenario B is left out.',
  );
  await expect(said).toHaveRole('status');
  await expect(loadNumber(page)).toHaveValue('1.6');
  await page.getByRole('button', { name: 'Load against the forecast a step down' }).click();
  await expect(said).toBeHidden();
  await lab(page, '?load=1.2&past=6h');
  await expect(said).toBeHidden();
});

test('steps are taken back and taken again, by buttons and by keys', async ({ page }) => {
  await lab(page);
  const undo = page.getByRole('button', { name: 'Undo' });
  const redo = page.getByRole('button', { name: 'Redo' });
  await expect(undo).toHaveAttribute('aria-disabled', 'true');
  const up = page.getByRole('button', { name: 'Load against the forecast a step up' });
  await up.click();
  await up.click();
  await expect(loadNumber(page)).toHaveValue('1.02');
  await page.getByRole('button', { name: 'Keep to compare' }).click();
  await expect(loadNumber(page)).toHaveValue('1.00');
  await undo.click();
  await expect(loadNumber(page)).toHaveValue('1.02');
  await expect(page.locator('.scenario-form__kept')).toHaveCount(0);
  await load(page).focus();
  await page.keyboard.press('Control+z');
  await expect(loadNumber(page)).toHaveValue('1.01');
  await expect(page).toHaveURL(/load=1\.01/);
  await redo.click();
  await page.keyboard.press('Control+Shift+Z');
  await expect(page.locator('.scenario-form__kept')).toHaveCount(1);
  await expect(redo).toHaveAttribute('aria-disabled', 'true');
});

test('the spread of the members is drawn, said and told in a table, and follows the slider', async ({ page }) => {
  await lab(page);
  const spread = page.locator('figure.histogram');
  const said = spread.locator('.histogram__said p');
  const choice = spread.getByRole('combobox');
  await choice.selectOption({ label: 'Hot-spot temperature, where the forecast ends' });
  await expect(said.first()).toContainText(/^Half of the members end below [\d.]+\s°C, 90\s% between [\d.]+\s°C and [\d.]+\s°C\.$/);
  await expect(said.nth(1)).toBeEmpty();
  const inked = () =>
    spread.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true })!;
      copy.drawImage(canvas, 0, 0);
      return new Set(new Uint32Array(copy.getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size;
    });
  await spread.scrollIntoViewIfNeeded();
  await expect.poll(inked).toBeGreaterThan(3);

  await loadNumber(page).fill('1.15');
  await loadNumber(page).press('Tab');
  const mid = async (future: number) => degrees(((await said.nth(future).textContent()) ?? '').replace(/^.*below /, ''));
  await expect(said.nth(1)).toContainText(/^Simulation: Half of the members/);
  expect(await mid(1)).toBeGreaterThan((await mid(0)) + 5);
  const before = await mid(1);
  await loadNumber(page).fill('1.3');
  await loadNumber(page).press('Tab');
  await expect.poll(() => mid(1)).toBeGreaterThan(before + 5);

  await spread.getByText('Members as a table').click();
  const sum = async () => {
    const cells = await spread.locator('tbody tr td:nth-child(3)').allTextContents();
    return cells.map((cell) => Number.parseFloat(cell)).reduce((one, other) => one + other, 0);
  };
  await expect.poll(async () => Math.abs((await sum()) - 100)).toBeLessThan(1);
});

test('a locked slider stays where it is', async ({ page }) => {
  await lab(page, '?load=1.2&ambient=5');
  const lock = page.getByRole('button', { name: 'Lock Load against the forecast' });
  await lock.click();
  await expect(lock).toHaveAttribute('aria-pressed', 'true');
  await expect(load(page)).toBeDisabled();
  await page.getByRole('button', { name: 'Back to as it is' }).click();
  await expect(loadNumber(page)).toHaveValue('1.2');
  await expect(page).toHaveURL(/\?load=1\.2$/);
  await lock.click();
  await page.getByRole('button', { name: 'Back to as it is' }).click();
  await expect(loadNumber(page)).toHaveValue('1.00');
});

test('arrows move a slider by its step, its number input moves it too, and reset takes it back', async ({ page }) => {
  await lab(page);
  await expect(load(page)).toHaveValue('1');
  await load(page).focus();
  await page.keyboard.press('ArrowRight');
  await expect(load(page)).toHaveValue('1.01');
  await expect(loadNumber(page)).toHaveValue('1.01');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(loadNumber(page)).toHaveValue('0.99');

  await loadNumber(page).fill('1.25');
  await expect(load(page)).toHaveValue('1.25');
  await expect(ending(page, 1)).toContainText('°C');

  await page.getByRole('button', { name: 'Reset load' }).click();
  await expect(load(page)).toHaveValue('1');
  await expect(ending(page, 1)).toHaveText('–');
});

test('the address carries the sliders, and whoever opens it sees the same future', async ({ page, context }) => {
  await lab(page);
  await loadNumber(page).fill('1.1');
  await loadNumber(page).press('Tab');
  const ambient = page.getByRole('spinbutton', { name: 'Ambient against the forecast' });
  await ambient.fill('2.5');
  await ambient.press('Tab');
  await expect(page).toHaveURL(/[?&]load=1\.1(&|$)/);
  await expect(page).toHaveURL(/[?&]ambient=2\.5(&|$)/);
  const future = await ending(page, 1).textContent();
  expect(future).toContain('°C');

  const other = await context.newPage();
  await other.goto(page.url());
  await expect(load(other)).toHaveValue('1.1');
  await expect(ending(other, 1)).toHaveText(future ?? '');

  await other.getByRole('button', { name: 'Back to as it is' }).click();
  await expect(load(other)).toHaveValue('1');
  expect(new URL(other.url()).search).not.toContain('load=');
});

test('the twin goes on being verified while futures are bent', async ({ page }) => {
  await lab(page, '?load=1.2');
  const reading = { asset: 'transformer', t: Date.now() * 1000 };
  await server().post([{ ...reading, signal: 'load', v: 801 }, { ...reading, signal: 'hot_spot', v: 75.5 }]);
  expect(await verified(page, 'transformer')).toBeGreaterThan(0);
  await expect(ending(page, 1)).toContainText('°C');
});

test('many members are stepped beside the page, once a slider rests', async ({ page }) => {
  await lab(page);
  const note = page.locator('.members-note');
  await expect(note).toContainText('64 members, seed 1');
  await page.waitForLoadState('networkidle');
  const before = await server().asked();
  await loadNumber(page).fill('1.2');
  await expect(note).toHaveAttribute('data-members', '10240');
  await expect(note).toContainText('10,240 members, seed 1');
  await expect(note.getByRole('button', { name: 'Cancel' })).toBeHidden();
  expect(await server().asked(), 'nothing was asked of the server').toEqual(before);
  const many = degrees(await ending(page, 1).textContent());
  expect(many).toBeGreaterThan(degrees(await ending(page, 0).textContent()));
  // What many have shown once stays shown.
  await page.getByRole('button', { name: 'Back to as it is' }).click();
  await expect(ending(page, 1)).toHaveText('–');
  await expect(note).toHaveAttribute('data-members', '10240');
});

test('a page that is left while a slider rests takes its workers with it', async ({ page }) => {
  await lab(page);
  await loadNumber(page).fill('1.1');
  // At once: what is scheduled ends with the page.
  await page.locator('.asset-page__path').getByRole('link', { name: 'Fleet' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.getByRole('link', { name: /Transformer/ }).first().click();
  await foreseen(page);
  await loadNumber(page).fill('1.2');
  await expect(page.locator('.members-note')).toHaveAttribute('data-members', '10240');
  await expect.poll(() => page.workers().length).toBe(2);
  const own = page.workers();
  await page.locator('.asset-page__path').getByRole('link', { name: 'Fleet' }).click();
  // The fleet has one of its own.
  await expect.poll(() => page.workers().filter((worker) => own.includes(worker)).length).toBe(0);
});

test('a preset moves its sliders and no others', async ({ page }) => {
  await lab(page, '?load=1.2');
  const heat = page.getByRole('button', { name: 'Heat wave' });
  await expect(heat).toHaveAttribute('aria-pressed', 'false');
  await heat.click();
  await expect(heat).toHaveAttribute('aria-pressed', 'true');
  await expect(load(page)).toHaveValue('1');
  await expect(page.getByRole('slider', { name: 'Ambient against the forecast' })).toHaveValue('12');
  await expect(page).toHaveURL(/[?&]ambient=12(&|$)/);
  await expect(ending(page, 2)).toHaveText(/^\+1[12]\.\d\sK$/);
});

test('scenarios are kept, compared with the next, carried by the address and dropped', async ({ page, context }) => {
  await lab(page);
  const keep = page.getByRole('button', { name: 'Keep to compare' });
  await expect(keep).toBeDisabled();
  await loadNumber(page).fill('1.1');
  await expect(page.locator('.members-note')).toHaveAttribute('data-members', '10240');
  const alone = degrees(await ending(page, 1).textContent());
  await keep.click();
  await expect(page.locator('.scenario-form__said[role=status]')).toContainText('Kept as scenario A');
  await expect(load(page)).toHaveValue('1');
  await expect(page.getByRole('columnheader', { name: 'A', exact: true })).toBeVisible();
  await expect(ending(page, 2)).toHaveText('–');
  // Few members show it at first, many a moment later; the twin may have gone on in between.
  await expect.poll(async () => Math.abs(degrees(await ending(page, 1).textContent()) - alone)).toBeLessThan(1.5);
  expect(degrees(await ending(page, 0).textContent())).toBeLessThan(alone - 3);
  expect((await ink(page, '--plot-kept')).pixels).toBeGreaterThan(20);

  await page.getByRole('button', { name: 'Heat wave' }).click();
  await expect(ending(page, 2)).toContainText('°C');
  await expect(page.locator('.members-note')).toHaveAttribute('data-members', '10240');
  await screenshot(page, 'compare');
  await expect(page).toHaveURL(/[?&]keep-a=load\*1\.1(&|$)/);

  const other = await context.newPage();
  await other.goto(page.url());
  await foreseen(other);
  await expect(ending(other, 1)).toContainText('°C');
  await expect(other.locator('.scenario-form__kept')).toContainText('Load against the forecast 1.1');
  await other.getByRole('button', { name: 'Set the sliders as in scenario A' }).click();
  await expect(load(other)).toHaveValue('1.1');
  await other.getByRole('button', { name: 'Drop scenario A' }).click();
  await expect(other.getByRole('columnheader', { name: 'A', exact: true })).toHaveCount(0);
  expect(new URL(other.url()).search).not.toContain('keep-a');
});

test('what moves the future most is found beside the page and asks the server for nothing', async ({ page }) => {
  await lab(page);
  await page.waitForLoadState('networkidle');
  const before = await server().asked();
  await page.getByText('What moves it most').click();
  const bars = page.locator('.tornado tbody tr');
  await expect(bars).toHaveCount(3);
  await page.getByLabel('quantity').selectOption('at its highest');
  await expect(bars.first()).toContainText('Load against the forecast');
  const widths = await bars.locator('rect').evaluateAll((all) => all.map((own) => own.getBoundingClientRect().width));
  expect(widths.every((width, i) => i === 0 || width <= widths[i - 1])).toBe(true);
  expect(widths[0]).toBeGreaterThan(20);
  const outcomes = (await bars.first().locator('.tornado__outcomes').textContent()) ?? '';
  const [low, high] = outcomes.split(' to ').map(degrees);
  expect(high).toBeGreaterThan(low + 10);

  // Kept beside, another scenario does not change what the sliders as they stand are swung about.
  const outcomesOfAll = () => bars.locator('.tornado__outcomes').allTextContents();
  const alone = await outcomesOfAll();
  await loadNumber(page).fill('0.7');
  await expect(page.locator('.tornado__table--old')).toHaveCount(1);
  await expect(page.locator('.tornado__table--old')).toHaveCount(0);
  expect(await outcomesOfAll()).not.toEqual(alone);
  await page.getByRole('button', { name: 'Keep to compare' }).click();
  await expect(page.locator('.tornado__table--old')).toHaveCount(0);
  const near = (await outcomesOfAll()).map((own, i) => Math.abs(degrees(own) - degrees(alone[i])));
  expect(Math.max(...near), 'within what the twin moved meanwhile').toBeLessThan(1);
  expect(await server().asked(), 'nothing was asked of the server').toEqual(before);
});

test('a slider shows which part of its range leads to trouble, and what another slider does to that', async ({ page }) => {
  await lab(page);
  await page.waitForLoadState('networkidle');
  const before = await server().asked();
  const row = page.locator('.scenario-form__row').filter({ has: load(page) });
  /** Where the hatching begins, as a share of the track. */
  const hatched = async () =>
    Number(/^M([0-9.]+) 0H1/.exec((await row.locator('.slider-zones__likely').getAttribute('d')) ?? '')?.[1]);
  const note = row.locator('.slider-zones__note');
  const begins = async () => {
    const words = /^From ([0-9.]+): (.+) within 1\sd, (up to \d+\s% )?likely$/.exec((await note.textContent()) ?? '');
    return { load: Number(words?.[1]), what: words?.[2] };
  };
  await load(page).scrollIntoViewIfNeeded();
  await expect.poll(hatched).toBeGreaterThan(0);
  const cooled = await begins();
  expect(cooled.what).toMatch(/above \d+\s°C$/);
  expect(cooled.load).toBeGreaterThan(1);
  expect(cooled.load).toBeLessThan(1.6);
  await expect(load(page)).toHaveAccessibleDescription(/^From /);
  expect(Math.abs(0.5 + 1.1 * (await hatched()) - cooled.load)).toBeLessThan(0.011);

  // Its own place changes nothing of it.
  await loadNumber(page).fill('1.3');
  await expect(row.locator('.slider-zones--old')).toHaveCount(0);
  const cooling = page.getByRole('spinbutton', { name: 'Oil rise against full cooling' });
  await cooling.fill('1.4');
  await expect(row.locator('.slider-zones--old')).toHaveCount(1);
  await expect(row.locator('.slider-zones--old')).toHaveCount(0);
  expect((await begins()).load).toBeLessThan(cooled.load - 0.1);
  await screenshot(page, 'zones');
  expect(await server().asked(), 'nothing was asked of the server').toEqual(before);
});

test('a future costs what its rates of cost come to, at prices that are called assumptions', async ({ page }) => {
  await lab(page);
  const cost = page.locator('.outcome-table tr').filter({ hasText: 'Cost of ageing, until the forecast ends' }).locator('td');
  await expect(cost.nth(0)).toContainText('EUR');
  await loadNumber(page).fill('1.1');
  await expect(cost.nth(2)).toHaveText(/^\+/);
  await expect(page.locator('.asset-page__outcomes')).toContainText('Costs are assumptions');
  await expect(page.locator('.asset-page__outcomes')).toContainText('Price of a day of normal life: 150');
});

test('the chart is a table and a file as well', async ({ page }) => {
  await lab(page, '?load=1.1&keep-a=ambient*5');
  await page.getByText('As a table', { exact: true }).click();
  const table = page.locator('.plot-table table');
  await expect(table.getByRole('columnheader')).toHaveText([
    'Time',
    'Measured, °C',
    'Twin, 5 to 95 %, °C',
    'Scenario A, °C',
    'Simulation, 5 to 95 %, °C',
  ]);
  await expect(table.locator('tbody tr')).toHaveCount(24);
  await expect(table.locator('tbody tr').last().locator('td').last()).toHaveText(/^\d+\.\d \(\d+\.\d to \d+\.\d\)$/);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download every point as CSV' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('transformer-hot_spot.csv');
  const lines = readFileSync(await file.path(), 'utf8').trim().split('\r\n');
  expect(lines[0]).toBe('time,line,value [degC],low [degC],high [degC]');
  for (const line of ['measured', 'twin', 'forecast', 'simulation', 'scenario A']) {
    expect(lines.filter((own) => own.split(',')[1] === line).length, line).toBeGreaterThan(5);
  }
});
