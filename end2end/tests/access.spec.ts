//! Pages for everyone: by keyboard, by ear, in the dark, on a telephone.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import { BENCH_TOP, discharge, transformerHours } from '../parts/plants.mjs';
import { expect, ink, open, screenshot, serve, test } from '../support';

const server = serve({ plant: BENCH_TOP }, async (server) => {
  await server.post(discharge(120));
  await server.post(transformerHours(24));
});

const PAGES = [
  { name: 'fleet', path: '/' },
  { name: 'asset', path: '/assets/transformer?load=1.3' },
  { name: 'trends', path: '/trends?lanes=transformer*hot_spot**cell*voltage' },
];
const SCHEMES = ['light', 'dark'] as const;
const WIDTHS = [390, 1280];

/** The names of what Tab reaches, from the top of the page to its end. */
async function tabOrder(page: Page): Promise<string[]> {
  const reached: string[] = [];
  for (let i = 0; i < 80; i += 1) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate(() => {
      const at = document.activeElement;
      if (!at || at === document.body) return undefined;
      const style = getComputedStyle(at);
      const isSeen = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
      const what = at.id || at.getAttribute('data-asset') || at.getAttribute('data-quantity') || at.textContent?.trim();
      return `${at.tagName.toLowerCase()} ${what}${isSeen ? '' : ' without a focus ring'}`;
    });
    if (name === undefined) return reached;
    reached.push(name);
  }
  throw new Error(`the keyboard does not leave the page: ${reached.join(', ')}`);
}

test('tab reaches the way to the content, the tools, the places and one tile, and nothing unseen', async ({ page }) => {
  await open(page, server(), '/');
  const order = await tabOrder(page);
  expect(order.filter((name) => name.includes('without a focus ring'))).toEqual([]);
  const ways = ['Fleet', 'Trends', 'KPIs', 'Data', 'Help', 'About'].map((name) => `a ${name}`);
  const tools = ['input search', 'select zone', 'button share'];
  const start = ['a Skip to content', 'a Twinlight', ...ways, ...tools];
  expect(order.slice(0, start.length)).toEqual(start);
  expect(order.filter((name) => /fleet-/.test(name))).toEqual(['input fleet-text', 'select fleet-sort']);
  const end = ['a Help', 'a About and licences', 'a API', 'summary Diagnostics'];
  expect(order.slice(-8)).toEqual(['a lab2', 'a bay-11', 'a bench-11', 'a cell', ...end]);
});

test('tab reaches every value, every slider and its number, in the order in which they stand', async ({ page }) => {
  await open(page, server(), '/assets/transformer');
  const order = await tabOrder(page);
  expect(order.filter((name) => name.includes('without a focus ring'))).toEqual([]);
  const quantities = await page.locator('.value-tile').evaluateAll((tiles) =>
    tiles.map((tile) => `button ${(tile as HTMLElement).dataset.quantity}`),
  );
  expect(quantities.length).toBeGreaterThan(3);
  const sliders = ['load', 'ambient', 'cooling'].map((name) => `input slider-${name}`);
  // The way to the fleet stands in the header and above the title.
  const wanted = ['a Skip to content', 'a Twinlight', 'a Fleet', 'a Data', 'a Fleet', ...quantities, ...sliders];
  expect(order.filter((name) => wanted.includes(name))).toEqual(wanted);
  const inputs = order.filter((name) => name.startsWith('input') && name !== 'input search');
  expect(inputs.length).toBe(2 * sliders.length);
});

test('a value is chosen for the chart by keyboard, and the address remembers it', async ({ page }) => {
  await open(page, server(), '/assets/transformer');
  const tile = page.locator('.value-tile[data-quantity="top_oil"]');
  await tile.focus();
  await page.keyboard.press('Enter');
  await expect(tile).toHaveAttribute('aria-pressed', 'true');
  await expect(page.locator('#chart-title')).toHaveText('Top-oil temperature');
  await expect(page).toHaveURL(/show=top_oil/);
});

for (const { name, path } of PAGES) {
  for (const scheme of SCHEMES) {
    for (const width of WIDTHS) {
      test(`axe finds nothing on the ${name} page in ${scheme} at ${width} px, and nothing scrolls sideways`, async ({
        page,
      }) => {
        await page.emulateMedia({ colorScheme: scheme });
        await page.setViewportSize({ width, height: width < 600 ? 844 : 900 });
        await open(page, server(), path);
        if (name === 'asset') {
          // On a phone the chart stands below the values, and what is out of sight is not painted.
          await page.locator('canvas').first().scrollIntoViewIfNeeded();
          await expect.poll(async () => (await ink(page, '--plot-scenario')).pixels).toBeGreaterThan(20);
        }
        const { violations, passes } = await new AxeBuilder({ page }).analyze();
        const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
        expect(told).toEqual([]);
        expect(passes.length).toBeGreaterThan(10);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(overflow).toBeLessThanOrEqual(0);
        if (scheme === 'dark') await screenshot(page, `${name}-${scheme}-${width}`);
      });
    }
  }
}

for (const path of ['/help', '/about', '/search?q=cell', '/offline', '/api']) {
  test(`axe finds nothing on ${path}, light or dark, wide or narrow, and nothing scrolls sideways`, async ({ page }) => {
    for (const scheme of SCHEMES) {
      for (const width of WIDTHS) {
        await page.emulateMedia({ colorScheme: scheme });
        await page.setViewportSize({ width, height: 900 });
        await page.goto(server().url + path);
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)).toEqual([]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(overflow).toBeLessThanOrEqual(0);
      }
    }
  });
}
