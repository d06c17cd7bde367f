//! What every journey needs: a server a file, a page that must not complain, and eyes for the chart.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test as base, type Page } from '@playwright/test';

import { ROOT, Server } from './parts/server.mjs';

export { expect, ROOT, Server };

type Journey = {
  /** Complaints of pages that a journey provokes on purpose; all others fail it. */
  allow: (complaint: RegExp) => void;
};

export const test = base.extend<Journey & { complaints: void }>({
  allow: async ({ context }, use, testInfo) => {
    // Journeys are asked of the server, but for those of the page without one.
    const allowed: RegExp[] = [/Service Worker registration blocked by Playwright/];
    const heard: string[] = [];
    context.on('console', (message) => {
      if (['warning', 'error'].includes(message.type())) heard.push(`${message.type()}: ${message.text()}`);
    });
    context.on('weberror', (error) => heard.push(`uncaught: ${error.error().message}`));
    await use((complaint) => allowed.push(complaint));
    const complaints = heard.filter((text) => !allowed.some((complaint) => complaint.test(text)));
    if (testInfo.status === testInfo.expectedStatus) {
      expect(complaints, 'what pages said on the console').toEqual([]);
    } else if (complaints.length > 0) {
      console.log(`the console said:\n${complaints.join('\n')}`);
    }
  },
  // In every journey, whether it asks for it or not.
  complaints: [async ({ allow }, use) => void (await use(void allow)), { auto: true }],
});

/** What Chromium says of sockets and requests when a server is gone. */
export const LOST_LINK = /WebSocket connection to|net::ERR_/;

type Server_ = InstanceType<typeof Server>;

/** One server for all journeys of a file, on a plant of its own; `fill` gives it data first. */
export function serve(plan: Parameters<typeof Server.start>[0], fill?: (server: Server_) => Promise<void>): () => Server_ {
  let server: Server_ | undefined;
  test.beforeAll(async () => {
    server = await Server.start(plan);
    await fill?.(server);
  });
  test.afterAll(async () => server?.remove());
  test.afterEach(async ({}, testInfo) => {
    if (testInfo.status !== testInfo.expectedStatus) console.log(`the server said:\n${server?.tail()}`);
  });
  return () => server as Server_;
}

/** Opens `path` and waits until the page is taken over and its link is live. */
export async function open(page: Page, server: Server_, path: string): Promise<void> {
  await page.goto(server.url + path);
  await expect.poll(() => link(page)).toBe('live');
}

/** The link's state in one word; undefined while the page is not taken over. */
export function link(page: Page): Promise<string | undefined> {
  return page.evaluate(() => (window as any).twinlight?.link());
}

/** The samples that this tab shows: `[[t, value], ...]`. */
export function points(page: Page, asset: string, signal: string): Promise<[number, number][]> {
  return page.evaluate(([asset, signal]) => (window as any).twinlight.points(asset, signal), [asset, signal]);
}

export function verification(page: Page, asset: string): Promise<{ state: string; entries?: number; seq?: number }> {
  return page.evaluate((asset) => (window as any).twinlight.verification(asset), asset);
}

/** Waits until the page has a twin, and the chart a future to show. */
export async function foreseen(page: Page): Promise<void> {
  await expect(chart(page).locator('figcaption')).toContainText('forecast');
}

/** Waits until the page's own twin agreed with the server's over some entries. */
export async function verified(page: Page, asset: string): Promise<number> {
  await expect.poll(async () => (await verification(page, asset)).state).toBe('verified');
  return (await verification(page, asset)).entries ?? 0;
}

export const chart = (page: Page) => page.locator('figure.trend-plot:not(.trend-plot--lines)');

export const tile = (page: Page, quantity: string) => page.locator(`.value-tile[data-quantity="${quantity}"]`);

/** The last entry that the large chart was drawn with. */
export async function drawnSeq(page: Page): Promise<number> {
  return Number(await chart(page).getAttribute('data-drawn-seq'));
}

export type Ink = { pixels: number; left: number; right: number; low: number; high: number };

/** Where the large chart has the colour of `token`: how many pixels, and their edges as shares of width and height. */
export function ink(page: Page, token: string): Promise<Ink> {
  return chart(page)
    .locator('canvas')
    .evaluate((canvas: HTMLCanvasElement, token) => {
      const probe = document.createElement('span');
      probe.style.color = `var(${token})`;
      canvas.parentElement!.append(probe);
      const wanted = getComputedStyle(probe).color.match(/\d+/g)!.map(Number);
      probe.remove();
      const { width, height } = canvas;
      // From a copy: reading a canvas again and again would change how it is drawn.
      const copy = new OffscreenCanvas(width, height).getContext('2d')!;
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, width, height);
      const seen = { pixels: 0, left: 1, right: 0, low: 1, high: 0 };
      for (let at = 0; at < data.length; at += 4) {
        const off = [0, 1, 2].reduce((sum, i) => sum + Math.abs(data[at + i] - wanted[i]), 0);
        if (data[at + 3] < 128 || off > 48) continue;
        const [x, y] = [((at / 4) % width) / width, Math.floor(at / 4 / width) / height];
        seen.pixels += 1;
        seen.left = Math.min(seen.left, x);
        seen.right = Math.max(seen.right, x);
        seen.high = Math.max(seen.high, y);
        seen.low = Math.min(seen.low, y);
      }
      return seen;
    }, token);
}

/** Keeps a picture for the documents, when they are asked for. */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (process.env.SCREENSHOTS !== '1') return;
  const folder = join(ROOT, 'end2end/screenshots');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
}
