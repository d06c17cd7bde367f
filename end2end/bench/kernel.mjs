//! The same life of every model, natively and in Chromium: equal to the bit, or not.

import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT, until } from '../parts/server.mjs';
import { figure, note } from './figures.mjs';
import { withServer } from './page.mjs';

const STEPS = 100_000;
const SEED = 1;

/** Every model that is shipped, and that which uses every function. */
export const MODELS = ['server/models', 'app/twin/tests/models'].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.toml'))
    .map((name) => `${folder}/${name}`)
    .sort(),
);

/** `kernel.hash_equal`: 1 if every model's life ends in the same bits on both sides. */
export async function hashEqual(browser) {
  const rehearse = ['run', '--quiet', '--release', '-p', 'twin', '--example', 'rehearse', '--'];
  const native = execFileSync('cargo', [...rehearse, `${STEPS}`, `${SEED}`, ...MODELS], { cwd: ROOT, encoding: 'utf8' });
  const endings = native.trim().split('\n');
  await withServer(
    async () => {},
    async (server) => {
      const page = await browser.newPage();
      await page.goto(server.url);
      await until(() => page.evaluate(() => (window.twinlight ? true : undefined)));
      let equal = 1;
      for (const [i, file] of MODELS.entries()) {
        const text = readFileSync(join(ROOT, file), 'utf8');
        const began = Date.now();
        const there = await page.evaluate(
          ([text, steps, seed]) => window.twinlight.rehearse(text, steps, seed),
          [text, STEPS, SEED],
        );
        const isEqual = `${there} ${file}` === endings[i];
        note(`${file}: ${there}, ${((Date.now() - began) / 1000).toFixed(1)} s in Chromium`);
        if (!isEqual) {
          note(`DIFFERS natively: ${endings[i]}`);
          equal = 0;
        }
      }
      figure('kernel.hash_equal', equal, '1', 1, 'equal');
      await page.close();
    },
  );
}
