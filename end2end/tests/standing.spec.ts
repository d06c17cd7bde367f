//! How assets stand on a page that has just come: by what is still open, at the end of a recording, and where nobody knows.

import { expect, open, screenshot, serve, test } from '../support';

const START = Date.parse('2020-01-01T00:00:00Z') * 1_000;
const MINUTE = 60_000_000;

const asset = (id: string, title: string, clock: string) => `
[[asset]]
id = "${id}"
title = "${title}"
model = "power-transformer"
${clock}

[asset.signals]
load = { from = "load" }
ambient = { from = "ambient" }
top_oil = { from = "top_oil" }
hot_spot = { from = "hot_spot" }
`;

/** Two recordings that are over before anybody looks, and two assets of today. */
const PLANT = `title = "Four transformers"

[clock.short]
start = "2020-01-01T00:00:00Z"
end = "2020-01-01T01:00:00Z"
rate = 36000
${asset('calm', 'Calm one', 'clock = "short"')}
${asset('hot', 'Hot one', 'clock = "short"')}
${asset('failed', 'Failed one', '')}
${asset('fresh', 'Fresh one', '')}`;

const readings = (id: string, t: number, hotSpot: number) =>
  Object.entries({ load: 700, ambient: 25, top_oil: 45, hot_spot: hotSpot }).map(([signal, v]) => ({ asset: id, signal, t, v }));

const server = serve({ plant: PLANT }, async (server) => {
  // Nothing is taken in that is ahead of the recording's clock.
  await expect.poll(async () => (await server.get('/api/v1/plant')).assets[0].clock.now).toBe(START + 60 * MINUTE);
  await server.post([...readings('calm', START + 55 * MINUTE, 55), ...readings('hot', START + 55 * MINUTE, 130)]);
  const now = Date.now() * 1_000;
  await server.post([...readings('failed', now - MINUTE, 55), ...readings('fresh', now - MINUTE, 55)]);
  const told = (id: string, kind: string, minutes: number) => ({ asset: 'failed', id, kind, t: now - minutes * MINUTE, note: '' });
  const since = Array.from({ length: 20 }, (_, n) => told(`seen-${n}`, 'seen', 60 - n));
  const answer = await fetch(`${server.url}/api/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([told('f', 'failure', 90), ...since]),
  });
  expect(answer.ok, await answer.text()).toBe(true);
});

const badge = (id: string) => `.asset-tile[data-asset="${id}"] .state-badge`;

test('a failure that nobody has ended stands behind whatever was told since, before any script runs', async ({ browser }) => {
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await page.goto(server().url);
  await expect(page.locator(badge('failed'))).toHaveText(/^Failure for 1 h 3\d min$/);
  await page.goto(`${server().url}/assets/failed`);
  await expect(page.locator('.asset-page__title .state-badge')).toHaveText(/^Failure for 1 h 3\d min$/);
  await expect(page.locator('.event-list li')).toHaveCount(12);
  await page.context().close();
});

test('a failure that nobody has ended is known to a page that was taken over, and to a replay of the minutes since', async ({ page }) => {
  await open(page, server(), '/assets/failed');
  await expect(page.locator('.asset-page__title .state-badge')).toHaveText(/^Failure for 1 h 3\d min$/);
  const [from, to] = [2, 0].map((minutes) => new Date(Date.now() - minutes * 60_000).toISOString());
  await open(page, server(), `/assets/failed/replay?from=${from}&to=${to}`);
  await expect(page.locator('.state-badge').first()).toHaveText(/^Failure for 1 h 2\d min/);
});

test('a recording that ended in alarm says both, and counts as abnormal', async ({ page }) => {
  await open(page, server(), '/');
  await expect(page.locator(badge('hot'))).toHaveText('Ended, in alarm: Hot-spot temperature above normal');
  await expect(page.locator(badge('hot'))).toHaveClass(/state-badge--abnormal/);
  await expect(page.locator(badge('calm'))).toHaveText('Ended');
  await expect(page.locator('.fleet-tools__summary')).toHaveText('4 assets, 2 abnormal, 2 without new data');
  await screenshot(page, 'ended');
});

test('what is not known is not counted as normal, and has a choice of its own', async ({ page }) => {
  await open(page, server(), '/?state=normal');
  await expect(page.locator('.fleet-page__none')).toBeVisible();
  await page.locator('.fleet-tools__choice', { hasText: 'Not known yet' }).click();
  await expect(page).toHaveURL(/\?state=unknown$/);
  await expect(page.locator('.asset-tile:visible')).toHaveCount(1);
  await expect(page.locator(badge('fresh'))).toHaveText('Within limits, still learning');
  for (const [name, count] of [['Not known yet', '1'], ['Normal', '0']]) {
    await expect(page.locator('.fleet-tools__choice', { hasText: name }).last().locator('b')).toHaveText(count);
  }
});
