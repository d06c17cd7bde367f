//! A link that is cut: the twin predicts on in the place of measurements, and says afterwards how well.

import type { Page } from '@playwright/test';

import { BENCH_TOP, discharge, nowMicros } from '../parts/plants.mjs';
import { expect, foreseen, link, LOST_LINK, open, screenshot, serve, test, tile } from '../support';

const server = serve({ plant: BENCH_TOP }, (server) => server.post(discharge(120)));

/** Cuts and mends the link of a page, while the server goes on. */
async function wire(page: Page): Promise<{ cut: () => Promise<void>; mend: () => Promise<void> }> {
  let isCut = false;
  const ends: (() => void)[] = [];
  await page.routeWebSocket('**/ws', (socket) => {
    if (isCut) return void socket.close();
    socket.connectToServer();
    ends.push(() => void socket.close());
  });
  return {
    cut: async () => {
      isCut = true;
      ends.splice(0).forEach((end) => end());
      await expect.poll(() => link(page)).toBe('reconnecting');
    },
    mend: async () => {
      isCut = false;
      await page.evaluate(() => window.dispatchEvent(new Event('online')));
      await expect.poll(() => link(page)).toBe('live');
    },
  };
}

const origin = (page: Page, quantity: string) => tile(page, quantity).locator('.value-tile__origin');

/** Of the last second, but for the half in which the clocks of both may differ. */
const samples = (count: number, v: number) =>
  Array.from({ length: count }, (_, i) => ({ asset: 'cell', signal: 'voltage', t: nowMicros() - 500_000 - (count - i) * 20_000, v }));

test('a value is called predicted while the link is lost, and the prediction is scored once it is back', async ({ page, allow }) => {
  allow(LOST_LINK);
  const { cut, mend } = await wire(page);
  await open(page, server(), '/assets/cell?show=voltage');
  await foreseen(page);
  await expect(origin(page, 'voltage')).toContainText('measured');
  await expect(page.locator('.loss-note__said')).toHaveText('');

  await cut();
  await expect(origin(page, 'voltage')).toContainText(/^predicted, 90 %: [\d.]+ to [\d.]+; measured [3-9] s ago/);
  await expect(tile(page, 'voltage')).toHaveClass(/value-tile--predicted/);
  await expect(page.getByRole('figure').first().locator('figcaption')).toContainText('is predicted at');
  await screenshot(page, 'link-lost-predicted');
  await server().post(samples(25, 4.0));

  await mend();
  const note = page.getByRole('group', { name: 'After the loss of the link' });
  await expect(note.getByRole('status')).toContainText(/The connection was lost for \d+ s. Meanwhile the twin predicted:/);
  await expect(note).toContainText(/Terminal voltage within [\d.]+\sV on average, \d+ % of 25 samples inside its 90 % band/);
  await expect(origin(page, 'voltage')).toHaveText(/^measured/);
  await expect(tile(page, 'voltage').locator('strong')).toHaveText('4.000');
  await screenshot(page, 'link-regained');

  // It stays from page to page, and goes when it has been read.
  await page.getByRole('link', { name: 'Twinlight' }).click();
  await page.locator('.asset-tile[data-asset="cell"]').click();
  await expect(note).toContainText('of 25 samples');
  await note.getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.locator('.loss-note__said')).toHaveText('');
});

test('the next loss takes the place of the one before', async ({ page, allow }) => {
  allow(LOST_LINK);
  const { cut, mend } = await wire(page);
  await open(page, server(), '/assets/cell?show=voltage');
  await foreseen(page);
  for (const count of [1, 3]) {
    await cut();
    await expect(page.locator('.loss-note__said')).toHaveText('');
    await expect(origin(page, 'voltage')).toContainText(/measured [2-9] s ago/);
    await server().post(samples(count, 3.9 + count / 100));
    await mend();
    await expect(page.locator('.loss-note')).toContainText(count === 1 ? 'of 1 sample ' : 'of 3 samples ');
  }
});

test('on the fleet page, too, what is predicted is not called measured', async ({ page, allow }) => {
  allow(LOST_LINK);
  const { cut, mend } = await wire(page);
  await open(page, server(), '/');
  const cell = page.locator('.asset-tile[data-asset="cell"]');
  await expect(cell.locator('.asset-tile__hint')).not.toHaveText(/yet/);
  await cut();
  await expect(cell.locator('.asset-tile__age')).toHaveText(/^predicted; measured \d+/);
  await mend();
  await expect(cell.locator('.asset-tile__age')).toHaveText(/^(just now|\d+)/);
});

test('an alarm stays when the link is lost, as last known, and what is silent is said beside it', async ({ page, allow }) => {
  allow(LOST_LINK);
  const { cut, mend } = await wire(page);
  await server().publish('cell', 'voltage', 2.9);
  await open(page, server(), '/');
  const badge = page.locator('.asset-tile[data-asset="cell"] .state-badge');
  const summary = page.locator('.fleet-tools__summary');
  await expect(badge).toHaveText('Terminal voltage below normal');
  await expect(summary).toHaveText('2 assets, 1 abnormal, 1 without new data');
  await cut();
  await expect(badge).toHaveText('Terminal voltage below normal, as last known; stale', { timeout: 40_000 });
  await expect(badge).toHaveClass(/state-badge--abnormal/);
  await expect(summary).toHaveText('2 assets, 1 abnormal, 2 without new data');
  await screenshot(page, 'condition-lost');
  await mend();
  await server().publish('cell', 'voltage', 3.9);
  await expect(badge).not.toContainText('below normal');
});

test('a page whose socket never opens gets older, calls nothing normal and claims no twin', async ({ page, allow }) => {
  allow(LOST_LINK);
  await page.routeWebSocket('**/ws', (socket) => void socket.close());
  await server().publish('cell', 'voltage', 3.9);
  await page.goto(`${server().url}/assets/cell`);
  const badge = page.locator('.asset-page__title .state-badge');
  await expect(page.locator('.link-note')).toContainText('no twin has started in this page, and nothing is predicted');
  await expect(page.locator('.asset-page__age')).toHaveText(/^last sample ([3-9]|\d\d) s ago/);
  await expect(badge).toHaveText('Stale', { timeout: 40_000 });
  await screenshot(page, 'condition-no-socket');
});
