//! A fleet: which assets need a look, where they stand, and what comes next; by pointer, by keyboard, and without scripts.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import { expect, open, screenshot, serve, test } from '../support';

const MINUTE = 60_000_000;
const STEP = 5 * MINUTE;

const asset = (id: string, title: string, path: string, more = '') => `
[[asset]]
id = "${id}"
title = "${title}"
model = "power-transformer"
path = "${path}"
${more}

[asset.signals]
load = { from = "load" }
ambient = { from = "ambient" }
top_oil = { from = "top_oil" }
hot_spot = { from = "hot_spot" }
`;

const PLANT = `title = "Four transformers"
${asset('calm', 'Calm one', 'north/yard/bay 1')}
${asset('mute', 'Mute one', 'south/mill')}
${asset('warming', 'Warming one', 'north/yard/bay 2', 'feeds = ["calm"]')}
${asset('hot', 'Hot one', 'south/mill')}`;

/** Four hours of a transformer, every five minutes: its load, and how its temperatures went. */
function hours(id: string, load: number, oil: [number, number], hot: [number, number]) {
  const last = Math.floor((Date.now() * 1000) / STEP) * STEP;
  return Array.from({ length: 48 }, (_, i) => {
    const between = ([from, to]: [number, number]) => Number((from + ((to - from) * i) / 47).toFixed(2));
    const reading = (signal: string, v: number) => ({ asset: id, signal, t: last - (47 - i) * STEP, v });
    return [reading('load', load), reading('ambient', 25), reading('top_oil', between(oil)), reading('hot_spot', between(hot))];
  }).flat();
}

/** A day and an hour in which the load was high a day ago, for six hours from now on: it will be again. */
function dayOfPeak(id: string) {
  const last = Math.floor((Date.now() * 1000) / STEP) * STEP;
  return Array.from({ length: 25 * 12 }, (_, i) => {
    const reading = (signal: string, v: number) => ({ asset: id, signal, t: last - (25 * 12 - 1 - i) * STEP, v });
    return [reading('load', i >= 12 && i < 7 * 12 ? 2200 : 700), reading('ambient', 25)];
  }).flat();
}

const server = serve({ plant: PLANT }, async (server) => {
  await server.post(hours('calm', 700, [45, 45], [53, 53]));
  await server.post(dayOfPeak('warming'));
  await server.post(hours('hot', 900, [52, 52], [66, 130]));
});

const tiles = (page: Page) => page.locator('.asset-tile:visible');
const shown = (page: Page) => tiles(page).evaluateAll((all) => all.map((tile) => (tile as HTMLElement).dataset.asset));
const state = (page: Page, name: string) => page.locator('.fleet-tools__choice', { hasText: name });

/** Waits until the page has looked ahead. */
async function hinted(page: Page): Promise<void> {
  await expect(page.locator('.asset-tile[data-asset="warming"] .asset-tile__hint')).toContainText('Hot spot above 120 °C in ');
}

test('the most urgent stand first: abnormal, soon abnormal, silent, normal', async ({ page }) => {
  await open(page, server(), '/');
  await hinted(page);
  await expect.poll(() => shown(page)).toEqual(['hot', 'warming', 'mute', 'calm']);
  await expect(page.locator('.fleet-tools__summary')).toHaveText('4 assets, 1 abnormal, 1 soon abnormal, 1 without new data');
  await screenshot(page, 'fleet-urgency');
});

test('what comes next is told in words: what, when, and how likely', async ({ page }) => {
  await open(page, server(), '/');
  const hint = page.locator('.asset-tile[data-asset="warming"] .asset-tile__hint');
  await expect(hint).toHaveText(/^Hot spot above 120 °C in (\d+ h( \d+ min)?|\d+ min) \(90 %: \d+ .* to .*\d+ (d|h|min)\), (\d+ % likely|all but certain)$/);
  await expect(page.locator('.asset-tile[data-asset="calm"] .asset-tile__hint')).toHaveText(/^No limit likely to be met within 1 d; still learning, no other alarm for about /);
  await expect(page.locator('.asset-tile[data-asset="mute"] .asset-tile__hint')).toHaveText('No forecast yet');
});

test('text, state, place, order and view stand in the address, and a link opens to the same', async ({ page, browser }) => {
  await open(page, server(), '/');
  await hinted(page);
  await page.getByLabel('Find').fill('one');
  await expect(page).toHaveURL(/\?q=one$/);
  await page.getByLabel('Sort by').selectOption('Name');
  await state(page, 'List').click();
  await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'north' }).click();
  await expect(page).toHaveURL(/\?q=one&sort=name&view=list&site=north$/);
  await expect.poll(() => shown(page)).toEqual(['calm', 'warming']);
  await expect(page.locator('.fleet-page__tiles')).toHaveClass(/--list/);
  await expect(page.getByLabel('Find')).toHaveValue('one');

  const other = await browser.newPage();
  await open(other, server(), new URL(page.url()).search.replace(/^/, '/'));
  await expect.poll(() => shown(other)).toEqual(['calm', 'warming']);
  await expect(other.getByLabel('Sort by')).toHaveValue('name');
  await other.close();

  await page.getByRole('link', { name: 'Twinlight' }).click();
  await expect(page.getByLabel('Find')).toHaveValue('');
  await expect.poll(async () => (await shown(page)).length).toBe(4);
});

test('each place says how many of its assets are abnormal, and opens as far as one goes', async ({ page }) => {
  await open(page, server(), '/');
  const places = page.getByRole('navigation', { name: 'Places' });
  await expect(places.getByRole('link')).toHaveText(['Everywhere1 abnormal of4', 'north2', 'south1 abnormal of2']);
  await places.getByRole('link', { name: 'north' }).click();
  await places.getByRole('link', { name: 'yard' }).click();
  await expect(places.getByRole('link')).toHaveText([/^Everywhere/, 'north2', 'yard2', 'bay 11', 'bay 21', /^south/]);
  await expect(places.locator('[aria-current]')).toHaveText('yard2');
  expect(await shown(page)).not.toContain('hot');
});

test('a value that becomes abnormal is counted, and its asset comes first', async ({ page }) => {
  await open(page, server(), '/?sort=');
  await hinted(page);
  await state(page, 'Abnormal').first().click();
  await expect.poll(() => shown(page)).toEqual(['hot']);
  const post = (v: number) => server().post([{ asset: 'calm', signal: 'hot_spot', t: Date.now() * 1000, v }]);
  await post(125);
  await expect.poll(() => shown(page)).toEqual(['calm', 'hot']);
  await post(54);
  await expect.poll(() => shown(page)).toEqual(['hot']);
  await page.getByLabel('Find').fill('nothing of this name');
  await expect(page.getByRole('heading', { name: 'No asset fits' })).toBeVisible();
  await page.getByRole('link', { name: 'Show all assets' }).click();
  await expect.poll(async () => (await shown(page)).length).toBe(4);
});

test('arrows move among the tiles, Enter opens one, and Tab leaves them', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 900 });
  await open(page, server(), '/?sort=name');
  const focused = () => page.evaluate(() => (document.activeElement as HTMLElement).dataset.asset);
  await tiles(page).first().focus();
  expect(await focused()).toBe('calm');
  await page.keyboard.press('ArrowRight');
  expect(await focused()).toBe('hot');
  await page.keyboard.press('End');
  expect(await focused()).toBe('warming');
  await page.keyboard.press('ArrowUp');
  expect(await focused()).toBe('calm');
  await page.keyboard.press('ArrowDown');
  expect(await focused()).toBe('warming');
  await page.keyboard.press('Home');
  await page.keyboard.press('Tab');
  expect(await focused()).toBeUndefined();
  await page.keyboard.press('Shift+Tab');
  expect(await focused()).toBe('calm');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Calm one');
});

test('a tile out of sight is not painted until it is seen', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 500 });
  await open(page, server(), '/?sort=name');
  await hinted(page);
  const plot = page.locator('.asset-tile[data-asset="warming"] figure');
  await expect(plot).not.toHaveAttribute('data-drawn-seq');
  await plot.scrollIntoViewIfNeeded();
  await expect(plot).toHaveAttribute('data-drawn-seq', /^\d+$/);
});

const nodes = (page: Page) => page.locator('.plant-plan [data-asset]:visible');
const node = (page: Page, asset: string) => page.locator(`.plant-plan [data-asset="${asset}"]`);

test('the plan shows where each asset stands, how it is and what it measures, and follows', async ({ page }) => {
  await open(page, server(), '/');
  await state(page, 'Plan').click();
  await expect(page).toHaveURL(/\?view=plan$/);
  await expect(nodes(page)).toHaveCount(4);
  await expect(page.locator('.asset-tile')).toHaveCount(0);
  await expect(page.getByRole('radio', { name: 'Plan' })).toBeFocused();
  // As lists in lists: sites, places, assets.
  const south = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'south', level: 2 }) });
  await expect(south.getByRole('heading', { name: 'mill', level: 3 })).toBeVisible();
  await expect(south.locator('[data-asset]')).toHaveCount(2);
  await expect(node(page, 'hot')).toHaveAttribute('data-state', 'abnormal');
  await expect(node(page, 'hot')).toContainText('above normal');
  await expect(node(page, 'mute')).toHaveAttribute('data-state', 'silent');
  await expect(node(page, 'calm')).toContainText(/Hot-spot.*5\d\.\d.*°C/);
  await server().post([{ asset: 'calm', signal: 'hot_spot', t: Date.now() * 1000, v: 56.5 }]);
  await expect(node(page, 'calm')).toContainText(/Hot-spot.*56\.5.*°C/);
  await expect(node(page, 'warming')).toContainText('Feeds Calm one');

  await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'north' }).click();
  await expect(nodes(page)).toHaveCount(2);
  await expect(page.getByRole('heading', { name: 'south' })).toBeHidden();
  await state(page, 'Grid').click();
  await expect.poll(() => shown(page)).toEqual(['warming', 'calm']);
});

test('arrows move among the boxes of a plan, Enter opens one, and Tab leaves them', async ({ page }) => {
  await open(page, server(), '/?view=plan');
  await expect(nodes(page)).toHaveCount(4);
  const focused = () => page.evaluate(() => document.activeElement!.closest('[data-asset]')?.getAttribute('data-asset'));
  await expect(page.locator('.plant-plan__link[tabindex="0"]')).toHaveCount(1);
  await page.locator('.plant-plan__link').first().focus();
  await page.keyboard.press('Home');
  expect(await focused()).toBe('calm');
  await page.keyboard.press('ArrowRight');
  expect(await focused()).toBe('warming');
  await page.keyboard.press('End');
  expect(await focused()).toBe('hot');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Hot one');
});

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [390, 1280]) {
    test(`axe finds nothing on the plan in ${scheme} at ${width} px, and no text is cut`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 900 });
      await open(page, server(), '/?view=plan');
      await expect(nodes(page)).toHaveCount(4);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)).toEqual([]);
      const wide = await page.evaluate(() => {
        const cut = [...document.querySelectorAll('.plant-plan *:not(svg, svg *, .visually-hidden)')];
        return cut.filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0).map((one) => one.outerHTML);
      });
      expect(wide).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      await screenshot(page, `fleet-plan-${scheme}-${width}`);
    });
  }
}

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [390, 1280]) {
    test(`axe finds nothing on the list in ${scheme} at ${width} px, and nothing scrolls sideways`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 900 });
      await open(page, server(), '/?view=list');
      await hinted(page);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      await screenshot(page, `fleet-list-${scheme}-${width}`);
    });
  }
}

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('the plan is whole', async ({ page }) => {
    await page.goto(`${server().url}/?view=plan`);
    await expect(nodes(page)).toHaveCount(4);
    await expect(node(page, 'hot')).toContainText('above normal');
  });

  test('the form asks the server, and links carry what was asked', async ({ page }) => {
    await page.goto(server().url);
    expect(await shown(page)).toEqual(['hot', 'mute', 'calm', 'warming']);
    await page.getByLabel('Find').fill('north');
    await page.getByLabel('Sort by').selectOption('Name');
    await page.getByRole('button', { name: 'Show' }).click();
    expect(await shown(page)).toEqual(['calm', 'warming']);
    await expect(page.getByLabel('Find')).toHaveValue('north');
    await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'south' }).click();
    await expect(page).toHaveURL(/q=north.*site=south/);
    await expect(page.getByRole('heading', { name: 'No asset fits' })).toBeVisible();
  });
});
