//! A loaded server: the plant of the ingest figures, `twinlight load` on it, and how far the twins are behind.

import { execFile } from 'node:child_process';
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { ROOT, Server } from '../parts/server.mjs';
import { note, quantile } from './figures.mjs';

const run = promisify(execFile);
export const BINARY = join(ROOT, 'target/release/twinlight');

/** So many transformers with four signals each, by the wall clock. */
export function transformers(count) {
  const asset = (n) => `
[[asset]]
id = "transformer-${n}"
title = "Transformer ${n}"
model = "power-transformer"

[asset.signals]
load = { from = "load" }
ambient = { from = "ambient" }
top_oil = { from = "top-oil" }
hot_spot = { from = "hot-spot" }
`;
  return `title = "Loaded plant"\n${Array.from({ length: count }, (_, n) => asset(n + 1)).join('')}`;
}

/** A release server on a plant of `count` transformers; gone after `measure`. */
export async function withPlant(count, measure) {
  const env = { TWINLIGHT_TWINS__CHECKPOINT_SECS: '60' };
  const server = await Server.start({ plant: transformers(count), binary: 'target/release/twinlight', env });
  try {
    return await measure(server);
  } finally {
    await server.remove();
  }
}

/** Runs `twinlight load` with these words, on `server` where there is one; gives its report. */
export async function load(server, words) {
  const doors = server ? ['--server', server.url, '--broker', `127.0.0.1:${server.mqttPort}`] : [];
  const { stdout } = await run(BINARY, ['load', '--json', ...doors, ...words.map(String)], { maxBuffer: 1 << 24 });
  const report = JSON.parse(stdout.trim().split('\n').at(-1));
  if (report.refused > 0 || report.unacknowledged > 0) throw new Error(`not all was taken: ${JSON.stringify(report)}`);
  return report;
}

/** Says how a run went, and how far the twins are behind what is stored. */
export async function tell(name, server, report) {
  const rate = Math.round(report.samples_per_sec).toLocaleString('en');
  const ack = `acknowledged after p50 ${report.ack_p50_ms.toFixed(1)} ms, p99 ${report.ack_p99_ms.toFixed(1)} ms`;
  note(`${name}: ${rate} samples/s for ${report.secs.toFixed(1)} s, ${ack}, ${report.busy} times no room`);
  if (!server) return;
  const { assets } = await server.get('/api/v1/plant');
  const behind = assets.reduce((sum, asset) => sum + asset.seq - asset.twin_seq, 0);
  const viewer = `the viewer's lag p99 ${report.viewer_p99_ms.toFixed(1)} ms, ${report.coalesced} merged frames, ${report.snapshots} snapshots`;
  note(`${name}: twins ${behind.toLocaleString('en')} entries behind, ${viewer}`);
}

/** Milliseconds of `count` appends of 4 KiB with fdatasync, in the server's folder. */
export function syncMillis(server, count = 300) {
  const path = join(server.folder, 'sync');
  const file = openSync(path, 'w');
  const block = Buffer.alloc(4096, 1);
  const millis = [];
  for (let n = 0; n < count; n += 1) {
    const began = performance.now();
    writeSync(file, block, 0, block.length, n * block.length);
    fdatasyncSync(file);
    millis.push(performance.now() - began);
  }
  closeSync(file);
  rmSync(path);
  note(`append and fdatasync: p50 ${quantile(millis, 0.5).toFixed(2)} ms, p99 ${quantile(millis, 0.99).toFixed(2)} ms`);
  return millis;
}
