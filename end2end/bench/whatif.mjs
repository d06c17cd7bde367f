//! What a slider costs: the main thread's time until the pixels are there, and requests to the server.

import { transformerHours } from '../parts/plants.mjs';
import { figure, median, note, quantile } from './figures.mjs';
import { openAsset, withServer } from './page.mjs';

const RUNS = 5;
const WARM_UP = 60;
const CALLS = 250;
const FRAME_MS = 16;
const EVENTS = 1_000;

const fill = (server) => server.post(transformerHours(24));

/** `whatif.redraw_p95`: one horizon of 288 steps, 64 members, both futures drawn, read back from the canvas. */
export async function redraw(browser) {
  await withServer(fill, async (server) => {
    const page = await openAsset(browser, server, '/assets/transformer');
    const p95s = [];
    for (let run = 0; run < RUNS; run += 1) {
      const millis = await page.evaluate(
        async ([warmUp, calls]) => {
          const millis = [];
          for (let i = 0; i < warmUp + calls; i += 1) {
            // Over the whole range of the slider, never the same value twice in a row.
            const took = window.twinlight.redraw('load', 0.5 + ((i * 37) % 109) / 100);
            if (!(took > 0)) throw new Error(`redraw answered ${took}`);
            if (i >= warmUp) millis.push(took);
            await new Promise((done) => requestAnimationFrame(done));
          }
          return millis;
        },
        [WARM_UP, CALLS],
      );
      p95s.push(quantile(millis, 0.95));
      note(`redraw: p50 ${median(millis).toFixed(2)} ms, p95 ${p95s.at(-1).toFixed(2)} ms, max ${Math.max(...millis).toFixed(2)} ms of ${millis.length}`);
    }
    figure('whatif.redraw_p95', median(p95s), 'ms', FRAME_MS, 'one frame');
    await page.close();
  });
}

/** `whatif.requests`: the server's own count over a thousand events of a slider. */
export async function requests(browser) {
  await withServer(fill, async (server) => {
    const page = await openAsset(browser, server, '/assets/transformer');
    await page.waitForLoadState('networkidle');
    const before = await server.requests();
    const drawn = await page.evaluate(async (events) => {
      const slider = document.querySelector('#slider-load');
      const outcome = () => document.querySelector('.outcome-table__simulated')?.closest('tbody').textContent;
      const seen = new Set();
      for (let i = 0; i < events; i += 1) {
        slider.value = `${0.5 + ((i * 37) % 109) / 100}`;
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        if (i % 10 === 9) {
          await new Promise((done) => requestAnimationFrame(done));
          seen.add(outcome());
        }
      }
      slider.dispatchEvent(new Event('change', { bubbles: true }));
      return seen.size;
    }, EVENTS);
    const made = (await server.requests()) - before;
    if (drawn < 50) throw new Error(`only ${drawn} different outcomes were seen: the slider moved nothing`);
    note(`${EVENTS} slider events, ${drawn} different outcomes among a hundred looks, ${made} requests`);
    figure('whatif.requests', made, 'requests', 0, 'limit');
    await page.close();
  });
}
