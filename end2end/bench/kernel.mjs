//! The kernel against NumPy, plain JavaScript and code written by hand; equal to the bit everywhere; its size.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';

import { FORMULAS, apart, inBrowser, inNode, inWorkers, otherCompilers, packed, page, rehearseNatively } from '../parts/kernel.mjs';
import { ROOT } from '../parts/server.mjs';
import { figure, median, note } from './figures.mjs';

/** As many steps of 64 members as the Monte Carlo has: 2.88 million. */
const STEPS = 45_000;
/** Of two chunks of 512 members: as many steps again. */
const CROWD_STEPS = 2_813;
/** In the study its inputs are known, as they are to all references. */
const TRANSFORMER = 'server/models/power-transformer.toml';
const SEED = 1;
const RUNS = 15;
const LIMIT_KB = 150;
const NUMPY = '2.4.6';

const built = {};
const pageOf = (name) => (built[name] ??= page(name));

/**
 * `kernel.hash_equal`: 1 if every model's life ends in the same bits natively at either width, in Node, in Chromium and
 * by every other compiler that is there, and one worker counts what two do.
 */
export async function hashEqual(browser) {
  const kernel = pageOf('kernel');
  const tab = await inBrowser(browser, { kernel });
  const node = inNode(kernel);
  const ends = { two: [], four: [], crowd: [] };
  for (const question of Object.keys(ends)) {
    const steps = question === 'crowd' ? CROWD_STEPS : STEPS;
    ends[question].push(['natively', rehearseNatively(question, steps, SEED, FORMULAS, ['--release'])]);
  }
  const others = otherCompilers();
  for (const [number, { version, words }] of others.entries()) {
    for (const width of ['two', 'four']) {
      const found = rehearseNatively(width, STEPS, SEED, FORMULAS, ['--release', ...apart(`${number}`)], words);
      ends[width].push([version, found]);
    }
  }
  note(others.length ? `also by ${others.map(({ version }) => version).join(', ')}` : 'no second compiler on this machine: not compared');
  const models = packed(FORMULAS);
  let equal = 1;
  for (const [i, file] of FORMULAS.entries()) {
    const model = models[i];
    const asked = [model, STEPS, SEED];
    const lives = {
      node: node.rehearse(...asked),
      chromium: await tab.evaluate((asked) => window.kernel.rehearse(...asked), asked),
    };
    const crowds = {};
    for (const workers of [1, 2]) {
      const counted = await inWorkers(tab, kernel, workers, model, CROWD_STEPS, SEED);
      crowds[`${workers} in Chromium`] = createHash('sha256').update(Buffer.from(counted, 'hex')).digest('hex');
    }
    for (const width of ['two', 'four']) for (const [whose, found] of ends[width]) lives[`${width} ${whose}`] = found[i];
    for (const [whose, found] of ends.crowd) crowds[whose] = found[i];
    note(`${file}: ${lives.node}, a crowd ${crowds['1 in Chromium'].slice(0, 16)}`);
    for (const all of [lives, crowds]) {
      if (new Set(Object.values(all)).size > 1) {
        note(`DIFFERS: ${JSON.stringify(all)}`);
        equal = 0;
      }
    }
  }
  figure('kernel.hash_equal', equal, '1', 1, 'equal');
  await tab.close();
}

/** The study's model, and the same as it is in plants, whose members go apart by their inputs. */
function studied() {
  const folder = join(ROOT, 'target/kernel');
  mkdirSync(folder, { recursive: true });
  const known = join(folder, 'study.toml');
  writeFileSync(known, bench('model'));
  return packed([known, TRANSFORMER]);
}

/** The study natively: `{"millis", "outcome"}` on lanes of `width` members, or the `case` for a reference. */
function native(...words) {
  return JSON.parse(bench(...words));
}

function bench(...words) {
  const run = ['bench', '--quiet', '-p', 'twin', '--bench', 'monte_carlo', '--', ...words];
  return execFileSync('cargo', run, { cwd: ROOT, encoding: 'utf8' });
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
    ([{ day, starts, members }, models, runs]) => {
      const [study, apart] = models.map((model) => window.kernel.Study.told(model));
      const contestants = {
        ours: () => study.outcome(),
        apart: () => apart.outcome(),
        hand: () => window.byHand.outcome(),
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
    [given, studied(), RUNS],
  );
}

let measured;

async function inChromium(browser) {
  if (measured) return measured;
  const tab = await inBrowser(browser, { kernel: pageOf('kernel'), byHand: pageOf('by_hand') });
  const found = await inTab(tab, native('case'));
  await tab.close();
  compare(found.ours.outcome, found.plain.outcome, 'JavaScript');
  if (`${found.ours.outcome}` !== `${found.hand.outcome}`) throw new Error('the code written by hand has other bits');
  const [ours, hand, plain, apart] = ['ours', 'hand', 'plain', 'apart'].map((name) => median(found[name].millis));
  note(`Monte Carlo in Chromium: ours ${ours.toFixed(1)} ms, by hand ${hand.toFixed(1)}, JavaScript ${plain.toFixed(1)}`);
  measured = { ours, hand, plain, apart };
  return measured;
}

/** `kernel.mc_wasm_vs_js`: the same in Chromium against plain JavaScript. */
export async function wasmVsJs(browser) {
  const { ours, plain } = await inChromium(browser);
  figure('kernel.mc_wasm_vs_js', ours, 'ms', plain, 'plain JavaScript');
}

/** `kernel.mc_wasm_vs_hand`: against lane code written by hand, compiled alike. */
export async function wasmVsHand(browser) {
  const { ours, hand, plain } = await inChromium(browser);
  note(`the code written by hand is ${(plain / hand).toFixed(2)} times as fast as JavaScript`);
  figure('kernel.mc_wasm_vs_hand', ours, 'ms', hand, 'by hand over lanes');
}

/** `kernel.mc_apart`: with inputs that nobody is sure of, against the same with inputs that are known. */
export async function apartVsKnown(browser) {
  const { ours, apart } = await inChromium(browser);
  figure('kernel.mc_apart', apart, 'ms', ours, 'inputs that are known');
}

/** `kernel.wasm_vs_native`: against the same program natively on lanes of two members. */
export async function wasmVsNative(browser) {
  const { ours } = await inChromium(browser);
  figure('kernel.wasm_vs_native', ours, 'ms', median(native('two', RUNS).millis), 'native, SSE2');
}

/** So many samples that each measured signal is on its charts. */
const CHARTED = 1_600;
/** Seven states, three calibrated parameters, five measured signals, Runge-Kutta. */
const FOLLOWED = 'server/models/induction-motor.toml';
const FOLLOW_US = 50;
const STATE_KIB = 256;
const TWINS = 64;

/** `kernel.follow_us`: one sample and one step of 64 members, with detection, in Chromium; of all other models in a note. */
export async function followUs(browser) {
  const tab = await inBrowser(browser, { kernel: pageOf('kernel') });
  const models = packed(FORMULAS);
  for (const [i, name] of FORMULAS.entries()) {
    const micros = await tab.evaluate(
      ([model, charted, runs]) => {
        const followers = window.kernel.Followers.new(model, 1);
        followers.fill(charted);
        const micros = [];
        for (let run = 0; run < runs; run += 1) {
          followers.prepare(1_000);
          const began = performance.now();
          followers.tell();
          micros.push(performance.now() - began);
        }
        followers.free();
        return micros;
      },
      [models[i], CHARTED, name === FOLLOWED ? RUNS : 3],
    );
    if (name === FOLLOWED) figure('kernel.follow_us', median(micros), 'us', FOLLOW_US, 'limit');
    else note(`${name}: ${median(micros).toFixed(0)} us`);
  }
  await tab.close();
}

/** `kernel.state_kib`: by how much the program's memory grows with each twin that follows an asset. */
export async function stateKib() {
  const kernel = inNode(pageOf('kernel'));
  const model = packed([FOLLOWED])[0];
  const one = kernel.Followers.new(model, 1);
  one.fill(CHARTED);
  const began = kernel.bytes_held();
  const many = kernel.Followers.new(model, TWINS);
  many.fill(CHARTED);
  const grown = kernel.bytes_held() - began;
  one.free();
  many.free();
  figure('kernel.state_kib', grown / TWINS / 1024, 'KiB', STATE_KIB, 'limit');
}

/** `kernel.size`: what a page that holds only the kernel loads. */
export async function size() {
  const { glue, wasm } = pageOf('kernel');
  const bytes = [glue, wasm].reduce((sum, file) => sum + brotliCompressSync(file).length, 0);
  figure('kernel.size', bytes / 1000, 'kB', LIMIT_KB, 'limit');
}
