//! The kernel against NumPy, plain JavaScript and code written by hand; equal to the bit everywhere; its size.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';

import { MODELS, inBrowser, inNode, packed, page, rehearseNatively } from '../parts/kernel.mjs';
import { ROOT } from '../parts/server.mjs';
import { figure, median, note } from './figures.mjs';

/** As many steps of 64 members as the Monte Carlo has: 2.88 million. */
const STEPS = 45_000;
const SEED = 1;
const RUNS = 15;
const LIMIT_KB = 150;
const NUMPY = '2.4.6';

let built;
const kernel = () => (built ??= page());

/** `kernel.hash_equal`: 1 if every model's life ends in the same bits natively at either width, in Node and in Chromium. */
export async function hashEqual(browser) {
  const tab = await inBrowser(browser, kernel());
  const node = inNode(kernel());
  const [two, four] = ['two', 'four'].map((width) => rehearseNatively(width, STEPS, SEED, MODELS, ['--release']));
  const models = packed(MODELS);
  let equal = 1;
  for (const [i, file] of MODELS.entries()) {
    const model = models[i];
    const inTab = await tab.evaluate(([model, steps, seed]) => window.wasm_bindgen.rehearse(model, steps, seed), [model, STEPS, SEED]);
    const ends = { two: two[i], four: four[i], node: node.rehearse(model, STEPS, SEED), chromium: inTab };
    note(`${file}: ${two[i]}`);
    if (new Set(Object.values(ends)).size > 1) {
      note(`DIFFERS: ${JSON.stringify(ends)}`);
      equal = 0;
    }
  }
  figure('kernel.hash_equal', equal, '1', 1, 'equal');
  await tab.close();
}

/** The study natively: `{"millis", "outcome"}` on lanes of `width` members, or the `case` for a reference. */
function native(...words) {
  const bench = ['bench', '--quiet', '-p', 'twin', '--bench', 'monte_carlo', '--', ...words];
  return JSON.parse(execFileSync('cargo', bench, { cwd: ROOT, encoding: 'utf8' }));
}

/** Both computed the same, up to the random numbers. */
function compare(ours, theirs, whose) {
  const [mean, low, mid, high, above] = ours.map((value, i) => Math.abs(value - theirs[i]));
  if (!(mean < 0.2 && low < 0.4 && mid < 0.2 && high < 0.4 && above < 0.01)) {
    throw new Error(`${whose} computes something else: ${theirs} instead of ${ours}`);
  }
}

function withNumpy(input) {
  const python = join(ROOT, 'target/venv/bin/python');
  if (!existsSync(python)) execFileSync('python3', ['-m', 'venv', join(ROOT, 'target/venv')]);
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `numpy==${NUMPY}`];
  execFileSync(python, install, { stdio: ['ignore', 'inherit', 'inherit'] });
  const script = join(ROOT, 'end2end/bench/monte_carlo/with_numpy.py');
  return JSON.parse(execFileSync(python, [script, `${RUNS}`], { input, encoding: 'utf8' }));
}

/** `kernel.mc_native_vs_numpy`: 10,000 members, 288 steps, one thread, to the last band. */
export async function nativeVsNumpy() {
  const ours = native('four', RUNS);
  const theirs = withNumpy(JSON.stringify(native('case')));
  compare(ours.outcome, theirs.outcome, 'NumPy');
  figure('kernel.mc_native_vs_numpy', median(ours.millis), 'ms', median(theirs.millis), `NumPy ${theirs.version}`);
}

/** Milliseconds of each, taken in turns, and what each says. */
async function inTab(tab, given) {
  await tab.addScriptTag({ content: readFileSync(join(ROOT, 'end2end/bench/monte_carlo/plain.js'), 'utf8') });
  return tab.evaluate(
    ([{ day, starts, members }, runs]) => {
      const study = window.wasm_bindgen.Study.told();
      const contestants = {
        ours: () => study.ours(),
        hand: () => study.by_hand(),
        plain: () => window.plainMonteCarlo(day, starts, members),
      };
      const found = {};
      for (const name of Object.keys(contestants)) found[name] = { millis: [] };
      for (let run = -3; run < runs; run += 1) {
        for (const [name, work] of Object.entries(contestants)) {
          const began = performance.now();
          const outcome = Array.from(work());
          // The first runs are those in which the engine compiles.
          if (run >= 0) found[name].millis.push(performance.now() - began);
          found[name].outcome = outcome;
        }
      }
      return found;
    },
    [given, RUNS],
  );
}

let measured;

async function inChromium(browser) {
  if (measured) return measured;
  const tab = await inBrowser(browser, kernel());
  const found = await inTab(tab, native('case'));
  await tab.close();
  compare(found.ours.outcome, found.plain.outcome, 'JavaScript');
  if (`${found.ours.outcome}` !== `${found.hand.outcome}`) throw new Error('the code written by hand has other bits');
  const [ours, hand, plain] = [found.ours, found.hand, found.plain].map(({ millis }) => median(millis));
  note(`Monte Carlo in Chromium: ours ${ours.toFixed(1)} ms, by hand ${hand.toFixed(1)}, JavaScript ${plain.toFixed(1)}`);
  measured = { ours, hand, plain };
  return measured;
}

/** `kernel.mc_wasm_vs_js`: the same in Chromium against plain JavaScript. */
export async function wasmVsJs(browser) {
  const { ours, plain } = await inChromium(browser);
  figure('kernel.mc_wasm_vs_js', ours, 'ms', plain, 'plain JavaScript');
}

/** `kernel.mc_wasm_vs_hand`: against lane code written by hand in the same wasm. */
export async function wasmVsHand(browser) {
  const { ours, hand, plain } = await inChromium(browser);
  note(`the code written by hand is ${(plain / hand).toFixed(2)} times as fast as JavaScript`);
  figure('kernel.mc_wasm_vs_hand', ours, 'ms', hand, 'by hand over lanes');
}

/** `kernel.wasm_vs_native`: against the same program natively on lanes of two members. */
export async function wasmVsNative(browser) {
  const { ours } = await inChromium(browser);
  figure('kernel.wasm_vs_native', ours, 'ms', median(native('two', RUNS).millis), 'native, SSE2');
}

/** `kernel.size`: what a page that holds only the kernel loads. */
export async function size() {
  const { glue, wasm } = kernel();
  const bytes = [glue, wasm].reduce((sum, file) => sum + brotliCompressSync(file).length, 0);
  figure('kernel.size', bytes / 1000, 'kB', LIMIT_KB, 'limit');
}
