//! A fault develops: the page says what is not as expected, since when and why, and it stays on record.

import { BENCH_TOP, transformerHours } from '../parts/plants.mjs';
import { expect, foreseen, open, screenshot, serve, test } from '../support';

const HOURS = 72;
/** For so long the sensor of the oil has said eight kelvins too much. */
const FAULTY_MICROS = 3 * 3_600_000_000;

/** A sum of three waves that do not repeat: sensors are never quite still. */
const unrest = (i: number) => 0.3 * (Math.sin(i * 12.9898) + Math.sin(i * 78.233) + Math.sin(i * 37.719));

/** Where the readings end, in microseconds. */
let end = 0;

const server = serve({ plant: BENCH_TOP }, async (server) => {
  const readings = transformerHours(HOURS);
  end = Math.max(...readings.map(({ t }) => t));
  const from = end - FAULTY_MICROS;
  const measured = readings.map((reading, i) => {
    if (reading.signal !== 'top_oil' && reading.signal !== 'hot_spot') return reading;
    const offset = reading.signal === 'top_oil' && reading.t > from ? 8 : 0;
    return { ...reading, v: Number((reading.v + unrest(i) + offset).toFixed(2)) };
  });
  for (let at = 0; at < measured.length; at += 1_000) await server.post(measured.slice(at, at + 1_000));
});

test('what is not as expected is said with its size, its beginning and its likely cause, and is on record', async ({ page }) => {
  await open(page, server(), '/assets/transformer');
  await foreseen(page);
  const found = page.locator('.diagnosis');
  await expect(found.locator('.diagnosis__finding').first()).toContainText(/^(Top-oil|Hot-spot) temperature is [\d.]+\sK (above|below) what is expected$/);
  await expect(found.locator('.diagnosis__why').first()).toContainText(/^Since .*\. Likely: .*Top-oil temperature by \+/);
  await expect(page.locator('.state-badge').first()).toHaveText(/not as expected/i);
  const alarm = page.locator('.event-list li').filter({ hasText: 'alarm' }).first();
  await expect(alarm).toContainText('what is expected. Likely: ');
  // It is a flag of the chart, too.
  await expect(page.locator('.trend-plot__flag--alarm').first().locator('title')).toContainText('alarm');

  await found.getByText('What the twin has calibrated').click();
  const rows = found.locator('tbody tr');
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText(/Rise oil.*K.*K.*%/);

  await screenshot(page, 'diagnosis');

  await page.goto(`${server().url}/?state=abnormal`);
  await expect(page.locator('li:not([hidden]) > .asset-tile[data-asset="transformer"] .state-badge')).toHaveText(/not as expected/i);
});

test('it is said before any script runs, on the fleet, on its page and among what needs attention', async ({ browser }) => {
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  // The server's twin has a day and more to read.
  await expect.poll(async () => (await page.goto(server().url), page.locator('.fleet-tools__summary').textContent())).toContain('1 abnormal');
  await expect(page.locator('.asset-tile[data-asset="transformer"] .state-badge')).toHaveText(/not as expected/i);
  await page.goto(`${server().url}/assets/transformer`);
  await expect(page.locator('.asset-page__title .state-badge')).toHaveText(/not as expected/i);
  await expect(page.locator('.diagnosis__finding').first()).toContainText('what is expected');
  await page.goto(`${server().url}/kpis`);
  await expect(page.locator('.attention-list')).toContainText(/what is expected, for .* by its twin\./);
  await page.context().close();
});

for (const width of [1280, 390]) {
  test(`what stands below the box stays where it is while the box fills, at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await page.addInitScript(() => {
      const seen = ((window as any).heights = [] as number[]);
      const look = () => {
        const height = document.querySelector('.diagnosis')?.getBoundingClientRect().height;
        if (height !== undefined && !seen.includes(height)) seen.push(height);
        requestAnimationFrame(look);
      };
      look();
    });
    for (const [asset, last] of [['transformer', 'Likely: '], ['cell', 'Learning what is normal|has not started']]) {
      await open(page, server(), `/assets/${asset}`);
      await expect(page.locator('.diagnosis')).toContainText(new RegExp(last));
      expect(await page.evaluate(() => (window as any).heights.length), asset).toBe(1);
    }
  });
}

test('in a replay it is found when it begins, and not before', async ({ page }) => {
  const instant = (micros: number) => new Date(micros / 1_000).toISOString();
  const from = instant(end - FAULTY_MICROS - 3_600_000_000);
  await open(page, server(), `/assets/transformer/replay?from=${from}&to=${instant(end)}`);
  const found = page.locator('.diagnosis');
  await expect(found.locator('.diagnosis__calm').first()).toHaveText('All is measured as expected.');
  await expect(found.locator('.diagnosis__ahead')).toHaveText('No failure is foreseen within 1 d.');
  await page.getByRole('group', { name: 'Replay' }).getByRole('slider').press('End');
  await expect(found.locator('.diagnosis__finding').first()).toContainText('what is expected');
  await expect(found.locator('.diagnosis__why').first()).toContainText(/^Since .*\. Likely: .*Top-oil temperature by \+/);
  await expect(page.locator('.state-badge').first()).toHaveText(/not as expected/i);
  await page.getByRole('group', { name: 'Replay' }).getByRole('slider').press('Home');
  await expect(found.locator('.diagnosis__calm').first()).toHaveText('All is measured as expected.');
});

test('an asset that was seen for less than a day is still being learnt', async ({ page }) => {
  await open(page, server(), '/assets/cell');
  await expect(page.locator('.diagnosis__calm')).toContainText(/^(Learning what is normal: \d+\s%|The twin has not started)/);
});
