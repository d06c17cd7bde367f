//! The figures that need a browser or the whole process: each its line on stdout, notes on stderr.
//!   node bench/run.mjs [NAME...]    only these figures

import { chromium } from '@playwright/test';

import { launchOptions } from '../parts/chromium.mjs';
import { hashEqual } from './kernel.mjs';
import { publishToPixel } from './live.mjs';
import { note } from './figures.mjs';
import { transfer } from './page.mjs';
import { secondStart } from './start.mjs';
import { redraw, requests } from './whatif.mjs';

const FIGURES = {
  'kernel.hash_equal': hashEqual,
  'whatif.redraw_p95': redraw,
  'whatif.requests': requests,
  'live.publish_to_pixel_p95': publishToPixel,
  'page.transfer': transfer,
  'start.second': secondStart,
};

const wanted = process.argv.slice(2);
let unmeasured = 0;
for (const [name, measure] of Object.entries(FIGURES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const browser = await chromium.launch(launchOptions);
  try {
    note(`${name} ...`);
    await measure(browser);
  } catch (error) {
    unmeasured += 1;
    console.error(`${name} could not be measured: ${error.stack ?? error}`);
  } finally {
    await browser.close();
  }
}
process.exitCode = unmeasured > 0 ? 1 : 0;
