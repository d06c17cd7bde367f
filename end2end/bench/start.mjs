//! How long whoever comes back waits for `make run`.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { freePorts, ROOT, until } from '../parts/server.mjs';
import { figure, median, note } from './figures.mjs';

const RUNS = 3;
const LIMIT_SECS = 5;

/** Starts `make run`, waits until it answers, lets it go on for `linger` ms, ends it; gives the seconds until it answered. */
async function start(env, address, linger) {
  const began = performance.now();
  const make = spawn('make', ['--no-print-directory', 'run'], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    // In a group of its own, as in a terminal, where Ctrl-C reaches the server too.
    detached: true,
  });
  let said = '';
  make.stderr.on('data', (bytes) => (said = (said + bytes).slice(-2_000)));
  const ended = new Promise((done) => make.once('exit', done));
  let end;
  ended.then((code) => (end = code));
  try {
    await until(
      async () => {
        if (end !== undefined) throw new Error(`make run ended (${end}): ${said}`);
        return await fetch(`http://${address}/readyz`).then(
          (answer) => (answer.ok ? true : undefined),
          () => undefined,
        );
      },
      600_000,
      10,
    );
    const secs = (performance.now() - began) / 1000;
    await pause(linger);
    return secs;
  } finally {
    if (end === undefined) process.kill(-make.pid, 'SIGINT');
    await ended;
  }
}

/** `start.second`: everything is built and the demo's data are there. */
export async function secondStart() {
  const folder = mkdtempSync(join(tmpdir(), 'twinlight-start-'));
  try {
    const [http, mqtt] = await freePorts(2);
    const address = `127.0.0.1:${http}`;
    const env = {
      TWINLIGHT_SERVER__ADDRESS: address,
      TWINLIGHT_MQTT__ADDRESS: `127.0.0.1:${mqtt}`,
      TWINLIGHT_STORE__PATH: join(folder, 'twinlight.db'),
    };
    note(`a first start took ${(await start(env, address, 3_000)).toFixed(2)} s`);
    const secs = [];
    for (let run = 0; run < RUNS; run += 1) secs.push(await start(env, address, 500));
    note(`second starts took ${secs.map((value) => value.toFixed(2)).join(', ')} s`);
    figure('start.second', median(secs), 's', LIMIT_SECS, 'limit');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
