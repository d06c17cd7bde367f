//! A tab that is open all day: eight hours of stream and a page change a minute, sixty times as fast; what it holds in the end.

import { setTimeout as pause } from 'node:timers/promises';

import { ROUND, go, watchMemory } from '../parts/memory.mjs';
import { BENCH_TOP, transformerHours } from '../parts/plants.mjs';
import { Server, until } from '../parts/server.mjs';
import { figure, note } from './figures.mjs';

const HOURS = Number(process.env.GROWTH_HOURS ?? 8);
/** A signal of the cell is measured once a second in the time that is told, and so many times in a second. */
const FASTER = 60;
/** First everything that is bounded is filled: more than a track holds. */
const WARM_UP_SECS = 45;
const WARM_UP_RATE = 3_000;
const POSTS_A_SECOND = 10;
const GROWTH_PERCENT = 2;
const MICROS = 1_000_000;

/** Posts the cell's three signals at `rate(secs since the begin)` instants a second until it is told to stop. */
function publishAll(server, rate) {
  let isOver = false;
  let sent = 0;
  const begin = Date.now();
  const done = (async () => {
    for (let last = begin; !isOver; ) {
      await pause(1000 / POSTS_A_SECOND - ((Date.now() - begin) % (1000 / POSTS_A_SECOND)));
      const now = Date.now();
      const count = Math.max(1, Math.round((rate((now - begin) / 1000) * (now - last)) / 1000));
      const readings = [];
      for (let i = 1; i <= count; i += 1) {
        const t = Math.round((last + ((now - last) * i) / count) * 1000);
        const turn = Math.sin(t / MICROS / 30);
        const of = { current: 1 + 0.2 * turn, voltage: 3.6 - 0.02 * turn, temperature: 25 + turn };
        for (const [signal, v] of Object.entries(of)) readings.push({ asset: 'cell', signal, t, v: Number(v.toFixed(4)) });
      }
      await server.post(readings);
      sent += readings.length;
      last = now;
    }
  })();
  return async () => {
    isOver = true;
    await done;
    return sent;
  };
}

/** `live.memory_growth`: what eight hours add to the program's memory and to the heap. */
export async function memoryGrowth(browser) {
  const server = await Server.start({ plant: BENCH_TOP, binary: 'target/release/twinlight', env: { TWINLIGHT_TWINS__CHECKPOINT_SECS: '60' } });
  try {
    await server.post(transformerHours(24));
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on('pageerror', (error) => note(`the page threw: ${error.message}`));
    await page.goto(server.url);
    await until(() => page.evaluate(() => (window.twinlight?.link() === 'live' ? true : undefined)));
    const held = await watchMemory(page);
    const stop = publishAll(server, (secs) => (secs < WARM_UP_SECS ? WARM_UP_RATE : FASTER));
    const began = Date.now();
    let changes = 0;
    const walk = async (untilMs) => {
      for (; Date.now() < untilMs; changes += 1) {
        await go(page, ROUND[changes % ROUND.length]);
        // A page change a minute of the time that is told.
        await pause(Math.max(0, 60_000 / FASTER - (Date.now() % (60_000 / FASTER))));
      }
    };
    // Six hours more than what fills it. What is only remembered for a while is forgotten once within two; the heap of a run of
    // 16 hours grew by 4.2 % until the sixth and by 0.3 % in the ten after it.
    const warm = began + WARM_UP_SECS * 1000 + (Math.min(6, 0.75 * HOURS) * 3_600_000) / FASTER;
    await walk(began + WARM_UP_SECS * 1000);
    await go(page, '/');
    const full = await held();
    await walk(warm);
    await go(page, '/');
    const first = await held();
    const samples = () => page.evaluate(() => window.twinlight.diagnostics().match(/Held: samples\t(.*)/)[1]);
    const tell = async (what, { program, heap, nodes, listeners }) =>
      note(`${what}: program ${(program / 1e6).toFixed(2)} MB, heap ${(heap / 1e6).toFixed(2)} MB, ${nodes} nodes, ${listeners} listeners, ${await samples()} samples`);
    await tell('filled', full);
    await tell('warm', first);
    const before = changes;
    const end = Date.now() + (HOURS * 3_600_000) / FASTER;
    let last = first;
    for (let hour = 1; hour <= HOURS; hour += 1) {
      await walk(end - ((HOURS - hour) * 3_600_000) / FASTER);
      await go(page, '/');
      last = await held();
      await tell(`after ${hour} h`, last);
    }
    const sent = await stop();
    await page.close();
    note(`${HOURS} h of one sample a second of three signals, ${FASTER} times as fast: in ${((HOURS * 60) / FASTER).toFixed(0)} min, with ${changes - before} page changes, after ${((warm - began) / 1000).toFixed(0)} s that filled what is bounded; ${sent} samples in all`);
    const growth = (name) => Math.max(0, ((last[name] - first[name]) / first[name]) * 100);
    figure('live.memory_growth', growth('program'), '%', GROWTH_PERCENT, 'limit');
    figure('live.heap_growth', growth('heap'), '%', GROWTH_PERCENT, 'limit');
  } finally {
    await server.remove();
  }
}
