//! A fleet page of a hundred assets, each measured once a second, their twins stepping in the tab: what a frame costs.

import { setTimeout as pause } from 'node:timers/promises';

import { Publisher } from '../parts/mqtt.mjs';
import { works } from '../parts/plants.mjs';
import { Server, until } from '../parts/server.mjs';
import { figure, note, quantile } from './figures.mjs';

const ASSETS = 100;
const WARM_UP_SECS = 15;
const SECS = 30;
const WORK_MS = 12;
const DROPPED_SHARE = 0.01;
const FRAME_MS = 1000 / 60;

/** Publishes one sample of every asset each second, evenly spread over it, until it is told to stop. */
function publishAll(publisher, plant) {
  let isOver = false;
  const start = performance.now();
  const done = (async () => {
    for (let count = 0; !isOver; count += 1) {
      const wait = start + (count * 1000) / ASSETS - performance.now();
      if (wait > 0) await pause(wait);
      const { topic, v } = plant.sample(count % ASSETS, Math.floor(count / ASSETS));
      publisher.publish(topic, JSON.stringify({ t: Date.now() * 1000, v }));
    }
  })();
  return async () => {
    isOver = true;
    await done;
  };
}

/** Every task of the page's main thread in a trace: when it began and how long it took, in ms. */
function tasksOf(events) {
  const main = events.find((event) => event.name === 'thread_name' && event.args.name === 'CrRendererMain' && isBusy(events, event));
  const own = (event) => event.pid === main.pid && event.tid === main.tid;
  const tasks = events.filter((event) => own(event) && event.ph === 'X' && event.name === 'RunTask');
  return tasks.map((event) => ({ at: event.ts / 1000, took: event.dur / 1000 }));
}

/** Whether this is the thread of the page, and not of an empty one beside it. */
function isBusy(events, { pid, tid }) {
  return events.some((event) => event.pid === pid && event.tid === tid && event.name === 'FireAnimationFrame');
}

async function trace(page, during) {
  const devtools = await page.context().newCDPSession(page);
  const events = [];
  devtools.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  const categories = ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline', 'disabled-by-default-v8.cpu_profiler'];
  const included = process.env.PROFILE ? categories : categories.slice(0, 3);
  await devtools.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: included } });
  const result = await during();
  const complete = new Promise((done) => devtools.once('Tracing.tracingComplete', done));
  await devtools.send('Tracing.end');
  await complete;
  return { events, result };
}

/** `fleet.frame_p95`, and how many frames were dropped. */
export async function frameP95(browser) {
  const plant = works(ASSETS);
  const server = await Server.start({ plant: plant.text, binary: 'target/release/twinlight', env: { TWINLIGHT_TWINS__CHECKPOINT_SECS: '60' } });
  try {
    const history = plant.history(40);
    for (let at = 0; at < history.length; at += 1_000) await server.post(history.slice(at, at + 1_000));
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on('pageerror', (error) => note(`the page threw: ${error.message}`));
    const publisher = await Publisher.connect(server.mqttPort, 'bench');
    const stop = publishAll(publisher, plant);
    const began = performance.now();
    await page.goto(server.url);
    await until(() => page.evaluate(() => (window.twinlight?.link() === 'live' ? true : undefined)));
    note(`live after ${(performance.now() - began).toFixed(0)} ms`);
    const hinted = () => [...document.querySelectorAll('.asset-tile__hint')].filter((hint) => !/yet/.test(hint.textContent)).length;
    await until(async () => ((await page.evaluate(hinted)) === ASSETS ? true : undefined), 120_000);
    note(`all ${ASSETS} have a forecast after ${(performance.now() - began).toFixed(0)} ms`);
    await pause(WARM_UP_SECS * 1000);

    const { events, result: frames } = await trace(page, () =>
      page.evaluate(
        (ms) =>
          new Promise((done) => {
            const at = [];
            const look = (now) => {
              at.push(now);
              if (now - at[0] < ms) requestAnimationFrame(look);
              else done(at);
            };
            requestAnimationFrame(look);
          }),
        SECS * 1000,
      ),
    );
    await stop();
    publisher.end();
    const verdicts = await page.evaluate(
      (count) => Array.from({ length: count }, (_, n) => window.twinlight.verification(`asset-${n + 1}`).state),
      ASSETS,
    );
    note(`${verdicts.filter((state) => state === 'verified').length} twins verified, ${verdicts.filter((state) => state === 'differs').length} differ`);
    await page.close();

    const tasks = tasksOf(events).sort((a, b) => a.at - b.at);
    const fired = events.filter((event) => event.name === 'FireAnimationFrame').map((event) => event.ts / 1000).sort((a, b) => a - b);
    // A frame begins with the task that calls for it, whoever asked for calls; what follows until the next is its work too.
    const work = [];
    let next = 0;
    for (const { at, took } of tasks) {
      while (next < fired.length && fired[next] < at) next += 1;
      if (next < fired.length && fired[next] < at + took) work.push(took);
      else if (work.length > 0) work[work.length - 1] += took;
    }
    const dropped = frames.slice(1).reduce((sum, now, i) => sum + Math.max(0, Math.round((now - frames[i]) / FRAME_MS) - 1), 0);
    const p = (q) => quantile(work, q).toFixed(1);
    const share = dropped / (frames.length - 1 + dropped);
    note(`main-thread work a frame: p50 ${p(0.5)} ms, p95 ${p(0.95)} ms, p99 ${p(0.99)} ms, max ${p(1)} ms, of ${work.length} frames`);
    note(`${dropped} frames dropped (${(share * 100).toFixed(2)} %); the limit is ${DROPPED_SHARE * 100} %`);
    if (process.env.PROFILE) (await import('node:fs')).writeFileSync(process.env.PROFILE, JSON.stringify(events));
    figure('fleet.frame_p95', quantile(work, 0.95), 'ms', WORK_MS, 'limit');
    figure('fleet.frames_dropped', share * 100, '%', DROPPED_SHARE * 100, 'limit');
  } finally {
    await server.remove();
  }
}
