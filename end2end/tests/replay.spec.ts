//! An incident, looked at again: a window of the past runs through the twin in this tab, which comes to the server's bits.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import { BENCH_TOP, transformerHours } from '../parts/plants.mjs';
import { chart, expect, ink, open, screenshot, serve, test, tile } from '../support';

const MINUTE = 60_000_000;
const readings = transformerHours(24);
/** Entry 801: between two rounds of telemetry. */
const tapped = { asset: 'transformer', id: 'tap-1', t: readings[800].t - MINUTE, kind: 'tap-change', note: 'by hand' };

const server = serve({ plant: BENCH_TOP }, async (server) => {
  await server.post(readings.slice(0, 800));
  const answer = await fetch(`${server.url}/api/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(tapped),
  });
  expect(answer.ok).toBe(true);
  await server.post(readings.slice(800));
});

const rfc3339 = (micros: number) => new Date(micros / 1_000).toISOString();
/** Six hours around the event, from one round of telemetry to another: entries 661 to 948. */
const FROM = readings[660].t;
const TO = readings[660].t + 355 * MINUTE;
const WINDOW = `/assets/transformer/replay?from=${rfc3339(FROM)}&to=${rfc3339(TO)}`;

const badge = (page: Page) => page.locator('.replay-badge');
const tools = (page: Page) => page.getByRole('group', { name: 'Replay' });
const press = (page: Page, name: string) => tools(page).getByRole('button', { name, exact: true }).click();
const scrubber = (page: Page) => tools(page).getByRole('slider');

type Standing = { seq: number; hash: string; first: number; last: number };

/** Where the replay rests. */
async function standing(page: Page): Promise<Standing> {
  const [seq, hash, first, last] = (await page.evaluate(() => (window as any).twinlight?.replay())) ?? [];
  return { seq, hash, first, last };
}

/** Waits until it rests after entry `seq`, and looks whether the twin is the server's after that one. */
async function restsAt(page: Page, seq: number): Promise<void> {
  await expect.poll(async () => (await standing(page)).seq).toBe(seq);
  const { hash } = await standing(page);
  const answer = await fetch(`${server().url}/api/v1/twin?asset=transformer&seq=${seq}`);
  expect(answer.status).toBe(200);
  // The last field of the frame is the hash, in groups of seven bits.
  const tail: number[] = [];
  for (let rest = BigInt(`0x${hash}`); ; rest >>= 7n) {
    tail.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    if (rest <= 127n) break;
  }
  const frame = [...new Uint8Array(await answer.arrayBuffer())];
  expect(frame.slice(-tail.length), `the state after entry ${seq}`).toEqual(tail);
}

async function ready(page: Page, path = WINDOW): Promise<void> {
  await open(page, server(), path);
  await expect(tools(page).getByRole('button', { name: 'Play' })).toBeVisible();
}

test('after each entry of a replay the twin is the server\u2019s after that entry, whichever way it was come to', async ({ page }) => {
  await ready(page);
  await restsAt(page, 664);
  expect(await standing(page)).toMatchObject({ first: 661, last: 949 });
  await press(page, 'One entry on');
  await restsAt(page, 665);
  await tools(page).getByLabel('Speed').selectOption('fastest');
  await press(page, 'Play');
  await restsAt(page, 949);
  await expect(tools(page).getByRole('button', { name: 'Play' })).toBeVisible();
  // Back, from a state that is kept in this tab, and on again.
  await scrubber(page).fill(String(100 * 60_000));
  await restsAt(page, 664 + 20 * 4);
  await press(page, 'One entry back');
  await restsAt(page, 743);
  await press(page, 'Next event');
  await restsAt(page, 801);
  await scrubber(page).fill(String(300 * 60_000));
  await restsAt(page, 905);
  await page.reload();
  await restsAt(page, 905);
});

test('it says that it is a replay, shows what was known, and beside the forecast what then came', async ({ page }) => {
  await ready(page, `${WINDOW}&at=${rfc3339(FROM + 180 * MINUTE)}&show=hot_spot`);
  await expect(badge(page)).toHaveText(/^Replay, .*20\d\d.*, paused/);
  await expect(page.locator('#link-status')).toHaveAttribute('data-link', 'replay');
  await expect(chart(page).locator('figcaption')).toContainText('forecast');
  const round = readings.find((reading) => reading.signal === 'hot_spot' && reading.t === FROM + 180 * MINUTE);
  await expect(tile(page, 'hot_spot')).toContainText(`${round?.v.toFixed(1)}`);
  await expect(page.getByText(/Of \d+ measurements that then came, \d+ lie in the 90\s% band/)).toBeVisible();
  expect((await ink(page, '--plot-measured')).right).toBeGreaterThan(0.55);
  // So does the table: what was known, and what was not.
  await page.getByText('As a table').click();
  const rows = page.locator('.plot-table tbody tr');
  await expect(page.getByRole('columnheader', { name: /^What then came/ })).toBeVisible();
  const cells = async (row: number) => (await rows.nth(row).locator('td').allTextContents()).slice(0, 2);
  expect(await cells(0)).toEqual([expect.stringMatching(/\d/), '\u2013']);
  const known = await rows.locator('td:first-of-type').allTextContents();
  expect(await cells(known.findIndex((cell) => !/\d/.test(cell)))).toEqual(['\u2013', expect.stringMatching(/\d/)]);
  await page.getByText('As a table').click();
  // Only what had happened by then has happened.
  const events = page.locator('.event-list');
  await expect(events).toContainText('tap-change');
  await screenshot(page, 'replay');
  await scrubber(page).fill('0');
  await expect(events).toContainText('None yet');
  // Where nothing is left to come, nothing is drawn.
  await page.keyboard.press('End');
  await expect.poll(async () => (await ink(page, '--plot-measured')).right).toBeLessThan(0.52);
});

test('events are marked on the chart once they have happened, and those before the window are known', async ({ page }) => {
  await ready(page, `${WINDOW}&at=${rfc3339(FROM + 180 * MINUTE)}`);
  const flags = page.locator('.trend-plot__flag--plain title');
  await expect(flags.filter({ hasText: 'by hand' })).toHaveCount(1);
  await scrubber(page).fill('0');
  await expect(flags).toHaveCount(0);
  // A window that opens after it.
  const after = tapped.t + 30 * MINUTE;
  await ready(page, `/assets/transformer/replay?from=${rfc3339(after)}&to=${rfc3339(TO)}`);
  await expect(page.locator('.event-list')).toContainText('tap-change');
  await expect(flags.filter({ hasText: 'by hand' })).toHaveCount(1);
});

test('an event leads to what led to it, and an instant to what could have been done', async ({ page }) => {
  await open(page, server(), '/assets/transformer');
  await page.locator('.event-list').getByRole('link', { name: /Replay from 5 min before tap-change/ }).click();
  await expect(page).toHaveURL(/\/assets\/transformer\/replay\?from=/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Replay of Transformer under test');
  await press(page, 'Next event');
  await restsAt(page, 801);
  await page.getByRole('link', { name: 'What if somebody had acted here?' }).click();
  await expect(page.locator('.result-pin').getByRole('status')).toHaveText(/^Same result as in the link/);
  await expect(page.locator('.result-pin')).toContainText('(entry 801)');
  await expect(page.locator('#link-status'), 'the replay is over').toHaveAttribute('data-link', 'live');
});

test('it plays, pauses and steps by keyboard, and the address says where it is', async ({ page }) => {
  await ready(page, `${WINDOW}&speed=3600`);
  await restsAt(page, 664);
  await page.keyboard.press(' ');
  await expect(badge(page)).toContainText('\u00d73600');
  await expect.poll(async () => (await standing(page)).seq).toBeGreaterThan(680);
  await page.keyboard.press(' ');
  await expect(badge(page)).toContainText('paused');
  const { seq } = await standing(page);
  await page.keyboard.press('ArrowRight');
  await restsAt(page, seq + 1);
  await page.keyboard.press('ArrowLeft');
  await restsAt(page, seq);
  await expect(page).toHaveURL(/[?&]at=20/);
  await tools(page).getByLabel('Speed').selectOption('60');
  await expect(page).toHaveURL(/[?&]speed=60/);
  // Where a button has the focus, the keys of the tools are heard as well.
  await tools(page).getByRole('button', { name: 'Play' }).focus();
  await page.keyboard.press('ArrowRight');
  await restsAt(page, seq + 1);
});

test('what cannot be replayed says why, and what takes long can be cancelled', async ({ page, allow }) => {
  allow(/status of 404/);
  const fetched = page.locator('.replay-tools__fetch');
  await open(page, server(), '/assets/transformer/replay?from=2001-01-01T00:00:00Z&to=2001-01-02T00:00:00Z');
  await expect(fetched).toContainText('Nothing that was measured in it is kept');
  await page.route('**/api/v1/twin?*', (route) => route.fulfill({ status: 404, json: { error: 'it was made by another model' } }));
  await open(page, server(), WINDOW);
  await expect(fetched).toContainText('The twin as it was before cannot be had: it was made by another model.');
  await page.unroute('**/api/v1/twin?*');
  let goOn = () => {};
  await page.route('**/api/v1/entries?*after=*', async (route) => {
    await new Promise<void>((done) => (goOn = done));
    await route.continue();
  });
  await page.reload();
  await expect(fetched).toContainText('Fetching the entries of this window');
  await fetched.getByRole('button', { name: 'Cancel' }).click();
  await expect(fetched).toContainText('Cancelled');
  goOn();
  await page.unroute('**/api/v1/entries?*after=*');
  await fetched.getByRole('button', { name: 'Try again' }).click();
  await restsAt(page, 664);
});

test('a window is chosen by its ends, and one that ends before it begins is told', async ({ page }) => {
  await ready(page, `${WINDOW}&tz=Asia/Kolkata&speed=600`);
  const { last } = await standing(page);
  const form = page.locator('.replay-page__window');
  const [from, to] = [form.locator('input[name=from]'), form.locator('input[name=to]')];
  // As the clock of the zone in the header says it.
  const field = (t: number) => rfc3339(t + 330 * MINUTE).slice(0, 16);
  await expect(from).toHaveValue(field(FROM));
  const earlier = field(TO - 60 * MINUTE);
  await to.fill(earlier);
  await form.getByRole('button', { name: 'Replay' }).click();
  await expect.poll(async () => (await standing(page)).last).toBe(last - 12 * 4);
  await expect(to).toHaveValue(earlier);
  // The rest of the view stays, and what cannot be replayed is told and left as it was typed.
  expect(new URL(page.url()).searchParams.get('tz')).toBe('Asia/Kolkata');
  expect(new URL(page.url()).searchParams.get('speed')).toBe('600');
  await to.fill(field(FROM - MINUTE));
  await form.getByRole('button', { name: 'Replay' }).click();
  await expect(page.getByRole('alert')).toContainText('A window has a begin and an end after it');
  await expect(to).toHaveValue(field(FROM - MINUTE));
  await open(page, server(), `/assets/transformer/replay?from=${rfc3339(TO)}&to=nonsense`);
  await expect(page.getByRole('alert')).toContainText('A window has a begin and an end after it');
  // The last hour is another one whenever it is asked for: the address says which it was.
  await expect.poll(() => new URL(page.url()).searchParams.get('to')).toMatch(/^20\d\d-.*Z$/);
});

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [390, 1280]) {
    test(`axe finds nothing on the replay page in ${scheme} at ${width} px, and nothing scrolls sideways`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 900 });
      await ready(page, `${WINDOW}&at=${rfc3339(FROM + 180 * MINUTE)}`);
      await page.locator('canvas').first().scrollIntoViewIfNeeded();
      await expect.poll(async () => (await ink(page, '--plot-forecast')).pixels).toBeGreaterThan(20);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
    });
  }
}
