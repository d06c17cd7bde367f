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
export const redraw = (browser) => redrawOf(browser, 'whatif.redraw_p95', '');

/** `whatif.redraw4_p95`: the same with three scenarios kept beside the one whose slider moves. */
export const redrawFour = (browser) =>
  redrawOf(browser, 'whatif.redraw4_p95', '?keep-a=load*1.1&keep-b=load*1.3&keep-c=load*0.8*ambient*5');

async function redrawOf(browser, name, search) {
  await withServer(fill, async (server) => {
    const page = await openAsset(browser, server, `/assets/transformer${search}`);
    const kept = await page.locator('.scenario-form__kept').count();
    if (kept !== (search.match(/keep-/g) ?? []).length) throw new Error(`the page keeps ${kept} scenarios`);
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
      note(`${kept} kept, redraw: p50 ${median(millis).toFixed(2)} ms, p95 ${p95s.at(-1).toFixed(2)} ms, max ${Math.max(...millis).toFixed(2)} ms of ${millis.length}`);
    }
    figure(name, median(p95s), 'ms', FRAME_MS, 'one frame');
    await page.close();
  });
}

/** `whatif.requests`: the server's own count over a thousand events of a slider. */
export async function requests(browser) {
  await withServer(fill, async (server) => {
    const page = await openAsset(browser, server, '/assets/transformer');
    await page.waitForLoadState('networkidle');
    // It fetches, once, what a page without a server needs.
    await page.evaluate(() => navigator.serviceWorker.ready);
    const before = await server.asked();
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
    const after = await server.asked();
    const more = Object.keys(after).filter((route) => after[route] !== before[route]);
    const made = more.reduce((sum, route) => sum + after[route] - (before[route] ?? 0), 0);
    if (made > 0) note(`asked for meanwhile: ${more.join(', ')}`);
    if (drawn < 50) throw new Error(`only ${drawn} different outcomes were seen: the slider moved nothing`);
    note(`${EVENTS} slider events, ${drawn} different outcomes among a hundred looks, ${made} requests`);
    figure('whatif.requests', made, 'requests', 0, 'limit');
    await page.close();
  });
}

const MEMBERS = 10_240;
const REST_MS = 120;
const FINAL_MS = 150;
const FIRST_MS = 50;
const LONGEST_MS = 50;
const MANY_RUNS = 9;

let many;
/** Milliseconds from the end of a slider's rest to the first and to the final band, and the longest task meanwhile. */
async function stepMany(browser) {
  many ??= await measureMany(browser);
  return many;
}

async function measureMany(browser) {
  let runs;
  await withServer(fill, async (server) => {
    const page = await openAsset(browser, server, '/assets/transformer');
    await page.waitForLoadState('networkidle');
    runs = await page.evaluate(
      async ([runs, members, rest]) => {
        const note = document.querySelector('.members-note');
        const tasks = [];
        new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({ type: 'longtask' });
        const all = [];
        for (let run = 0; run < runs + 2; run += 1) {
          const slider = document.querySelector('#slider-load');
          slider.value = `${0.7 + (run % 5) / 10}`;
          slider.dispatchEvent(new Event('input', { bubbles: true }));
          const began = performance.now() + rest;
          let first;
          await new Promise((done) => {
            const watch = new MutationObserver(() => {
              const now = Number(note.dataset.members);
              if (now > 64) first ??= performance.now() - began;
              if (now === members) {
                watch.disconnect();
                done();
              }
            });
            watch.observe(note, { attributes: true });
          });
          const final = performance.now() - began;
          await new Promise((done) => setTimeout(done, 300));
          const longest = Math.max(0, ...tasks.splice(0).map((task) => task.duration));
          all.push({ first, final, longest });
        }
        return all.slice(2);
      },
      [MANY_RUNS, MEMBERS, REST_MS],
    );
    await page.close();
  });
  const of = (what) => median(runs.map((run) => run[what]));
  note(`${MEMBERS} members of the moved future: first band ${of('first').toFixed(0)} ms, final ${of('final').toFixed(0)} ms, longest task ${of('longest').toFixed(0)} ms`);
  return { first: of('first'), final: of('final'), longest: Math.max(...runs.map((run) => run.longest)) };
}

/** `whatif.mc_10k`: the future of a moved slider, 288 steps, to the final band; that in which nothing is moved is known. */
export async function manyFinal(browser) {
  figure('whatif.mc_10k', (await stepMany(browser)).final, 'ms', FINAL_MS, 'limit');
}

/** `whatif.first_band`. */
export async function manyFirst(browser) {
  figure('whatif.first_band', (await stepMany(browser)).first, 'ms', FIRST_MS, 'limit');
}

/** `whatif.longest_task` of the main thread; tasks under 50 ms count as 0. */
export async function manyLongest(browser) {
  figure('whatif.longest_task', (await stepMany(browser)).longest, 'ms', LONGEST_MS, 'limit');
}
