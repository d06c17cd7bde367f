//! What stands around every page: search, keys, the time zone, links to share, and pages of mere words.

import type { Page } from '@playwright/test';

import { BENCH_TOP, discharge, transformerHours } from '../parts/plants.mjs';
import { expect, foreseen, open, serve, test } from '../support';

const IN_LOS_ANGELES = BENCH_TOP.replace('path = "lab/bench-1"', 'path = "lab/bench-1"\nzone = "America/Los_Angeles"');
/** Clocks in Berlin are set back at 01:00 UTC on this day: the hour from 02:00 comes twice. */
const BEFORE = Date.UTC(2025, 9, 26, 0, 30) * 1000;
const AFTER = Date.UTC(2025, 9, 26, 1, 30) * 1000;

const server = serve({ plant: IN_LOS_ANGELES }, async (server) => {
  await server.post(discharge(120));
  await server.post(transformerHours(24));
  for (const [id, t] of [['summer', BEFORE], ['winter', AFTER]]) {
    const answer = await fetch(`${server.url}/api/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ asset: 'cell', id, kind: 'inspected', t, note: id }]),
    });
    expect(answer.status).toBe(200);
  }
});

const field = (page: Page) => page.getByRole('combobox', { name: 'Search assets, signals and pages' });
const options = (page: Page) => page.getByRole('listbox', { name: 'Found' }).getByRole('option');
const event = (page: Page, note: string) => page.locator('.event-list li', { hasText: note }).locator('time');

test('a slash leads to the search, arrows choose, Enter opens, and the page is never loaded anew', async ({ page }) => {
  await open(page, server(), '/');
  await page.evaluate(() => ((window as any).mark = 'same page'));
  await page.keyboard.press('/');
  await expect(field(page)).toBeFocused();
  await page.keyboard.type('hot sp');
  await expect(options(page)).toHaveCount(1);
  await expect(field(page)).toHaveAttribute('aria-expanded', 'true');
  await expect(page.locator('#search-said')).toHaveText('1 found');
  await page.keyboard.press('ArrowDown');
  const chosen = await field(page).getAttribute('aria-activedescendant');
  await expect(page.locator(`#${chosen}`)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/assets\/transformer\?show=hot_spot/);
  await expect(page.locator('#chart-title')).toHaveText(/hot.spot/i);
  expect(await page.evaluate(() => (window as any).mark)).toBe('same page');
});

test('Ctrl and K lead to the search, Escape closes it, and words with no choice open the page of results', async ({ page }) => {
  await open(page, server(), '/');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('under test');
  await expect(options(page).first()).toContainText('Cell under test');
  await page.keyboard.press('ArrowUp');
  await expect(options(page).last()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('listbox', { name: 'Found' })).toBeHidden();
  await expect(field(page)).toHaveAttribute('aria-expanded', 'false');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/search\?q=under\+test/);
  await expect(page.getByRole('link', { name: 'Transformer under test' })).toHaveAttribute('href', '/assets/transformer');
});

test('what was found opens by mouse too', async ({ page }) => {
  await open(page, server(), '/');
  await field(page).fill('cell');
  await options(page).first().click();
  await expect(page).toHaveURL(/\/assets\/cell/);
});

test('keys lead from page to page, are not heard in fields, and can be switched off', async ({ page }) => {
  await open(page, server(), '/assets/cell');
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await expect(page).toHaveURL(/\/data$/);
  await page.keyboard.press('g');
  await page.keyboard.press('f');
  await expect(page).toHaveURL(`${server().url}/`);
  await field(page).fill('');
  await page.keyboard.type('g?d');
  await expect(field(page)).toHaveValue('g?d');
  await page.keyboard.press('Escape');
  await page.locator('main').click({ position: { x: 2, y: 2 } });
  await page.keyboard.press('?');
  await expect(page).toHaveURL(/\/help$/);
  await page.getByRole('button', { name: 'Switch single keys off' }).click();
  await expect(page.getByRole('button', { name: 'Switch single keys on' })).toBeVisible();
  await open(page, server(), '/');
  await page.keyboard.press('/');
  await expect(field(page)).not.toBeFocused();
  await page.keyboard.press('Control+k');
  await expect(field(page)).toBeFocused();
});

test('the zone stands in the address, survives a reload and goes along to the next page', async ({ page }) => {
  await open(page, server(), '/assets/cell');
  await foreseen(page);
  await expect(event(page, 'summer')).toContainText(/02:30:00.*(CEST|GMT\+2)/);
  const picker = page.getByRole('combobox', { name: 'Time zone' });
  await expect(picker.getByRole('option')).toHaveText(['Local time', 'UTC', 'America/Los Angeles']);
  await picker.selectOption('America/Los_Angeles');
  await expect(page).toHaveURL(/tz=America%2FLos_Angeles/);
  await expect(event(page, 'summer')).toContainText(/17:30:00.*(PDT|GMT-7)/);
  await page.reload();
  await expect(event(page, 'summer')).toContainText(/17:30:00.*(PDT|GMT-7)/);
  await expect(picker).toHaveValue('America/Los_Angeles');
  await page.getByRole('link', { name: 'Data' }).click();
  await expect(page).toHaveURL(/\/data\?tz=America%2FLos_Angeles/);
  await picker.selectOption('UTC');
  await page.getByRole('link', { name: 'Twinlight' }).first().click();
  await expect(page).toHaveURL(`${server().url}/?tz=UTC`);
});

test('where clocks are set back, both hours are told apart', async ({ page }) => {
  await open(page, server(), '/assets/cell?tz=Europe%2FBerlin');
  await expect(event(page, 'summer')).toContainText(/02:30:00.*(CEST|GMT\+2)/);
  await expect(event(page, 'winter')).toContainText(/02:30:00.*(CET|GMT\+1)/);
  await page.getByRole('combobox', { name: 'Time zone' }).selectOption('UTC');
  await expect(event(page, 'summer')).toContainText('00:30:00');
  await expect(event(page, 'winter')).toContainText('01:30:00');
});

test('a zone that the browser does not know changes nothing', async ({ page }) => {
  await open(page, server(), '/assets/cell?tz=Nowhere%2FLand');
  await expect(event(page, 'winter')).toContainText(/02:30:00.*(CET|GMT\+1)/);
  await expect(page.getByRole('combobox', { name: 'Time zone' })).toHaveValue('');
});

test('a link to the whole view is copied, and opens to the same elsewhere', async ({ page, context, browser }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, server(), '/assets/transformer?show=top_oil&tz=UTC');
  await page.getByRole('button', { name: 'Copy a link to this view' }).click();
  await expect(page.getByText('Link copied')).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const other = await browser.newPage();
  await other.goto(link);
  await expect(other.locator('#chart-title')).toHaveText('Top-oil temperature');
  await expect(other.getByRole('combobox', { name: 'Time zone' })).toHaveValue('UTC');
  await other.close();
});

test('the program can be installed: its manifest is read, and its icons are as large as they say', async ({ page }) => {
  await open(page, server(), '/');
  const devtools = await page.context().newCDPSession(page);
  const { errors, data } = await devtools.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  for (const { src, sizes, type } of JSON.parse(data!).icons) {
    const answer = await fetch(server().url + src);
    expect(answer.headers.get('content-type')).toBe(type);
    if (type !== 'image/png') continue;
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`).toBe(sizes);
  }
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('the search is a form that leads to what is meant', async ({ page }) => {
    await page.goto(server().url);
    await page.getByRole('searchbox', { name: 'Search assets, signals and pages' }).fill('top oil');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Top-oil temperature', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Transformer under test');
  });
});
