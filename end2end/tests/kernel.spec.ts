//! The kernel has the same bits wherever it runs.

import { expect, test } from '@playwright/test';

import { MODELS, inNode, packed, page, rehearseNatively } from '../parts/kernel.mjs';

test('a scripted life of every model ends in the same bits on two lanes, on four and as WebAssembly in Node', () => {
  test.setTimeout(600_000);
  const [steps, seed] = [10_000, 2];
  const [two, four] = ['two', 'four'].map((width) => rehearseNatively(width, steps, seed, MODELS));
  const wasm = inNode(page());
  const models = packed(MODELS);
  for (const [i, file] of MODELS.entries()) {
    expect(four[i], `${file} on four lanes`).toBe(two[i]);
    expect(wasm.rehearse(models[i], steps, seed), `${file} in Node`).toBe(two[i]);
  }
});
