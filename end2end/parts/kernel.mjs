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

const cargo = (...words) => execFileSync('cargo', words, { cwd: ROOT, encoding: 'utf8' });

/** The models as pages are given them. */
export function packed(files) {
  return cargo('run', '--quiet', '-p', 'twin', '--example', 'rehearse', '--', 'pack', ...files).trim().split('\n');
}

/** The ends of the models' scripted lives natively, on lanes of `width` members: `two` or `four`. */
export function rehearseNatively(width, steps, seed, files, profile = []) {
  const words = ['run', '--quiet', ...profile, '-p', 'twin', '--example', 'rehearse', '--', width, `${steps}`, `${seed}`];
  const ends = cargo(...words, ...files).trim().split('\n');
  return ends.map((end, i) => end.slice(0, -files[i].length - 1));
}

/** Builds the page's wasm and what loads it, and reads both. */
export function page() {
  cargo('build', '--quiet', '-p', 'twin', '--example', 'kernel', '--target', 'wasm32-unknown-unknown', '--profile', 'wasm-release');
  const folder = join(ROOT, 'target/kernel');
  mkdirSync(folder, { recursive: true });
  const built = join(ROOT, 'target/wasm32-unknown-unknown/wasm-release/examples/kernel.wasm');
  const bindgen = ['--target', 'no-modules', '--no-typescript', '--remove-name-section', '--remove-producers-section'];
  execFileSync('wasm-bindgen', [...bindgen, '--out-name', 'kernel', '--out-dir', folder, built]);
  return { glue: readFileSync(join(folder, 'kernel.js'), 'utf8'), wasm: readFileSync(join(folder, 'kernel_bg.wasm')) };
}

/** The page's functions in this process. */
export function inNode({ glue, wasm }) {
  const kernel = new Function(`${glue}; return wasm_bindgen;`)();
  kernel.initSync({ module: wasm });
  return kernel;
}

/** A tab of `browser` in which `wasm_bindgen` holds the page's functions. */
export async function inBrowser(browser, { glue, wasm }) {
  const tab = await browser.newPage();
  await tab.goto('about:blank');
  await tab.evaluate(
    async ([glue, base64]) => {
      // As a function and not as a script, whose address the glue would look for.
      window.wasm_bindgen = new Function(`${glue}; return wasm_bindgen;`)();
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      await window.wasm_bindgen({ module_or_path: bytes });
    },
    [glue, wasm.toString('base64')],
  );
  return tab;
}
