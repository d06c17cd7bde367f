//! The kernel by itself: natively as a program, and as a page's wasm that holds nothing else.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from './server.mjs';

/** Every model that is shipped, and that which uses every function. */
export const MODELS = ['server/models', 'app/twin/tests/models'].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.toml'))
    .map((name) => `${folder}/${name}`)
    .sort(),
);

/** Those that formulas step, alone: what has learned is read by a part that a page need not have, and has no members. */
export const FORMULAS = MODELS.filter((file) => !/^\[learned\./m.test(readFileSync(join(ROOT, file), 'utf8')));

const cargo = (...words) => execFileSync('cargo', words, { cwd: ROOT, encoding: 'utf8' });

/** The models as pages are given them. */
export function packed(files) {
  return cargo('run', '--quiet', '-p', 'twin', '--example', 'rehearse', '--', 'pack', ...files).trim().split('\n');
}

/** What the kernel says natively of each of `files`: `question` is `two` or `four`, members in a lane, or `crowd`. */
export function rehearseNatively(question, steps, seed, files, profile = [], compiler = []) {
  const words = ['run', '--quiet', ...profile, '-p', 'twin', '--example', 'rehearse', '--', question, `${steps}`, `${seed}`];
  const ends = cargo(...compiler, ...words, ...files).trim().split('\n');
  return ends.map((end, i) => end.slice(0, -files[i].length - 1));
}

/** The compilers on this machine that have another version than the one in use: version, and words for cargo. */
export function otherCompilers() {
  const run = (command, words) => {
    try {
      return execFileSync(command, words, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    } catch {
      return '';
    }
  };
  const own = run('rustc', ['--version']);
  const found = new Map();
  for (const line of run('rustup', ['toolchain', 'list']).split('\n')) {
    const [name] = line.split(' ');
    const version = name && run('rustc', [`+${name}`, '--version']);
    if (version && version !== own && !found.has(version)) found.set(version, [`+${name}`]);
  }
  return [...found].map(([version, words]) => ({ version, words }));
}

/** Words that have a compiler build beside what the others have built. */
export const apart = (name) => ['--target-dir', join(ROOT, 'target/compilers', name)];

/** Builds a page's wasm and what loads it, and reads both: the `kernel`, or what is written `by_hand`. */
export function page(name = 'kernel') {
  cargo('build', '--quiet', '-p', 'twin', '--example', name, '--target', 'wasm32-unknown-unknown', '--profile', 'wasm-release');
  const folder = join(ROOT, 'target/kernel');
  mkdirSync(folder, { recursive: true });
  const built = join(ROOT, 'target/wasm32-unknown-unknown/wasm-release/examples', `${name}.wasm`);
  const bindgen = ['--target', 'no-modules', '--no-typescript', '--remove-name-section', '--remove-producers-section'];
  execFileSync('wasm-bindgen', [...bindgen, '--out-name', name, '--out-dir', folder, built]);
  return { glue: readFileSync(join(folder, `${name}.js`), 'utf8'), wasm: readFileSync(join(folder, `${name}_bg.wasm`)) };
}

/** The page's functions in this process. */
export function inNode({ glue, wasm }) {
  const kernel = new Function(`${glue}; return wasm_bindgen;`)();
  kernel.initSync({ module: wasm });
  return kernel;
}

/** A tab of `browser` in which `window[name]` holds the functions of each of `pages`. */
export async function inBrowser(browser, pages) {
  const tab = await browser.newPage();
  await tab.goto('about:blank');
  for (const [name, { glue, wasm }] of Object.entries(pages)) {
    await tab.evaluate(
      async ([name, glue, base64]) => {
        // As a function and not as a script, whose address the glue would look for.
        window[name] = new Function(`${glue}; return wasm_bindgen;`)();
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        await window[name]({ module_or_path: bytes });
      },
      [name, glue, wasm.toString('base64')],
    );
  }
  return tab;
}

/** What `workers` of a tab have counted together of two chunks of a packed model's members. */
export function inWorkers(tab, { glue, wasm }, workers, model, steps, seed) {
  return tab.evaluate(
    async ([glue, base64, workers, model, steps, seed]) => {
      const script = `${glue}; onmessage = async ({ data: [wasm, ...asked] }) => {
        await wasm_bindgen({ module_or_path: wasm });
        postMessage(wasm_bindgen.count(...asked));
      };`;
      const address = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const count = (first, end) =>
        new Promise((resolve, reject) => {
          const worker = new Worker(address);
          worker.onmessage = ({ data }) => {
            worker.terminate();
            resolve(data);
          };
          worker.onerror = ({ message }) => reject(new Error(message));
          worker.postMessage([bytes, model, steps, seed, first, end]);
        });
      if (workers === 1) return count(0, 2);
      // Joined the other way round than they were begun.
      const [one, other] = await Promise.all([count(0, 1), count(1, 2)]);
      return window.kernel.join(other, one);
    },
    [glue, wasm.toString('base64'), workers, model, steps, seed],
  );
}
