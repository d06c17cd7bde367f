//! A fault develops in a replay: the page says what and why, how long before the failure, and what was said once it has come.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import { COOLING, SIMULATED, transformerThatFails } from '../parts/plants.mjs';
import { expect, open, screenshot, serve, test } from '../support';

const HOUR = 3_600_000_000;
const readings = transformerThatFails();
const BEGIN = readings[0].t;
/** The first measurement above the limit. */
const failed = readings.find(({ signal, v }) => signal === 'hot_spot' && v > 140)?.t as number;

const server = serve({ plant: SIMULATED }, async (server) => {
  for (let at = 0; at < readings.length; at += 1_000) await server.post(readings.slice(at, at + 1_000));
});

const rfc3339 = (micros: number) => new Date(micros / 1_000).toISOString();
const hour = (hours: number) => BEGIN + hours * HOUR;
/** From six hours before the fault to five after the failure. */
const window = (at: number) =>
  `/assets/transformer/replay?from=${rfc3339(hour(COOLING.fails - 6))}&to=${rfc3339(hour(COOLING.hours - 1))}&at=${rfc3339(at)}`;

const found = (page: Page) => page.locator('.diagnosis');
const failure = (page: Page) => found(page).locator('.diagnosis__failure');
/** `1 d 2 h`, `3 h 10 min` or `20 min` in hours. */
const hours = (words: string) =>
  [...words.matchAll(/(\d+) (d|h|min)/g)].reduce((sum, [, n, unit]) => sum + Number(n) * { d: 24, h: 1, min: 1 / 60 }[unit as 'h'], 0);

async function stand(page: Page, at: number): Promise<void> {
  await open(page, server(), window(at));
  // What came is looked up by then.
  await expect(found(page).locator('.diagnosis__ahead')).toContainText('came at', { timeout: 30_000 });
}

test('before the fault all is calm; as it develops the page says what, why and how long before the failure', async ({ page }) => {
  expect(Math.abs((failed - BEGIN) / HOUR - COOLING.trips)).toBeLessThan(1);
  await stand(page, hour(COOLING.fails - 1));
  await expect(page.locator('.replay-page__head')).toContainText('simulated');
  await expect(found(page).locator('.diagnosis__calm')).toHaveText('All is measured as expected.');
  await expect(failure(page)).toContainText(/^Hot spot above 140 °C(: \d+ % likely within 1 d| is not foreseen at this instant)\.It came at /);

  const at = failed - 18.5 * HOUR;
  await stand(page, at);
  await expect(found(page).locator('.diagnosis__finding').first()).toContainText('what is expected');
  await expect(found(page).locator('.diagnosis__why').first()).toContainText(/^Since .*\. Likely: .*Rise oil \+[\d.]+\sK/);
  const words = (await failure(page).textContent()) ?? '';
  const said = words.match(/^Hot spot above 140 °C foreseen in (.+?) \(90 %: (.+?) to (.+?)\)\.It came at .*, (.+?) after this instant, as was said\.$/);
  expect(said, words).not.toBeNull();
  const [mid, low, , came] = (said as string[]).slice(1).map(hours);
  expect(Math.abs(mid - came), words).toBeLessThan(2);
  expect(low).toBeLessThan(came);
  expect(Math.abs(came - 18.5), words).toBeLessThan(0.5);
  await failure(page).scrollIntoViewIfNeeded();
  await screenshot(page, 'foretold');
});

test('once it has come the page says how long before it had been said, and what was said against what came', async ({ page }) => {
  await stand(page, failed + 2 * HOUR);
  const words = (await failure(page).textContent()) ?? '';
  const [, lead, since] = words.match(/came at .*: said (.+?) before, and ever since\. Not as expected since .*, (.+?) before\./) ?? [];
  expect(hours(lead), words).toBeGreaterThan(12);
  expect(hours(since), words).toBeGreaterThan(hours(lead));
  await failure(page).getByText('What was said against what came').click();
  const rows = failure(page).locator('tbody tr');
  expect(await rows.count()).toBeGreaterThan(2);
  for (const row of await rows.all()) {
    await expect(row).toContainText(/^.+in .+( to | or more).*(too late|too soon|right)$/);
  }
  // It stays open while the replay goes on.
  await page.getByRole('group', { name: 'Replay' }).getByRole('button', { name: 'One entry on' }).click();
  await expect(rows.first()).toBeVisible();
});

for (const [scheme, width] of [['light', 1280], ['dark', 390]] as const) {
  test(`axe finds nothing where a failure is told of in ${scheme} at ${width} px, and nothing scrolls sideways`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 900 });
    await stand(page, failed + HOUR);
    await failure(page).getByText('What was said against what came').click();
    const { violations } = await new AxeBuilder({ page }).include('.diagnosis').analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  });
}
