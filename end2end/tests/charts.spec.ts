//! Charts as people use them: a part is marked and shown, moved, zoomed, read off, shared, and left for now again.

import type { Page } from '@playwright/test';

import { BENCH_TOP, transformerHours } from '../parts/plants.mjs';
import { chart, expect, foreseen, ink, open, serve, test } from '../support';

const HOURS = 72;
const MINUTE = 60_000;

/** Its oil was not measured for two hours of the last day, and somebody told of a failure and of a repair. */
const PLANT = BENCH_TOP.replace('unit = "degC" }\nhot_spot', 'unit = "degC", period = "5 min", gap_after = "20 min" }\nhot_spot');
const ago = (minutes: number) => (Date.now() - minutes * MINUTE) * 1000;

const server = serve({ plant: PLANT }, async (server) => {
  const [from, to] = [ago(20 * 60), ago(18 * 60)];
  await server.post(transformerHours(HOURS).filter(({ signal, t }) => signal !== 'top_oil' || t < from || t > to));
  const told = [
    { asset: 'transformer', id: 'f1', kind: 'failure', t: ago(10 * 60), until: ago(9 * 60), note: 'fan <stuck>' },
    { asset: 'transformer', id: 'r1', kind: 'repair', t: ago(9 * 60), note: 'fan replaced' },
  ];
  const answer = await fetch(`${server.url}/api/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(told),
  });
  expect(((await answer.json()) as any).accepted).toBe(told.length);
});

const area = (page: Page) => page.locator('.trend-plot__area[tabindex]');
const said = (page: Page) => page.locator('.stretch-tools__said');
const readout = (page: Page) => page.locator('.trend-plot__readout');

async function picture(page: Page): Promise<{ x: number; y: number; width: number }> {
  await page.locator('.asset-page__chart canvas').first().scrollIntoViewIfNeeded();
  const box = await page.locator('.asset-page__chart canvas').first().boundingBox();
  if (!box) throw new Error('there is no chart');
  return { x: box.x, y: box.y + box.height / 2, width: box.width };
}

/** The stretch that the address carries, in milliseconds; the page writes it once it has settled. */
async function held(page: Page): Promise<[number, number]> {
  const end = (name: string) => Date.parse(new URL(page.url()).searchParams.get(name) ?? '');
  await expect.poll(() => Number.isFinite(end('from')) && Number.isFinite(end('to'))).toBe(true);
  let before = '';
  await expect.poll(() => {
    const isSettled = page.url() === before;
    before = page.url();
    return isSettled;
  }, { intervals: [400] }).toBe(true);
  return [end('from'), end('to')];
}

const length = ([from, to]: [number, number]) => to - from;

test('a part that is marked is shown, and its link shows the same to somebody else', async ({ page, browser }) => {
  await open(page, server(), '/assets/transformer');
  await foreseen(page);
  const { x, y, width } = await picture(page);
  await page.mouse.move(x + width * 0.1, y);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.3, y, { steps: 5 });
  await expect(page.locator('.trend-plot__mark')).toHaveCount(1);
  await page.mouse.up();
  await expect(page.locator('.trend-plot__mark')).toHaveCount(0);
  const stretch = await held(page);
  // A fifth of two days.
  expect(length(stretch) / MINUTE / 60).toBeCloseTo(9.6, 0);
  await expect(said(page)).toContainText('\u2013');
  await expect(page.getByRole('button', { name: 'Back to now' })).toBeVisible();
  // The line goes from edge to edge, and nothing of the future is in sight.
  await expect.poll(async () => (await ink(page, '--plot-measured')).right).toBeGreaterThan(0.97);
  expect((await ink(page, '--plot-forecast')).pixels).toBe(0);

  const other = await browser.newContext();
  const elsewhere = await other.newPage();
  await elsewhere.goto(page.url());
  await expect(elsewhere.locator('.stretch-tools__said')).toHaveText((await said(page).textContent()) ?? '');
  await other.close();

  await page.getByRole('button', { name: 'Back to now' }).click();
  await expect.poll(() => new URL(page.url()).search).toBe('');
  await expect.poll(async () => (await ink(page, '--plot-forecast')).pixels).toBeGreaterThan(50);
});

test('every gesture has a key: values are read, time is zoomed, moved, held and left', async ({ page }) => {
  await open(page, server(), '/assets/transformer');
  await foreseen(page);
  await area(page).focus();
  for (let i = 0; i < 20; i += 1) await page.keyboard.press('ArrowLeft');
  // Three tenths of two days from the begin: the past.
  await expect(readout(page)).toHaveText(/\u00b7 measured -?\d+\.\d\s°C/);
  await expect(page.locator('.trend-plot__cursor')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(readout(page)).toBeEmpty();

  await page.keyboard.press('+');
  const closer = await held(page);
  expect(length(closer) / MINUTE / 60).toBeCloseTo(24, 0);
  await page.keyboard.press('PageUp');
  await expect.poll(async () => (await held(page))[0]).toBeLessThan(closer[0]);
  const earlier = await held(page);
  expect(length(earlier)).toBe(length(closer));
  await page.keyboard.press('-');
  await expect.poll(async () => length(await held(page)) / length(earlier)).toBeCloseTo(2, 3);
  await page.keyboard.press('Home');
  await expect.poll(() => new URL(page.url()).search).toBe('');
  await page.keyboard.press(' ');
  await held(page);
  await page.keyboard.press(' ');
  await expect.poll(() => new URL(page.url()).search).toBe('');
});

test('whoever moves a chart stops at the first entry and at the end of the forecast', async ({ page }) => {
  await open(page, server(), '/assets/transformer');
  await foreseen(page);
  await area(page).focus();
  await page.keyboard.press('PageUp');
  await expect(page.locator('.overview-strip')).toBeVisible();
  for (let i = 0; i < 40; i += 1) await page.keyboard.press('PageUp');
  const back = await held(page);
  expect(Math.abs(back[0] - (Date.now() - HOURS * 60 * MINUTE)) / MINUTE).toBeLessThan(15);
  await page.getByRole('button', { name: 'Earlier' }).click();
  expect(await held(page), 'there is nothing before').toEqual(back);
  for (let i = 0; i < 60; i += 1) await page.keyboard.press('PageDown');
  await area(page).focus();
  for (let i = 0; i < 60; i += 1) await page.keyboard.press('PageDown');
  const ahead = await held(page);
  expect(Math.abs(ahead[1] - (Date.now() + 24 * 60 * MINUTE)) / MINUTE).toBeLessThan(15);
  expect(length(ahead)).toBe(length(back));
});

test('an address that asks for a stretch that cannot be shown is told so, and the usual one is shown', async ({ page }) => {
  for (const [asked, why] of [
    ['from=zz', 'The address does not say which stretch of time it asks for'],
    ['past=3y', 'The address does not say which stretch of time it asks for'],
    ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'The stretch of time in the address ends before it begins'],
  ]) {
    await open(page, server(), `/assets/transformer?${asked}`);
    await expect(said(page)).toHaveText(`${why}: the usual one is shown.`);
    await foreseen(page);
  }
  await page.locator('.stretch-tools__past').selectOption('6h');
  await expect(said(page)).toBeEmpty();
  await open(page, server(), '/assets/transformer?past=6h');
  await expect(said(page)).toBeEmpty();
});

test('the wheel zooms a chart that was chosen, and scrolls the page over one that was not', async ({ page }) => {
  await open(page, server(), '/assets/transformer');
  await foreseen(page);
  const { x, y, width } = await picture(page);
  await page.mouse.move(x + width * 0.25, y);
  await page.mouse.wheel(0, 50);
  await page.waitForFunction(() => window.scrollY > 0);
  expect(new URL(page.url()).search).toBe('');
  const now = await picture(page);
  await page.mouse.click(now.x + now.width * 0.25, now.y);
  await page.mouse.wheel(0, -300);
  const stretch = await held(page);
  expect(length(stretch) / MINUTE / 60).toBeLessThan(36);
  // What was under the pointer stays there: a quarter from the left.
  const at = stretch[0] + length(stretch) / 4;
  const before = Date.now() - 12 * 60 * MINUTE;
  expect(Math.abs(at - before) / MINUTE).toBeLessThan(30);
});

test('a year is looked back at: what the tab never held is fetched, and a stretch before all data says so', async ({ page }) => {
  await open(page, server(), '/assets/transformer?past=7d');
  await expect(page.locator('.stretch-tools__past')).toHaveValue('7d');
  // Three of seven days have data: the line begins past the middle and reaches the end.
  await expect.poll(async () => (await ink(page, '--plot-measured')).pixels).toBeGreaterThan(100);
  const line = await ink(page, '--plot-measured');
  expect(line.right).toBeGreaterThan(0.98);
  await page.locator('.stretch-tools__past').selectOption('365d');
  await expect.poll(() => new URL(page.url()).searchParams.get('past')).toBe('365d');
  await page.goto(`${server().url}/assets/transformer?from=2001-01-01T00:00:00Z&to=2001-01-02T00:00:00Z`);
  // Said once it was looked for, which a chart out of sight is not.
  await chart(page).scrollIntoViewIfNeeded();
  await expect(page.getByText('No data in this stretch of time')).toBeVisible();
});

test('a table and a file hold the stretch that the chart shows', async ({ page }) => {
  await open(page, server(), '/assets/transformer');
  await foreseen(page);
  await area(page).focus();
  await page.keyboard.press('PageUp');
  await page.keyboard.press('PageUp');
  const [from, to] = await held(page);
  await page.getByText('As a table', { exact: true }).click();
  await expect(page.locator('.plot-table tbody tr').first()).toBeVisible();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: /points of the chart as CSV/ }).click();
  const stream = await (await download).createReadStream();
  let text = '';
  for await (const chunk of stream) text += chunk;
  const measured = text.split('\r\n').filter((line) => line.includes(',measured,'));
  const times = measured.map((line) => Date.parse(line.split(',')[0] ?? ''));
  // One neighbour on either side, so that lines reach the edges.
  expect(times.length).toBeGreaterThan(100);
  expect(times.slice(1, -1).every((t) => t >= from - 1000 && t <= to + 1000)).toBe(true);
});

test('what happened is a flag: what is abnormal has a colour, and cursor and table say it in words', async ({ page }) => {
  await open(page, server(), '/assets/transformer?show=top_oil');
  await foreseen(page);
  const flag = (tone: string) => page.locator(`.trend-plot .trend-plot__flag--${tone}`);
  await expect(flag('alarm')).toHaveCount(1);
  await expect(flag('alarm').locator('title')).toContainText('failure, 1 h: fan <stuck>');
  await expect(flag('plain').locator('title')).toContainText('repair: fan replaced');
  await expect(flag('warn').locator('title')).toContainText(/gap, 2 h.* without a sample/);
  // An hour of two days.
  const length = await flag('alarm').locator('.trend-plot__flag-span').getAttribute('width');
  expect(Number.parseFloat(length ?? '')).toBeCloseTo(100 / 48, 1);
  await area(page).focus();
  for (let i = 0; i < 21; i += 1) await page.keyboard.press('ArrowLeft');
  // Twenty-one hundredths of two days before now, an hour more or less.
  await expect(readout(page)).toContainText('failure, 1 h: fan <stuck>');
  await page.getByText('As a table', { exact: true }).click();
  await expect(page.locator('.plot-table__events li')).toHaveCount(3);
  // The hole is one of the oil alone.
  await page.locator('.value-tile[data-quantity="hot_spot"]').click();
  await expect(flag('warn')).toHaveCount(0);
  await expect(flag('alarm')).toHaveCount(1);
  await page.getByRole('button', { name: 'events', exact: true }).click();
  await expect(flag('alarm')).toHaveCount(0);
});

test('a press on the legend hides a line, two show it alone, and the link carries it', async ({ page, browser }) => {
  await open(page, server(), '/assets/transformer');
  await foreseen(page);
  const entry = (name: string) => page.getByRole('list', { name: 'Lines of the chart' }).getByRole('button', { name });
  const pixels = async (token: string) => (await ink(page, token)).pixels;
  const hidden = () => new URL(page.url()).searchParams.get('hide');
  await expect.poll(() => pixels('--plot-forecast')).toBeGreaterThan(50);
  await entry('forecast').click();
  await expect(entry('forecast')).toHaveAttribute('aria-pressed', 'false');
  await expect.poll(() => pixels('--plot-forecast')).toBe(0);
  await expect.poll(hidden).toBe('forecast');

  const other = await browser.newContext();
  const elsewhere = await other.newPage();
  await open(elsewhere, server(), page.url().slice(server().url.length));
  await expect(elsewhere.locator('.plot-legend').getByRole('button', { name: 'forecast' })).toHaveAttribute('aria-pressed', 'false');
  await expect.poll(async () => (await ink(elsewhere, '--plot-measured')).pixels).toBeGreaterThan(100);
  expect((await ink(elsewhere, '--plot-forecast')).pixels).toBe(0);
  await other.close();

  await entry('measured').dblclick();
  await expect.poll(() => pixels('--plot-twin')).toBe(0);
  expect(await pixels('--plot-measured')).toBeGreaterThan(100);
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect.poll(() => pixels('--plot-twin')).toBeGreaterThan(50);
  await expect.poll(hidden).toBe(null);
  // Keys do the same.
  await entry('twin').focus();
  await page.keyboard.press('Shift+Enter');
  await expect.poll(() => pixels('--plot-measured')).toBe(0);
  await page.keyboard.press('Shift+Enter');
  await expect.poll(() => pixels('--plot-measured')).toBeGreaterThan(100);
  await page.keyboard.press(' ');
  await expect(entry('twin')).toHaveAttribute('aria-pressed', 'false');
});

test.describe('on a telephone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test('a finger moves the chart, two fingers pinch it', async ({ page }) => {
    await open(page, server(), '/assets/transformer');
    await foreseen(page);
    const { x, y, width } = await picture(page);
    const devtools = await page.context().newCDPSession(page);
    const touch = (type: string, ...shares: number[]) =>
      devtools.send('Input.dispatchTouchEvent', {
        type: type as 'touchStart',
        touchPoints: shares.map((share, id) => ({ x: x + width * share, y, id })),
      });
    await touch('touchStart', 0.5);
    await touch('touchMove', 0.6);
    await touch('touchMove', 0.75);
    await touch('touchEnd');
    const moved = await held(page);
    expect(length(moved) / MINUTE / 60).toBeCloseTo(48, 0);
    await touch('touchStart', 0.4, 0.6);
    await touch('touchMove', 0.35, 0.65);
    await touch('touchMove', 0.3, 0.7);
    await touch('touchEnd');
    await expect.poll(async () => length(await held(page)) / length(moved)).toBeCloseTo(0.5, 1);
  });
});
