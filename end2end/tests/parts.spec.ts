//! Pages besides fleet and asset are a part of the program by itself: it comes when it is needed, and its absence is said.

import type { Page } from '@playwright/test';

import { BENCH_TOP, discharge } from '../parts/plants.mjs';
import { expect, open, serve, test } from '../support';

const server = serve({ plant: BENCH_TOP }, (server) => server.post(discharge(60)));

const PART = /\/pkg\/pages-[0-9a-f]{12}\.wasm$/;

function asked(page: Page): string[] {
  const parts: string[] = [];
  page.on('request', (request) => {
    if (PART.test(request.url())) parts.push(request.url());
  });
  return parts;
}

test('fleet and asset need no part; another page loads it once, and the tab goes on', async ({ page }) => {
  const parts = asked(page);
  // Looked at as soon as the page is there: after a while the part comes by itself.
  for (const address of ['/', '/assets/cell']) {
    await open(page, server(), address);
    expect(parts).toEqual([]);
  }
  await page.evaluate(() => ((window as any).mark = 1));
  await page.getByRole('link', { name: 'Trends', exact: true }).first().click();
  await expect(page.locator('.trends-page')).toBeVisible();
  await page.getByRole('link', { name: 'Data', exact: true }).first().click();
  await expect(page.locator('.data-page')).toBeVisible();
  expect(parts.length).toBe(1);
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
