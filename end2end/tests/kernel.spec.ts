//! The kernel has the same bits wherever it runs.

import { createHash } from 'node:crypto';

import { expect, test } from '@playwright/test';

import { FORMULAS, MODELS, inNode, packed, page, rehearseNatively } from '../parts/kernel.mjs';

test('a scripted life of every model ends in the same bits on two lanes, on four and as WebAssembly in Node', () => {
  test.setTimeout(600_000);
  const [steps, seed] = [10_000, 2];
  const [two, four] = ['two', 'four'].map((width) => rehearseNatively(width, steps, seed, MODELS));
  const wasm = inNode(page());
  for (const [i, file] of MODELS.entries()) expect(four[i], `${file} on four lanes`).toBe(two[i]);
  // The page holds nothing that reads what was learned: the twins of `learned.spec.ts` are verified in a page that does.
  const models = packed(FORMULAS);
  for (const [i, file] of FORMULAS.entries()) {
    expect(wasm.rehearse(models[i], steps, seed), `${file} in Node`).toBe(two[MODELS.indexOf(file)]);
  }
});

test('two who share the members of a model count what one counts, natively and as WebAssembly', () => {
  test.setTimeout(600_000);
  const [steps, seed] = [300, 2];
  const natively = rehearseNatively('crowd', steps, seed, FORMULAS);
  const wasm = inNode(page());
  const models = packed(FORMULAS);
  for (const [i, file] of FORMULAS.entries()) {
    const share = (first: number, end: number): string => wasm.count(models[i], steps, seed, first, end);
    const whole = share(0, 2);
    expect(wasm.join(share(1, 2), share(0, 1)), `${file} by two`).toBe(whole);
    const hash = createHash('sha256').update(Buffer.from(whole, 'hex')).digest('hex');
    expect(hash, `${file} in Node`).toBe(natively[i]);
  }
});
