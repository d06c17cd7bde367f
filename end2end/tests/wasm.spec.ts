//! What is shipped to the browser computes two members at a time.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { expect, ROOT, test } from '../support';

test('the shipped wasm steps members two at a time', async () => {
  const tool = join(ROOT, 'end2end/node_modules/.bin/wasm-dis');
  const wasm = join(ROOT, 'target/site/pkg/twinlight_bg.wasm');
  const dis = spawn(process.execPath, [tool, '--all-features', wasm], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((done) => dis.once('exit', done));
  const counts = new Map<string, number>();
  for await (const line of createInterface({ input: dis.stdout })) {
    const found = line.match(/\((f64x2\.\w+)/);
    if (found) counts.set(found[1], (counts.get(found[1]) ?? 0) + 1);
  }
  expect(await ended).toBe(0);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  console.log(`f64x2 instructions in the shipped wasm: ${total}`);
  expect(total).toBeGreaterThan(100);
  for (const name of ['f64x2.add', 'f64x2.mul', 'f64x2.div']) expect(counts.get(name) ?? 0, name).toBeGreaterThan(10);
});
