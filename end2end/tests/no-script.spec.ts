//! Pages are whole without a line of script.

import { BENCH_TOP, discharge, transformerHours } from '../parts/plants.mjs';
import { expect, serve, test, tile } from '../support';

test.use({ javaScriptEnabled: false });

const server = serve({ plant: BENCH_TOP }, async (server) => {
  await server.post(discharge(30));
  await server.post(transformerHours(2));
});

test('without scripts the fleet names every asset, its value and its unit', async ({ page }) => {
  await page.goto(server().url);
  await expect(page).toHaveTitle(/Twinlight/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Bench top');
  const cell = page.locator('.asset-tile[data-asset="cell"]');
  await expect(cell.getByRole('heading')).toHaveText('Cell under test');
  await expect(cell).toContainText('Terminal voltage');
  await expect(cell.locator('.asset-tile__number')).toHaveText('4.041');
  await expect(cell.locator('.asset-tile__unit')).toHaveText('V');
  const transformer = page.locator('.asset-tile[data-asset="transformer"]');
  await expect(transformer.locator('.asset-tile__number')).toHaveText(/^\d{2}\.\d$/);
  await expect(transformer.locator('.asset-tile__unit')).toHaveText('°C');
});

test('without scripts an asset page has its names, values and units, and the way back', async ({ page }) => {
  await page.goto(`${server().url}/assets/cell`);
  await expect(page).toHaveTitle('Cell under test · Twinlight');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Cell under test');
  const check = async (quantity: string, title: string, value: string, unit: string) => {
    await expect(tile(page, quantity).locator('.value-tile__title')).toHaveText(title);
    await expect(tile(page, quantity).locator('strong')).toHaveText(value);
    await expect(tile(page, quantity).locator('.value-tile__unit')).toHaveText(unit);
  };
  await check('voltage', 'Terminal voltage', '4.041', 'V');
  await check('current', 'Discharge current', '1.00', 'A');
  await check('temperature', 'Surface temperature', '24.1', '°C');
  await expect(page.getByText('Model: Li-ion cell, equivalent circuit')).toBeVisible();
  await page.locator('.asset-page__path').getByRole('link', { name: 'Fleet' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Bench top');
});

test('without scripts nothing stands there that only a script answers to', async ({ page }) => {
  for (const path of ['/', '/assets/cell', '/assets/cell/replay', '/assets/cell/calibration', '/trends', '/data', '/kpis']) {
    await page.goto(server().url + path);
    await expect(page.locator('h1')).toBeVisible();
    await expect(page.locator('body')).not.toContainText('its buttons and sliders do nothing');
    // Forms go to the server by themselves, details open by themselves; a tile is words that can be pressed.
    const pressed = page.locator('button:visible, select:visible, input:visible, textarea:visible');
    const left = await pressed.evaluateAll((all) =>
      all.filter((own) => !own.closest('form[action]') && getComputedStyle(own).pointerEvents !== 'none').map((own) => own.outerHTML.slice(0, 120)),
    );
    expect(left, path).toEqual([]);
  }
});

test('without scripts a page that is all script says so, and nothing on it is false', async ({ page }) => {
  for (const [path, words] of [['replay', 'A replay runs in the browser'], ['calibration', 'A calibration is looked for in the browser']]) {
    await page.goto(`${server().url}/assets/cell/${path}`);
    // A browser that is merely told to run none leaves what stands in for scripts unread.
    expect(await (await page.request.get(page.url())).text()).toMatch(new RegExp(`<noscript>.*${words}.*</noscript>`, 's'));
    await expect(page.getByRole('link', { name: 'Back to live' })).toBeVisible();
    for (const untrue of ['No data yet', 'None yet.', 'there is no future to show yet']) {
      await expect(page.getByText(untrue).locator('visible=true')).toHaveCount(0);
    }
  }
  await page.goto(`${server().url}/assets/cell`);
  await expect(page.getByText('there is no future to show yet').locator('visible=true')).toHaveCount(0);
});

test('without scripts an asset page has a picture of what was measured lately, with its axes', async ({ page }) => {
  await page.goto(`${server().url}/assets/cell`);
  const first = page.locator('.trend-plot__first');
  await expect(first).toBeVisible();
  const line = first.locator('path[stroke="var(--plot-measured)"]');
  expect((await line.first().getAttribute('d'))!.split('L').length, 'corners of the line').toBeGreaterThan(4);
  const labels = await first.locator('.trend-plot__values text').allTextContents();
  const [low, high] = [Number(labels[0]), Number(labels.at(-1))];
  expect(low).toBeLessThan(4.041);
  expect(high).toBeGreaterThan(4.041);
  await expect(first.locator('.trend-plot__times text').first()).toHaveText(/^\d\d:\d\d$/);
  // What the address names is what is painted.
  await page.goto(`${server().url}/assets/cell?show=temperature`);
  await expect(first.locator('path[stroke="var(--plot-measured)"]').first()).toBeAttached();
  expect(Number(await first.locator('.trend-plot__values text').first().textContent())).toBeGreaterThan(10);
});
