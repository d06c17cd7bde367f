//! The demo with some of its assets alone, and a faster clock.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ROOT } from './server.mjs';

/** The demo's assets with these ids, an hour a second: its plant file, in a folder of its own that `remove` takes away. */
export function demoOf(...ids) {
  const folder = mkdtempSync(join(tmpdir(), 'twinlight-demo-'));
  cpSync(join(ROOT, 'server/demo'), folder, { recursive: true });
  const plant = join(folder, 'plant.toml');
  const [top, ...assets] = readFileSync(plant, 'utf8').split('[[asset]]');
  const kept = assets.filter((asset) => ids.some((id) => asset.includes(`id = "${id}"`)));
  writeFileSync(plant, [top.replaceAll('rate = 60', 'rate = 3600'), ...kept].join('[[asset]]'));
  return { plant, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
