//! Quantities of several assets beside each other: chosen, read at one instant, shared, and left out again.

import { BENCH_TOP, discharge, transformerHours } from '../parts/plants.mjs';
import { expect, open, serve, test } from '../support';

const server = serve({ plant: BENCH_TOP }, async (server) => {
  await server.post(transformerHours(24));
  await server.post(discharge(600));
});

test('quantities of two assets stand under each other, and one cursor reads them all', async ({ page, browser }) => {
  await open(page, server(), '/trends');
  await expect(page.getByText('Nothing to compare yet')).toBeVisible();
  const picker = page.getByLabel('Add a quantity');
  await picker.selectOption({ label: 'Hot-spot temperature' });
  await picker.selectOption({ label: 'Terminal voltage' });
  await expect(page.locator('.trends-page__lane')).toHaveCount(2);
  await expect(page.getByText('Nothing to compare yet')).toBeHidden();
  // The same once more is there already.
  await picker.selectOption({ label: 'Terminal voltage' });
  await expect(page.locator('.trends-page__lane')).toHaveCount(2);

  await page.locator('.stretch-tools__past').selectOption('1h');
  const second = page.locator('.trends-page__lane').nth(1).locator('canvas');
  const box = await second.boundingBox();
  if (!box) throw new Error('there is no second chart');
  await page.mouse.move(box.x + box.width * 0.95, box.y + box.height / 2);
  const readouts = page.locator('.trend-plot__readout');
  await expect(readouts.nth(0)).toContainText('°C');
  await expect(readouts.nth(1)).toContainText('V');
  const instant = (text: string | null) => text?.split('·')[0];
  expect(instant(await readouts.nth(0).textContent())).toBe(instant(await readouts.nth(1).textContent()));
  await expect(page.locator('.trend-plot__cursor')).toHaveCount(2);

  await expect.poll(() => new URL(page.url()).searchParams.get('past')).toBe('1h');
  const elsewhere = await (await browser.newContext()).newPage();
  await elsewhere.goto(page.url());
  await expect(elsewhere.locator('.trends-page__lane h2')).toHaveText(await page.locator('.trends-page__lane h2').allTextContents());
  await expect(elsewhere.locator('.stretch-tools__past')).toHaveValue('1h');
  await elsewhere.context().close();

  await page.getByRole('button', { name: /Remove Hot-spot/ }).click();
  await expect(page.locator('.trends-page__lane')).toHaveCount(1);
  expect(new URL(page.url()).searchParams.get('lanes')).toBe('cell*voltage');
});

test('an address with lanes that the plant does not have shows those that it has', async ({ page }) => {
  await open(page, server(), '/trends?lanes=gone*x**cell*nothing**cell*voltage**cell*voltage');
  await expect(page.getByText('2 quantities that the link names are none of this plant.')).toBeVisible();
  await expect(page.locator('.trends-page__lane')).toHaveCount(1);
});

test('quantities of one unit share an axis when they are to, and the link says so', async ({ page }) => {
  await open(page, server(), '/trends?lanes=transformer*top_oil**transformer*hot_spot');
  const top = (lane: number) => page.locator('.trends-page__lane').nth(lane).locator('.trend-plot__values text').last();
  await expect(top(1)).toBeVisible();
  await expect.poll(async () => (await top(0).textContent()) !== (await top(1).textContent())).toBe(true);
  await page.getByLabel('One axis for each unit').check();
  await expect.poll(async () => (await top(0).textContent()) === (await top(1).textContent())).toBe(true);
  await expect.poll(() => new URL(page.url()).searchParams.get('axes')).toBe('shared');
  await page.reload();
  await expect(page.getByLabel('One axis for each unit')).toBeChecked();
  await expect.poll(async () => (await top(0).textContent()) === (await top(1).textContent())).toBe(true);
});

test('a strip shows the whole history, and the stretch in it is moved by hand and by keys', async ({ page }) => {
  await open(page, server(), '/trends?lanes=transformer*hot_spot&past=6h');
  const end = (name: string) => Date.parse(new URL(page.url()).searchParams.get(name) ?? '');
  const slider = (name: string) => page.getByRole('slider', { name });
  await expect(slider('Stretch of time shown')).toBeVisible();
  await expect(page.locator('.overview-strip__line')).toHaveAttribute('d', /^M/);
  const before = Number.parseFloat((await slider('Stretch of time shown').getAttribute('x')) ?? '');
  // Six of twenty-four hours, the last ones.
  expect(before).toBeCloseTo(75, -1);
  await slider('Stretch of time shown').focus();
  await page.keyboard.press('PageUp');
  await expect.poll(() => end('to') - end('from')).toBeGreaterThan(5.9 * 3_600_000);
  const moved = end('from');
  const box = await slider('Stretch of time shown').boundingBox();
  if (!box) throw new Error('there is no window');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => (moved - end('from')) / 3_600_000).toBeCloseTo(3, 0);
  const length = end('to') - end('from');
  await slider('Its end').focus();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => (end('to') - end('from')) / length).toBeCloseTo(0.9, 2);
  await page.getByRole('button', { name: 'Back to now' }).click();
  await expect(slider('Stretch of time shown')).toBeHidden();
});
