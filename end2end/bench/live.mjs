//! From a sensor's publish to the drawn pixel, at a thousand samples a second.

import { setTimeout as pause } from 'node:timers/promises';

import { discharge } from '../parts/plants.mjs';
import { Publisher } from '../parts/mqtt.mjs';
import { until } from '../parts/server.mjs';
import { figure, note, quantile } from './figures.mjs';
import { openAsset, withServer } from './page.mjs';

const RATE = 1_000;
const WARM_UP_SECS = 3;
const SECS = 15;
const LIMIT_MS = 150;

const wallMillis = () => performance.timeOrigin + performance.now();

/** The page's wall clock minus this process's: the middle of the fastest of some round trips. */
async function clockOffset(page) {
  let best = { took: Infinity, offset: 0 };
  for (let i = 0; i < 50; i += 1) {
    const before = wallMillis();
    const there = await page.evaluate(() => performance.timeOrigin + performance.now());
    const after = wallMillis();
    if (after - before < best.took) best = { took: after - before, offset: there - (before + after) / 2 };
  }
  note(`clocks of page and publisher differ by ${best.offset.toFixed(2)} ms, known to ${(best.took / 2).toFixed(2)} ms`);
  return best.offset;
}

/** After every paint in which the chart was drawn anew, notes when that was and with which entry. */
function watchChart() {
  const figure = document.querySelector('figure.trend-plot:not(.trend-plot--lines)');
  const drawn = [];
  const afterPaint = new MessageChannel();
  afterPaint.port1.onmessage = () => {
    const seq = Number(figure.dataset.drawnSeq);
    if (seq !== drawn.at(-1)?.[1]) drawn.push([performance.timeOrigin + performance.now(), seq]);
  };
  const look = () => {
    // A message posted in a frame's callback is handled after that frame has been painted.
    afterPaint.port2.postMessage(0);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  window.drawn = drawn;
}

/** Publishes voltage after voltage at `RATE`, one message each; gives when each went out. */
async function publishAll(publisher, count) {
  const sentAt = new Float64Array(count);
  const start = wallMillis();
  for (let i = 0; i < count; ) {
    const now = wallMillis();
    for (; i < count && start + (i * 1000) / RATE <= now; i += 1) {
      sentAt[i] = wallMillis();
      const t = Math.round(start * 1000) + i * (1_000_000 / RATE);
      publisher.publish('twinlight/v1/cell/voltage', `{"t":${t},"v":${valueOf(i)}}`);
    }
    await pause(1);
  }
  return sentAt;
}

/** A voltage that tells which it is. */
const valueOf = (i) => Number((3.9 + i * 1e-6).toFixed(6));

/** `live.publish_to_pixel_p95`. */
export async function publishToPixel(browser) {
  await withServer(
    (server) => server.post(discharge(60)),
    async (server) => {
      const page = await openAsset(browser, server, '/assets/cell?show=voltage');
      const publisher = await Publisher.connect(server.mqttPort, 'bench');
      const before = (await server.entries('cell')).at(-1).seq;
      const offset = await clockOffset(page);
      await page.evaluate(watchChart);

      const count = (WARM_UP_SECS + SECS) * RATE;
      const sentAt = await publishAll(publisher, count);
      await until(() => (publisher.acknowledged === count ? true : undefined));
      const kept = (await server.entries('cell')).filter((entry) => entry.seq > before);
      if (kept.length !== count || kept.some((entry, i) => entry.value !== valueOf(i) || entry.seq !== before + 1 + i)) {
        throw new Error(`${kept.length} of ${count} samples were kept, or not in their order`);
      }
      const last = before + count;
      await until(() => page.evaluate((last) => (window.drawn.at(-1)?.[1] >= last ? true : undefined), last));
      publisher.end();

      const drawn = await page.evaluate(() => window.drawn);
      const millis = [];
      let at = 0;
      for (let i = 0; i < count; i += 1) {
        while (drawn[at][1] < before + 1 + i) at += 1;
        if (i >= WARM_UP_SECS * RATE) millis.push(drawn[at][0] - offset - sentAt[i]);
      }
      const inTime = drawn.filter(([when]) => when - offset >= sentAt[WARM_UP_SECS * RATE]);
      const took = (sentAt[count - 1] - sentAt[0]) / 1000;
      const p = (q) => quantile(millis, q).toFixed(1);
      note(`${count} samples in ${took.toFixed(1)} s, ${(inTime.length / SECS).toFixed(0)} drawings a second`);
      note(`publish to pixel: p50 ${p(0.5)} ms, p95 ${p(0.95)} ms, p99 ${p(0.99)} ms, max ${p(1)} ms`);
      const verdict = await page.evaluate(() => window.twinlight.verification('cell'));
      note(`the page's twin afterwards: ${JSON.stringify(verdict)}`);
      figure('live.publish_to_pixel_p95', quantile(millis, 0.95), 'ms', LIMIT_MS, 'limit');
      await page.close();
    },
    { TWINLIGHT_TWINS__CHECKPOINT_SECS: '10' },
  );
}
