//! A result that is shared: whoever opens its link begins from the same state, and comes to the same bits.

import type { Page } from '@playwright/test';

import { BENCH_TOP, transformerHours } from '../parts/plants.mjs';
import { expect, foreseen, open, serve, test } from '../support';

const server = serve({ plant: BENCH_TOP }, (server) => server.post(transformerHours(24)));

const pin = (page: Page) => page.locator('.result-pin');
const verdict = (page: Page) => pin(page).getByRole('status');
/** The hash of what the sliders come to, whole. */
const hash = (page: Page) => pin(page).locator('code').getAttribute('title');
/** Every future and its hash. */
const all = (page: Page) => pin(page).locator('.result-pin__all');
const loadNumber = (page: Page) => page.getByRole('spinbutton', { name: 'Load against the forecast' });

/** Opens the transformer with a moved slider and copies the link to its result: the link and the hash. */
async function shared(page: Page): Promise<[URL, string]> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server().url });
  await open(page, server(), '/assets/transformer?load=1.2&keep-a=ambient*5');
  await foreseen(page);
  await pin(page).locator('summary').click();
  await expect(all(page)).toHaveText(/^As it is: [0-9a-f]{16}\s+Scenario A: [0-9a-f]{16}\s+Simulation: [0-9a-f]{16}$/);
  // Nothing comes in: what is copied is what is shown.
  const shown = await hash(page);
  await pin(page).getByRole('button', { name: 'Copy link to this result' }).click();
  await expect(page.locator('.scenario-form__said[role=status]')).toHaveText('Link copied');
  const link = new URL(await page.evaluate(() => navigator.clipboard.readText()));
  expect(page.url(), 'the page itself stays live').not.toContain('pinned-at');
  return [link, shown ?? ''];
}

const pinned = (link: URL, change: (said: string) => string) => {
  const other = new URL(link);
  other.searchParams.set('pinned-at', change(link.searchParams.get('pinned-at') ?? ''));
  return other.href;
};

let minutes = 0;
/** More of the transformer, later than all before. */
async function more(): Promise<void> {
  minutes += 1;
  const reading = { asset: 'transformer', t: Date.now() * 1000 };
  await server().post([{ ...reading, signal: 'load', v: 900 + minutes }, { ...reading, signal: 'hot_spot', v: 80 + minutes }]);
}

test('a link opens elsewhere, after more has come in, to the same hash', async ({ page, browser }) => {
  const [link, shown] = await shared(page);
  await more();
  await expect.poll(() => hash(page), 'the first page goes on').not.toBe(shown);

  const context = await browser.newContext({ viewport: { width: 1280, height: 1600 } });
  const other = await context.newPage();
  await other.goto(link.href);
  await expect(verdict(other)).toHaveText(`Same result as in the link, hash ${shown.slice(0, 8)}.`);
  expect(await hash(other)).toBe(shown);
  await expect(pin(other)).toContainText('Frozen at');
  await expect(pin(other)).toContainText('(entry 1152)');
  await expect(other.locator('.asset-page__frozen')).toContainText('The chart stands at');
  await expect(loadNumber(other)).toHaveValue('1.2');
  // Many members begin from there, too, and what comes in changes nothing.
  await expect(other.locator('.members-note')).toHaveAttribute('data-members', '10240');
  await more();
  await expect.poll(() => other.evaluate(() => (window as any).twinlight.seq('transformer'))).toBe(1156);
  await expect(verdict(other)).toHaveText(/^Same result/);

  // A slider bends what is frozen, and the address says so.
  await loadNumber(other).fill('0.9');
  await loadNumber(other).press('Tab');
  await expect(verdict(other)).toHaveText('Another scenario than in the link.');
  const bent = await hash(other);
  expect(bent).not.toBe(shown);
  await other.reload();
  await expect(verdict(other)).toHaveText(`Same result as in the link, hash ${bent?.slice(0, 8)}.`);

  await other.getByRole('button', { name: 'Back to live' }).click();
  await expect(pin(other)).not.toContainText('Frozen at');
  await expect(other.locator('.asset-page__frozen')).toBeEmpty();
  await expect.poll(() => new URL(other.url()).search).not.toContain('pinned-at');
  await expect.poll(() => hash(other)).not.toBe(bent);
  await context.close();
});

test('a link that somebody changed says that it differs', async ({ page }) => {
  const [link, shown] = await shared(page);
  const wrong = shown.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  await page.goto(pinned(link, (said) => said.replace(shown, wrong)));
  await expect(verdict(page)).toHaveText(`Differs from the result in the link: hash ${shown.slice(0, 8)}.`);
  await pin(page).locator('summary').click();
  await expect(all(page)).toHaveText(/, as in the link\s.*, as in the link\s.*, not as in the link$/);
});

test('a link of another kernel says so', async ({ page }) => {
  const [link] = await shared(page);
  await page.goto(pinned(link, (said) => said.replace(/kernel\*\d+/, 'kernel*99')));
  await expect(verdict(page)).toHaveText(/^Made with kernel 99, this is kernel \d+\. Same result/);
});

test('a link to what is not there says so, and the page is live', async ({ page, allow }) => {
  allow(/status of 404/);
  const [link] = await shared(page);
  await page.goto(pinned(link, (said) => said.replace(/^\d+/, '999999')));
  await expect(verdict(page)).toContainText('cannot be shown: there is no entry 999999 yet');
  await foreseen(page);
  await page.goto(pinned(link, (said) => said.slice(0, 20)));
  await expect(verdict(page)).toContainText('cannot be shown: the link is not whole');
  await page.getByRole('button', { name: 'Back to live' }).click();
  await expect(verdict(page)).toBeEmpty();
  expect(page.url()).not.toContain('pinned-at');
});

test('what is frozen by hand stays while data go on', async ({ page }) => {
  await open(page, server(), '/assets/transformer?load=1.1');
  await foreseen(page);
  await page.getByRole('button', { name: 'Freeze' }).click();
  await expect(pin(page)).toContainText('Frozen at');
  const frozen = await hash(page);
  const seq = () => page.evaluate(() => (window as any).twinlight.seq('transformer'));
  const before = await seq();
  await more();
  await expect.poll(seq).toBe(before + 2);
  await page.waitForTimeout(1_500);
  expect(await hash(page)).toBe(frozen);
  await page.reload();
  await expect(verdict(page)).toHaveText(/^Same result/);
  expect(await hash(page)).toBe(frozen);
  // Whoever leaves leaves nothing frozen behind.
  await page.locator('.asset-page__path').getByRole('link', { name: 'Fleet' }).click();
  await page.locator('.asset-tile[data-asset="transformer"]').click();
  await foreseen(page);
  await expect(pin(page)).not.toContainText('Frozen at');
});
