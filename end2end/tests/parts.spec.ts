//! Pages besides an asset's are parts of the program by themselves: each comes when it is needed, and its absence is said.

import type { Page } from '@playwright/test';

import { BENCH_TOP, discharge } from '../parts/plants.mjs';
import { expect, open, serve, test } from '../support';

const server = serve({ plant: BENCH_TOP }, (server) => server.post(discharge(60)));

const PART = /\/pkg\/(\w+)-[0-9a-f]{12}\.wasm$/;

/** The names of the parts that `page` asks for. */
function asked(page: Page): string[] {
  const parts: string[] = [];
  page.on('request', (request) => {
    const name = PART.exec(request.url())?.[1];
    if (name) parts.push(name);
  });
  return parts;
}

test('an asset needs no part, the fleet its own; another page loads the rest once, and the tab goes on', async ({ page }) => {
  const parts = asked(page);
  const of = (name: string) => parts.filter((part) => part === name).length;
  // Looked at as soon as the page is there: after a while the parts come by themselves.
  await open(page, server(), '/assets/cell');
  expect(parts).toEqual([]);
  await page.evaluate(() => ((window as any).mark = 1));
  await page.getByRole('link', { name: 'Fleet', exact: true }).first().click();
  await expect(page.locator('.fleet-page')).toBeVisible();
  expect(of('fleet')).toBe(1);
  expect(of('pages')).toBe(0);
  await page.getByRole('link', { name: 'Trends', exact: true }).first().click();
  await expect(page.locator('.trends-page')).toBeVisible();
  await page.getByRole('link', { name: 'Data', exact: true }).first().click();
  await expect(page.locator('.data-page')).toBeVisible();
  expect([of('fleet'), of('pages')]).toEqual([1, 1]);
  expect(await page.evaluate(() => (window as any).mark)).toBe(1);
});

test('a page whose part does not come says so, and loads once it is there', async ({ page, allow }) => {
  allow(/net::ERR_|Failed to fetch|failed to load|TypeError/);
  await page.route(PART, (route) => route.abort());
  await open(page, server(), '/assets/cell');
  await page.getByRole('link', { name: 'Trends', exact: true }).first().click();
  await expect(page.getByRole('alert')).toContainText('This page could not be loaded');
  await page.unroute(PART);
  await page.getByRole('button', { name: 'Load again' }).click();
  await expect(page.locator('.trends-page')).toBeVisible();
});

test('a page that is opened without its part is not taken over by halves', async ({ page, allow }) => {
  allow(/net::ERR_|Failed to fetch|failed to load|TypeError/);
  await page.route(PART, (route) => route.abort());
  await page.goto(`${server().url}/trends`);
  await expect(page.getByRole('alert')).toContainText('This page could not be loaded');
});

test('a fleet that is opened without its part is not taken over by halves', async ({ page, allow }) => {
  allow(/net::ERR_|Failed to fetch|failed to load|TypeError/);
  await page.route(PART, (route) => route.abort());
  await page.goto(server().url);
  await expect(page.getByRole('alert')).toContainText('This page could not be loaded');
  await page.unroute(PART);
  await page.getByRole('button', { name: 'Load again' }).click();
  await expect(page.locator('.asset-tile').first()).toBeVisible();
});
