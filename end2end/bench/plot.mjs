//! Charts beside uPlot and ECharts: the same points, the same size, the same browser, each frame read back.

import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from '../parts/server.mjs';
import { figure, median, note, quantile } from './figures.mjs';

const HERE = join(ROOT, 'end2end/bench/charts');
const STAND = join(ROOT, 'target/stand');
const LIMIT_MS = 4;
const RUNS = 5;
const MILLION = 1_000_000;

const FILES = {
  '/': [join(HERE, 'stand.html'), 'text/html'],
  '/stand.js': [join(HERE, 'stand.js'), 'text/javascript'],
  '/uplot.js': [join(HERE, 'node_modules/uplot/dist/uPlot.iife.js'), 'text/javascript'],
  '/uplot.css': [join(HERE, 'node_modules/uplot/dist/uPlot.min.css'), 'text/css'],
  '/echarts.js': [join(HERE, 'node_modules/echarts/dist/echarts.min.js'), 'text/javascript'],
  '/pkg/stand.js': [join(STAND, 'pkg/stand.js'), 'text/javascript'],
  '/pkg/stand_bg.wasm': [join(STAND, 'pkg/stand_bg.wasm'), 'application/wasm'],
};

let isBuilt = false;

/** The drawing code of the pages, compiled as it is for them, with a door to it. */
function build() {
  if (isBuilt) return;
  const run = (command, ...words) => execFileSync(command, words, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, CARGO_TARGET_DIR: STAND } });
  run('cargo', 'build', '--quiet', '-p', 'app', '--lib', '--no-default-features', '--features', 'bench', '--target', 'wasm32-unknown-unknown', '--profile', 'wasm-release');
  run('wasm-bindgen', '--target', 'web', '--no-typescript', '--out-name', 'stand', '--out-dir', join(STAND, 'pkg'), join(STAND, 'wasm32-unknown-unknown/wasm-release/app.wasm'));
  isBuilt = true;
}

async function withStand(browser, measure) {
  build();
  const server = createServer((request, response) => {
    const [file, type] = FILES[request.url] ?? [];
    if (!file) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': type }).end(readFileSync(file));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const open = async (count) => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 500 } });
    page.on('pageerror', (error) => note(`the page threw: ${error.message}`));
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.waitForFunction(() => window.isReady);
    await page.evaluate((count) => window.prepare(count), count);
    return page;
  };
  try {
    await measure(open);
  } finally {
    server.close();
  }
}

/** Of each chart, in turns and each on a page of its own: the quantiles of its frames, medians over the runs. */
async function pans(browser, count, calls, names) {
  const all = Object.fromEntries(names.map((name) => [name, { p50: [], p95: [] }]));
  await withStand(browser, async (open) => {
    for (let run = 0; run < RUNS; run += 1) {
      for (const name of names) {
        const page = await open(count);
        const millis = await page.evaluate(([name, calls]) => window.pan(name, calls, 20), [name, name === 'echarts' ? Math.min(calls, 20) : calls]);
        await page.close();
        all[name].p50.push(quantile(millis, 0.5));
        all[name].p95.push(quantile(millis, 0.95));
      }
    }
  });
  for (const [name, { p50, p95 }] of Object.entries(all)) {
    note(`${name}, ${count} points in sight: p50 ${median(p50).toFixed(2)} ms, p95 ${median(p95).toFixed(2)} ms`);
  }
  return Object.fromEntries(Object.entries(all).map(([name, { p50, p95 }]) => [name, { p50: median(p50), p95: median(p95) }]));
}

/** `plot.pan_1m_p95`: a million points in sight, beside the limit, uPlot and ECharts. */
export async function panMillion(browser) {
  const { twinlight, uplot, echarts } = await pans(browser, MILLION, 150, ['twinlight', 'uplot', 'echarts']);
  figure('plot.pan_1m_p95', twinlight.p95, 'ms', LIMIT_MS, 'limit');
  figure('plot.pan_1m_uplot', twinlight.p95, 'ms', uplot.p95, 'uPlot 1.6.32');
  figure('plot.pan_1m_echarts', twinlight.p95, 'ms', echarts.p95, 'ECharts 6.1');
}

/** `plot.pan_10k_p50`: ten thousand points in sight, beside uPlot. */
export async function panFew(browser) {
  const { twinlight, uplot } = await pans(browser, 10_000, 300, ['twinlight', 'uplot']);
  figure('plot.pan_10k_p50', twinlight.p50, 'ms', uplot.p50, 'uPlot 1.6.32');
}

/** `plot.first_1m`: from points in memory to the first picture, with our index built. */
export async function firstMillion(browser) {
  const took = { twinlight: [], uplot: [] };
  const whole = [];
  await withStand(browser, async (open) => {
    for (let run = 0; run < RUNS; run += 1) {
      for (const name of Object.keys(took)) {
        const page = await open(MILLION);
        const millis = await page.evaluate((name) => window.first(name), name);
        await page.close();
        took[name].push(name === 'twinlight' ? millis.shown : millis.whole);
        if (name === 'twinlight') whole.push(millis.whole);
      }
    }
  });
  note(`ours with the points taken over and the index built: ${median(whole).toFixed(1)} ms`);
  figure('plot.first_1m', median(took.twinlight), 'ms', median(took.uplot), 'uPlot 1.6.32');
}
