//! What a page says when something is not there, not read, or not heard of any more.

import { BENCH_TOP, discharge } from '../parts/plants.mjs';
import { expect, link, LOST_LINK, open, points, serve, test, tile } from '../support';

const server = serve({ plant: BENCH_TOP }, (server) => server.post(discharge(30)));

test('an unknown asset and an unknown path answer 404 with a page that leads home', async ({ page, allow }) => {
  allow(/the server responded with a status of 404/);
  for (const path of ['/assets/nobody', '/assets/Not%20an%20id', '/nowhere']) {
    const answer = await page.goto(server().url + path);
    expect(answer?.status(), path).toBe(404);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is no such page');
    await page.getByRole('link', { name: 'All assets' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Bench top');
    await expect.poll(() => link(page)).toBe('live');
  }
});

test('a page whose history could not be read shows what comes live', async ({ page, allow }) => {
  allow(LOST_LINK);
  let refused = 0;
  await page.route('**/api/history*', (route) => {
    refused += 1;
    return route.abort();
  });
  await open(page, server(), '/assets/cell');
  await expect.poll(() => refused).toBeGreaterThan(0);
  await server().publish('cell', 'voltage', 3.8765);
  await expect(tile(page, 'voltage').locator('strong')).toHaveText('3.877');
  expect((await points(page, 'cell', 'voltage')).at(-1)?.[1]).toBe(3.8765);
});

test('a page from before an update of the server says that it is out of date', async ({ page }) => {
  await page.routeWebSocket('**/ws', (socket) => {
    socket.connectToServer().onMessage((message) => {
      if (typeof message !== 'string') message[0] += 1;
      socket.send(message);
    });
  });
  await page.goto(`${server().url}/assets/cell`);
  await expect(page.locator('[data-link="outdated"]')).toHaveText('Page out of date');
  await expect(page.getByRole('button', { name: 'Load the page again' })).toBeVisible();
});

test('a server that falls silent is delayed, then stale, and live with its next word', async ({ page }) => {
  let isSilent = false;
  await page.routeWebSocket('**/ws', (socket) => {
    socket.connectToServer().onMessage((message) => void (isSilent || socket.send(message)));
  });
  await page.clock.install();
  await open(page, server(), '/assets/cell');
  isSilent = true;
  await page.clock.fastForward(6_000);
  await expect(page.locator('[data-link="delayed"]')).toHaveText('Delayed');
  await expect(page.locator('.link-note')).toContainText('silent for longer than usual');
  await page.clock.fastForward(12_000);
  await expect(page.locator('[data-link="stale"]')).toHaveText('Stale');
  await expect(page.locator('.link-note')).toContainText('the twin predicts on');
  isSilent = false;
  await server().publish('cell', 'voltage', 3.87);
  await expect(page.locator('[data-link="live"]')).toHaveText('Live');
  await expect(page.locator('.link-note')).toHaveCount(0);
});
