//! Eight charts under each other while ten thousand samples a second arrive: what a frame costs, and what is lost.

import { setTimeout as pause } from 'node:timers/promises';

import { Server, until } from '../parts/server.mjs';
import { figure, note, quantile } from './figures.mjs';
import { DROPPED_SHARE, WORK_MS, tell, watch } from './frames.mjs';

const ASSETS = 10;
const SIGNALS = ['speed', 'ambient'];
const LANES = 8;
const RATE = 10_000;
const POSTS_A_SECOND = 10;
const WARM_UP_SECS = 10;
const SECS = 20;
const LONGEST_TASK_MS = 50;

const MICROS = 1_000_000;

const PLANT = `title = "Pumping station"\n${Array.from({ length: ASSETS }, (_, n) => `
[[asset]]
id = "pump-${n + 1}"
title = "Pump ${n + 1}"
model = "centrifugal-pump"
path = "station/hall"

[asset.signals]
${SIGNALS.map((signal) => `${signal} = { from = "${signal}" }`).join('\n')}
`).join('')}`;

/** Readings of every signal, evenly spread over a tenth of a second from `begin` in microseconds. */
function tenth(begin) {
  const each = RATE / POSTS_A_SECOND / ASSETS / SIGNALS.length;
  const step = MICROS / POSTS_A_SECOND / each;
  const readings = [];
  for (let i = 0; i < each; i += 1) {
    const t = Math.round(begin + i * step);
    const turn = Math.sin(t / MICROS / 3) + Math.sin(t / 1_700);
    for (let n = 1; n <= ASSETS; n += 1) {
      readings.push({ asset: `pump-${n}`, signal: 'speed', t, v: Number((3600 + 20 * turn + n).toFixed(3)) });
      readings.push({ asset: `pump-${n}`, signal: 'ambient', t, v: Number((20 + turn).toFixed(3)) });
    }
  }
  return readings;
}

/** Posts tenth after tenth of a second until it is told to stop; gives how many readings of an asset were taken in. */
function publishAll(server) {
  let isOver = false;
  let tenths = 0;
  const begin = Date.now() * 1000;
  const done = (async () => {
    for (; !isOver; tenths += 1) {
      const due = begin + ((tenths + 1) * MICROS) / POSTS_A_SECOND;
      const wait = due / 1000 - Date.now();
      if (wait > 0) await pause(wait);
      await server.post(tenth(begin + (tenths * MICROS) / POSTS_A_SECOND));
    }
  })();
  return async () => {
    isOver = true;
    await done;
    return (tenths * RATE) / POSTS_A_SECOND / ASSETS;
  };
}

/** `live.frame_p95`, the longest task, dropped frames, and entries that the tab was not told. */
export async function lanesP95(browser) {
  const server = await Server.start({ plant: PLANT, binary: 'target/release/twinlight', env: { TWINLIGHT_TWINS__CHECKPOINT_SECS: '60' } });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 1800 } });
    page.on('pageerror', (error) => note(`the page threw: ${error.message}`));
    const stop = publishAll(server);
    const lanes = Array.from({ length: LANES }, (_, n) => `pump-${Math.floor(n / 2) + 1}*${SIGNALS[n % 2]}`);
    await page.goto(`${server.url}/trends?past=1h&lanes=${lanes.join('**')}`);
    await until(() => page.evaluate(() => (window.twinlight?.link() === 'live' ? true : undefined)));
    await pause(WARM_UP_SECS * 1000);
    const seqs = () => page.evaluate((count) => Array.from({ length: count }, (_, n) => window.twinlight.seq(`pump-${n + 1}`)), ASSETS);
    const [before, began] = [await seqs(), Date.now()];
    const seen = await watch(page, SECS);
    const [after, ended] = [await seqs(), Date.now()];
    const arrived = after.reduce((sum, seq, n) => sum + seq - before[n], 0) / ((ended - began) / 1000);
    const coalesced = await page.evaluate((count) => Array.from({ length: count }, (_, n) => window.twinlight.coalesced(`pump-${n + 1}`).length).reduce((a, b) => a + b), ASSETS);
    const sent = await stop();
    await pause(3_000);
    const known = await seqs();
    await page.close();
    note(`${arrived.toFixed(0)} samples a second arrived; ${coalesced} spans came coalesced; ${known.filter((seq) => seq === sent).length} of ${ASSETS} assets are at the last entry that was acknowledged`);
    const { work, droppedShare, longest } = tell(seen);
    figure('live.frame_p95', quantile(work, 0.95), 'ms', WORK_MS, 'limit');
    figure('live.frames_dropped', droppedShare * 100, '%', DROPPED_SHARE * 100, 'limit');
    figure('live.longest_task', longest, 'ms', LONGEST_TASK_MS, 'limit');
    figure('live.lost', known.reduce((sum, seq) => sum + sent - seq, 0), 'entries', 0, 'limit');
  } finally {
    await server.remove();
  }
}
