//! The page of key figures as an executive has it: on a desk, on a telephone, on paper, and without a line of script.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import { expect, screenshot, serve, test } from '../support';

const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;
const MINUTE = HOUR / 60;

const PLANT = `title = "Works"

[kpi]
downtime_cost = "120 EUR/h"
source = "finance"
target = { availability = "99 %" }

[[asset]]
id = "cell"
title = "Cell 1"
model = "li-ion-cell"
path = "south/hall/line-1"

[asset.signals]
current = { from = "current", gap_after = "10 min" }
voltage = { from = "voltage" }

[asset.kpi]
stopped = { signal = "current", below = 0.1, for = "5 min" }

[[asset]]
id = "press"
title = "Press 2"
model = "li-ion-cell"
path = "north/hall/line-2"
simulated = true
`;

const LINE = `title = "Packing"

[[asset]]
id = "line"
title = "Line 3"
model = "packaging-line"
path = "south/packing"

[asset.signals]
counter = { from = "counter" }
rejects = { from = "rejects" }

[asset.kpi]
oee = { pieces = "counter", rejects = "rejects", ideal = "200 1/min" }
shift = { from = "06:00", to = "22:00" }
target = { oee = "85 %" }
`;

const event = (asset: string, kind: string, t: number, more = {}) => ({ asset, id: `${kind}-${t}`, kind, t, note: '', ...more });

/** The day before today, in UTC: it stays the same while a journey lasts, unless that begins at midnight. */
const yesterday = Math.floor((Date.now() * 1000) / DAY) * DAY - DAY;

async function tell(server: any, events: object[]) {
  const answer = await fetch(`${server.url}/api/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(events),
  });
  expect(((await answer.json()) as any).accepted).toBe(events.length);
}

const server = serve({ plant: PLANT }, async (server) => {
  // Press 2: known all day, two failures of half an hour and of an hour and a half, a planned stop of two hours.
  await tell(server, [
    event('press', 'started', yesterday - 2 * DAY),
    event('press', 'failure', yesterday + 2 * HOUR, { note: 'belt torn' }),
    event('press', 'repair', yesterday + 2.5 * HOUR),
    event('press', 'failure', yesterday + 8 * HOUR, { until: yesterday + 9.5 * HOUR }),
    event('press', 'planned_stop', yesterday + 12 * HOUR, { until: yesterday + 14 * HOUR }),
    // The day before that: one failure of two hours.
    event('press', 'failure', yesterday - 20 * HOUR, { until: yesterday - 18 * HOUR }),
  ]);
  // Cell 1: current from 10:00 to 12:00 but for twenty minutes that nobody told of.
  const current = (n: number) => ({
    asset: 'cell',
    signal: 'current',
    t: yesterday + 10 * HOUR + n * MINUTE,
    v: n >= 60 && n < 80 ? 0 : 2,
  });
  await server.post(Array.from({ length: 120 }, (_, n) => current(n)));
});

const card = (page: Page, id: string) => page.locator(`#${id}`);
const value = (page: Page, id: string) => card(page, id).locator('.figure-card__value');

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('an executive reads figures, targets, trends and money, and what is behind each', async ({ page }) => {
    await page.goto(`${server().url}/kpis?period=day&back=1&of=asset%3Apress`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('KPIs: Press 2');
    await expect(page.locator('.figure-sheet__notes')).toContainText('Simulated');
    // 24 h less 2 h planned are 22 h; 2 h of these were lost: 20 / 22.
    await expect(value(page, 'availability')).toHaveText('90.9 %');
    await expect(card(page, 'availability')).toContainText('Target 99.0 %: missed by 8.1 points.');
    // The day before: 22 of 24 hours.
    await expect(card(page, 'availability')).toContainText('Worse than the day before, by 0.8 points.');
    await expect(value(page, 'unplanned')).toHaveText('2 h');
    await expect(value(page, 'planned')).toHaveText('2 h');
    await expect(value(page, 'cost')).toHaveText('240 EUR');
    await expect(value(page, 'mtbf')).toHaveText('10 h');
    await expect(value(page, 'mttr')).toHaveText('1 h');
    await expect(value(page, 'energy')).toHaveText('Not counted');
    await expect(page.getByText('No OEE: it needs counted pieces')).toBeVisible();
    // What is drawn is said as well; the last two days miss the target.
    const line = card(page, 'availability').getByRole('img', { name: 'The last 3 days: 100.0 %, 91.7 %, and 90.9 %.' });
    await expect(line).toBeVisible();
    await expect(line.locator('.sparkline__mark--missed')).toHaveCount(2);
    const formula = card(page, 'availability').getByText('20.00 h / 22.00 h = 90.9 %');
    await expect(formula).toBeHidden();
    await card(page, 'availability').locator('summary').click();
    await expect(formula).toBeVisible();
    await expect(card(page, 'availability')).toContainText('ISO 22400-2');
    await expect(card(page, 'availability')).toContainText('belt torn');
    await card(page, 'availability').getByRole('link', { name: 'Press 2' }).first().click();
    await expect(page).toHaveURL(/\/assets\/press$/);
  });

  test('what ran and what stood, what cost the most, and when, are drawn and told in tables', async ({ page }) => {
    await page.goto(`${server().url}/kpis?period=day&back=1&of=asset%3Apress`);
    const course = page.locator('#course');
    await expect(course).toContainText('Press 2 ran 20 h and stood 4 h, 2 h of it unplanned.');
    const lane = course.locator('.timeline__picture');
    // Two failures and a planned stop, one hour being 1000 / 24 units wide.
    const widths = (token: string) =>
      lane
        .locator(`path[fill="var(${token})"]`)
        .evaluateAll((all) => all.flatMap((one) => [...(one.getAttribute('d') ?? '').matchAll(/h(\d+)v/g)].map((found) => Number(found[1]))));
    expect((await widths('--plot-failed')).map((width) => Math.round((width * 24) / 100) / 10)).toEqual([0.5, 1.5]);
    expect((await widths('--plot-planned')).map((width) => Math.round((width * 24) / 100) / 10)).toEqual([2]);
    await expect(course.locator('.timeline__legend')).toContainText('failure');
    await expect(course.locator('table')).toBeHidden();
    await course.locator('summary').click();
    await expect(course.getByRole('row', { name: /^Press 2 20 h 2 h 0 s 2 h 0 s 0 s/ })).toBeVisible();

    const causes = page.locator('#by-cause');
    await expect(causes).toContainText('What took the most time, by cause');
    await causes.locator('summary').click();
    await expect(causes.getByRole('row', { name: /^Failure 2 h – 2 50\.0 % 50\.0 %/ })).toBeVisible();
    await expect(causes.getByRole('row', { name: /^Planned stop 2 h – 1 50\.0 % 100\.0 %/ })).toBeVisible();
    await expect(page.locator('#by-asset')).toHaveCount(0);

    const hours = page.locator('#lost-by-hour');
    await expect(hours).toContainText('from 08:00 to 09:00: 60 min.');
    const drawn = await hours.locator('.heat-map__picture path[fill^="var"]').evaluateAll((all) => all.map((one) => one.getAttribute('d')).join(''));
    expect(drawn.split('M').length - 1).toBe(24);
    await hours.locator('summary').click();
    await expect(hours.getByRole('row').nth(1)).toContainText('30 min');
  });

  test('several assets are weighed against each other, and what is not known is drawn as that', async ({ page }) => {
    await page.goto(`${server().url}/kpis?period=day&back=1`);
    // Stops of the cell are seen once its telemetry was looked at.
    const names = page.locator('#by-asset .pareto__names li');
    await expect
      .poll(async () => {
        await page.reload();
        return await names.allTextContents();
      })
      .toEqual(['Press 2', 'Cell 1']);
    await expect(page.locator('#course .timeline__names li')).toHaveText(['Press 2', 'Cell 1']);
    await expect(page.locator('#course .timeline__legend')).toContainText('unknown');
    await page.goto(`${server().url}/kpis?of=nowhere`);
    await expect(page.locator('.figure-plot')).toHaveCount(0);
  });

  test('one failure is said to be one, and makes no mean', async ({ page }) => {
    await page.goto(`${server().url}/kpis?period=day&back=2&of=north`);
    await expect(value(page, 'mtbf')).toHaveText('One failure: no mean yet');
    await expect(card(page, 'mtbf')).toContainText('n = 1');
    await expect(value(page, 'mttr')).toHaveText('One repair: no mean yet');
  });

  test('what telemetry shows and nobody told is counted and marked as derived', async ({ page }) => {
    await page.goto(`${server().url}/kpis?period=day&back=1&of=south`);
    await expect
      .poll(async () => {
        await page.reload();
        return await value(page, 'unplanned').textContent();
      })
      .toBe('20 min');
    await card(page, 'unplanned').locator('summary').click();
    await expect(card(page, 'unplanned').locator('.figure-card__stops')).toContainText('20 min: Unplanned stop, Cell 1 derived');
    await expect(card(page, 'unplanned')).toContainText('below 0.1 A for 5 min or longer');
    await expect(value(page, 'mtbf')).toHaveText('No failure');
  });

  test('period and part of the plant are chosen by links and a form', async ({ page }) => {
    await page.goto(`${server().url}/kpis`);
    await expect(page.getByRole('link', { name: 'Week', exact: true })).toHaveAttribute('aria-current', 'true');
    await page.getByRole('link', { name: 'Day', exact: true }).click();
    await page.getByRole('link', { name: 'Earlier day' }).click();
    await expect(page.locator('.figure-sheet__period')).toContainText('(UTC)');
    await page.getByRole('combobox').selectOption({ label: '\u2003north' });
    await page.getByRole('button', { name: 'Show' }).click();
    await expect(page).toHaveURL(/period=day&back=1/);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('KPIs: north');
    await expect(value(page, 'unplanned')).toHaveText('2 h');
    await page.getByRole('link', { name: 'Later day' }).click();
    await expect(page.getByRole('link', { name: 'Later day' })).toHaveCount(0);
  });

  test('late events count at once', async ({ page }) => {
    const address = `${server().url}/kpis?period=day&back=2&of=south`;
    await page.goto(address);
    await expect(page.locator('.figure-card')).toHaveCount(9);
    await tell(server(), [
      event('cell', 'failure', yesterday - 6 * HOUR),
      event('cell', 'repair', yesterday - 5.25 * HOUR),
    ]);
    await page.goto(address);
    await expect(value(page, 'unplanned')).toHaveText('45 min');
  });

  test('a part that is not there, and a plant of which nothing is kept, are said to be so', async ({ page }) => {
    await page.goto(`${server().url}/kpis?of=nowhere`);
    await expect(page.getByText('There is no such part of the plant')).toBeVisible();
  });
});

/** A line that is to run from 06:00 to 22:00 and makes 160 pieces a minute, every fiftieth of them bad. */
test.describe('a line whose pieces are counted', () => {
  test.use({ javaScriptEnabled: false });

  const line = serve({ plant: LINE }, async (server) => {
    const at = (hours: number) => yesterday + hours * HOUR;
    await tell(server, [
      event('line', 'planned_stop', at(12), { until: at(13) }),
      event('line', 'failure', at(15), { until: at(15.5) }),
    ]);
    const stood = (hours: number) => Math.max(0, Math.min(hours, 13) - 12) + Math.max(0, Math.min(hours, 15.5) - 15);
    const readings = Array.from({ length: 16 * 12 + 1 }, (_, n) => {
      const hours = 6 + n / 12;
      const made = (hours - 6 - stood(hours)) * 60 * 160;
      const reading = (signal: string, v: number) => ({ asset: 'line', signal, t: at(hours), v: Math.round(v) });
      return [reading('counter', made), reading('rejects', made / 50)];
    });
    await server.post(readings.flat());
  });

  test('OEE is the product of availability, performance and quality, counted by hand', async ({ page }) => {
    const hours = { toRun: 16, planned: 1, failed: 0.5 };
    const busy = hours.toRun - hours.planned;
    const up = busy - hours.failed;
    const [made, possible] = [up * 60 * 160, up * 60 * 200];
    const availability = up / busy;
    const [performance, quality] = [made / possible, 1 - 1 / 50];
    const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
    const count = (n: number) => Math.round(n).toLocaleString('en');
    await page.goto(`${line().url}/kpis?period=day&back=1`);
    await expect
      .poll(async () => {
        await page.reload();
        return (await card(page, 'oee').count()) > 0 ? await value(page, 'oee').textContent() : '';
      })
      .toBe('75.8\u00a0%');
    await expect(value(page, 'oee')).toHaveText(percent(availability * performance * quality));
    await expect(card(page, 'oee')).toContainText('Line 3');
    await expect(card(page, 'oee')).toContainText('Target 85.0 %: missed by 9.2 points.');
    await card(page, 'oee').locator('summary').click();
    const sheet = card(page, 'oee').locator('.figure-card__filled');
    await expect(sheet).toContainText(`Availability = ${percent(availability)}`);
    await expect(sheet).toContainText(
      `Performance (effectiveness) = ${count(made)} made / ${count(possible)} possible by design = ${percent(performance)}`,
    );
    await expect(sheet).toContainText(`Quality = ${count(made * quality)} good / ${count(made)} made = ${percent(quality)}`);
    await expect(card(page, 'oee')).toContainText('ISO 22400-2');
    // Where nothing was made it is unknown, and not nothing.
    await page.goto(`${line().url}/kpis?period=day&back=2`);
    await expect(card(page, 'oee')).toHaveCount(0);
  });
});

test('what needs attention is told in sentences, the dearest first', async ({ page }) => {
  await page.goto(`${server().url}/kpis?period=day&back=1`);
  const items = page.locator('.attention-list li');
  await expect(items.first()).toContainText('Press 2 stood 2 h unplanned in 2 stops');
  await expect(items.first().locator('.attention-list__money')).toHaveText('240 EUR');
  await expect(items.filter({ hasText: 'Availability of Press 2 is 90.9 %, 8.1 points below' })).toHaveCount(1);
});

test('it is printed on one sheet of A4, whole tables and all, and its pictures on the next', async ({ page }) => {
  // As wide as the paper between its margins.
  await page.setViewportSize({ width: 718, height: 1047 });
  await page.emulateMedia({ media: 'print' });
  await page.goto(`${server().url}/kpis?period=day&back=1`);
  await expect(page.locator('.sparkline').first()).toBeVisible();
  expect(await page.locator('.figure-sheet__places .data-table').evaluate((table) => table.scrollWidth - table.clientWidth)).toBe(0);
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  expect(pdf.match(/\/Type\s*\/Page\b/g)?.length).toBe(2);
  const box = pdf.match(/\/MediaBox\s*\[\s*([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+)/)?.slice(3).map((side) => Math.round(Number(side)));
  expect(box).toEqual([595, 842]);
});

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [390, 1280]) {
    test(`axe finds nothing on the page in ${scheme} at ${width} px, and nothing scrolls sideways`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: width < 600 ? 844 : 900 });
      await page.goto(`${server().url}/kpis?period=day&back=1`);
      await page.locator('details').evaluateAll((all) => all.forEach((one) => ((one as HTMLDetailsElement).open = true)));
      const { violations, passes } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)).toEqual([]);
      expect(passes.length).toBeGreaterThan(10);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      await page.reload();
      await screenshot(page, `kpis-${scheme}-${width}`);
    });
  }
}
