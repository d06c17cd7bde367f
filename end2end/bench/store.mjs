//! How much room a recorded sample takes, all that belongs to it counted.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { Server } from '../parts/server.mjs';
import { figure, note } from './figures.mjs';
import { batches, readings, recorder, recordings } from './recorded.mjs';
import { Victoria } from './rivals.mjs';

const LIMIT = 4;

/** Bytes of the pages in use of a store. */
function pages(server) {
  const ask = (pragma) => Number(execFileSync('sqlite3', [join(server.folder, 'twinlight.db'), `PRAGMA ${pragma};`]));
  return (ask('page_count') - ask('freelist_count')) * ask('page_size');
}

/** Returns once housekeeping has nothing more to do: the pages in use stay the same for a while. */
async function settled(server) {
  const landed = pages(server);
  for (let [before, same] = [landed, 0]; same < 5; ) {
    await pause(1_000);
    const now = pages(server);
    same = now === before ? same + 1 : 0;
    before = now;
  }
  note(`${(landed / 1e6).toFixed(1)} MB as they landed, ${(pages(server) / 1e6).toFixed(1)} MB in order`);
}

/** `store.bytes_per_sample`. */
export async function bytesPerSample() {
  const all = [...recordings()];
  const models = mkdtempSync(join(tmpdir(), 'twinlight-models-'));
  const victoria = await Victoria.start();
  let server;
  try {
    const assets = all.map(({ id, columns }) => {
      const { model, bindings } = recorder(columns);
      writeFileSync(join(models, `recorder-${columns}.toml`), model);
      return `[[asset]]\nid = "${id}"\ntitle = "${id}"\nmodel = "recorder-${columns}"\n\n[asset.signals]\n${bindings}\n`;
    });
    const plant = `title = "Recordings"\n\n${assets.join('\n')}`;
    server = await Server.start({ plant, binary: 'target/release/twinlight', env: { TWINLIGHT_PLANT__MODELS: models } });
    await server.kill();
    const empty = pages(server);
    await server.launch();
    const sent = {};
    for (const one of all) {
      for (const { body, samples } of batches(one)) {
        await post(server, body);
        await write(victoria.write, body);
        sent[one.set] = (sent[one.set] ?? 0) + samples;
      }
    }
    note(Object.entries(sent).map(([set, samples]) => `${set} ${samples}`).join(', '));
    const { assets: kept } = await server.get('/api/v1/plant');
    const stored = kept.reduce((sum, { seq }) => sum + seq, 0);
    const total = Object.values(sent).reduce((sum, samples) => sum + samples, 0);
    if (stored !== total) note(`${stored} of ${total} samples are kept: ${JSON.stringify(await server.get('/api/v1/rejections'))}`);
    await settled(server);
    await server.kill();
    const ours = (pages(server) - empty) / stored;
    const theirs = (await victoria.bytes()) / (await victoria.count());
    note(`VictoriaMetrics 1.79: ${theirs.toFixed(3)} bytes a sample, times of milliseconds`);
    figure('store.bytes_per_sample', ours, 'B', LIMIT, 'limit');
  } finally {
    await server?.remove();
    await victoria.remove();
    rmSync(models, { recursive: true, force: true });
  }
}

async function write(url, body) {
  const answer = await fetch(url, { method: 'POST', body });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${(await answer.text()).slice(0, 500)}`);
}

/** By line protocol; as JSON where the server has no such door. */
async function post(server, body) {
  const answer = await fetch(`${server.url}/write?precision=ns`, { method: 'POST', body });
  if (answer.ok) return;
  if (answer.status !== 404 && answer.status !== 405) throw new Error(`${answer.status} ${await answer.text()}`);
  const all = readings(body);
  for (let at = 0; at < all.length; at += 10_000) await server.post(all.slice(at, at + 10_000));
}
