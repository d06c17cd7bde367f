//! What a frame costs a page: its main thread's work between one call for a frame and the next, and frames that never came.

import { writeFileSync } from 'node:fs';

import { note, quantile } from './figures.mjs';

export const WORK_MS = 12;
export const DROPPED_SHARE = 0.01;
const FRAME_MS = 1000 / 60;

/** Every task of the page's main thread in a trace: when it began, how long it took, and for how long a processor was at it, in ms. */
function tasksOf(events) {
  const main = events.find((event) => event.name === 'thread_name' && event.args.name === 'CrRendererMain' && isBusy(events, event));
  const own = (event) => event.pid === main.pid && event.tid === main.tid;
  const tasks = events.filter((event) => own(event) && event.ph === 'X' && event.name === 'RunTask');
  return tasks.map((event) => ({ at: event.ts / 1000, took: event.dur / 1000, worked: event.tdur / 1000 }));
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

/** Watches a page for so many seconds: the trace, and when its frames came. */
export function watch(page, secs) {
  return trace(page, () =>
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
      secs * 1000,
    ),
  );
}

/**
 * The work of each frame in ms, the longest task, and the share of frames that were dropped; and says so.
 *
 * Work is the processor's time on the main thread: server, publisher, tracing and painting share two cores with it, and how
 * long it had to wait for one is theirs. The longest task is by the clock: that is what a user waits for.
 */
export function tell({ events, result: frames }) {
  const tasks = tasksOf(events).sort((a, b) => a.at - b.at);
  const fired = events.filter((event) => event.name === 'FireAnimationFrame').map((event) => event.ts / 1000).sort((a, b) => a - b);
  // A frame begins with the task that calls for it, whoever asked for calls; what follows until the next is its work too.
  const [work, clock] = [[], []];
  let next = 0;
  for (const { at, took, worked } of tasks) {
    while (next < fired.length && fired[next] < at) next += 1;
    if (next < fired.length && fired[next] < at + took) {
      work.push(worked);
      clock.push(took);
    } else if (work.length > 0) {
      work[work.length - 1] += worked;
      clock[clock.length - 1] += took;
    }
  }
  const dropped = frames.slice(1).reduce((sum, now, i) => sum + Math.max(0, Math.round((now - frames[i]) / FRAME_MS) - 1), 0);
  const droppedShare = dropped / (frames.length - 1 + dropped);
  const longest = Math.max(...tasks.map(({ took }) => took));
  const told = (all) => [0.5, 0.95, 0.99, 1].map((q) => quantile(all, q).toFixed(1)).join(', ');
  note(`main-thread work a frame, p50, p95, p99, max: ${told(work)} ms of processor time; ${told(clock)} ms by the clock; ${work.length} frames; longest task ${longest.toFixed(1)} ms`);
  note(`${dropped} frames dropped (${(droppedShare * 100).toFixed(2)} %); the limit is ${DROPPED_SHARE * 100} %`);
  if (process.env.PROFILE) writeFileSync(process.env.PROFILE, JSON.stringify(events));
  return { work, droppedShare, longest };
}
