//! A fleet page of a hundred assets, each measured once a second, their twins stepping in the tab: what a frame costs.

import { setTimeout as pause } from 'node:timers/promises';

import { Publisher } from '../parts/mqtt.mjs';
import { works } from '../parts/plants.mjs';
import { Server, until } from '../parts/server.mjs';
import { figure, note, quantile } from './figures.mjs';
import { DROPPED_SHARE, WORK_MS, tell, watch } from './frames.mjs';

const HUNDRED = 100;
const HUNDREDS = 500;
const WARM_UP_SECS = 15;
const SECS = 30;

/** Publishes one sample of every asset each second, evenly spread over it, until it is told to stop. */
function publishAll(publisher, plant, assets) {
  let isOver = false;
  const start = performance.now();
  const done = (async () => {
    for (let count = 0; !isOver; count += 1) {
      const wait = start + (count * 1000) / assets - performance.now();
      if (wait > 0) await pause(wait);
      const { topic, v } = plant.sample(count % assets, Math.floor(count / assets));
      publisher.publish(topic, JSON.stringify({ t: Date.now() * 1000, v }));
    }
  })();
  return async () => {
    isOver = true;
    await done;
  };
}

/** `fleet.frame_p95`, and how many frames were dropped. */
export async function frameP95(browser) {
  const { work, droppedShare } = await framesOf(browser, HUNDRED);
  figure('fleet.frame_p95', quantile(work, 0.95), 'ms', WORK_MS, 'limit');
  figure('fleet.frames_dropped', droppedShare * 100, '%', DROPPED_SHARE * 100, 'limit');
}

/** `fleet.frame500_p95`: five hundred assets. */
export async function frame500P95(browser) {
  const { work } = await framesOf(browser, HUNDREDS);
  figure('fleet.frame500_p95', quantile(work, 0.95), 'ms', WORK_MS, 'limit');
}

async function framesOf(browser, assets) {
  const plant = works(assets);
  const server = await Server.start({ plant: plant.text, binary: 'target/release/twinlight', env: { TWINLIGHT_TWINS__CHECKPOINT_SECS: '60' } });
  try {
    const history = plant.history(40);
    for (let at = 0; at < history.length; at += 1_000) await server.post(history.slice(at, at + 1_000));
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on('pageerror', (error) => note(`the page threw: ${error.message}`));
    const publisher = await Publisher.connect(server.mqttPort, 'bench');
    const stop = publishAll(publisher, plant, assets);
    const began = performance.now();
    await page.goto(server.url);
    await until(() => page.evaluate(() => (window.twinlight?.link() === 'live' ? true : undefined)));
    note(`live after ${(performance.now() - began).toFixed(0)} ms`);
    const hinted = () => [...document.querySelectorAll('.asset-tile__hint')].filter((hint) => !/yet/.test(hint.textContent)).length;
    await until(async () => ((await page.evaluate(hinted)) === assets ? true : undefined), 600_000);
    note(`all ${assets} have a forecast after ${(performance.now() - began).toFixed(0)} ms`);
    await pause(WARM_UP_SECS * 1000);

    const seen = await watch(page, SECS);
    await stop();
    publisher.end();
    const verdicts = await page.evaluate(
      (count) => Array.from({ length: count }, (_, n) => window.twinlight.verification(`asset-${n + 1}`).state),
      assets,
    );
    note(`${verdicts.filter((state) => state === 'verified').length} twins verified, ${verdicts.filter((state) => state === 'differs').length} differ`);
    await page.close();

    return tell(seen);
  } finally {
    await server.remove();
  }
}
