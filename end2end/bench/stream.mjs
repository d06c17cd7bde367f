//! What viewers cost, and what a cut line costs them: measured by Rust programs, each of which prints its figures.

import { spawn } from 'node:child_process';

import { ROOT } from '../parts/server.mjs';
import { note } from './figures.mjs';

const CUTS = 500;

/** Runs cargo with these words; its figures' lines go to stdout, what else it says to stderr. */
async function cargo(words, env, isFigure) {
  const child = spawn('cargo', words, { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (bytes) => (said += bytes));
  const code = await new Promise((done) => child.once('close', done));
  // A test's name may stand before what it prints.
  const lines = said.split('\n').flatMap((line) => line.match(isFigure)?.[0] ?? []);
  lines.forEach((line) => console.log(line));
  if (code !== 0 || lines.length === 0) throw new Error(`cargo ${words.join(' ')} ended (${code}): ${said.slice(-2_000)}`);
}

const bench = (name) => () => cargo(['bench', '--quiet', '-p', 'server', '--bench', 'stream', '--', name], {}, /^stream\.\S+\t.*/);

/** `stream.viewer_kib`. */
export const viewerKib = bench('stream.viewer_kib');

/** `stream.viewers`, and the CPU time a frame beside Node's `ws`. */
export const viewers = bench('stream.viewers');

/** `stream.resume_errors`. */
export async function resumeErrors() {
  const seed = process.env.TWINLIGHT_SEED ?? String(Math.floor(Math.random() * 2 ** 31));
  note(`stream.resume_errors: ${CUTS} cuts, seed ${seed}`);
  const env = { TWINLIGHT_CHAOS: '1', TWINLIGHT_LINE_CUTS: String(CUTS), TWINLIGHT_SEED: seed };
  await cargo(['test', '--quiet', '-p', 'server', '--test', 'suite', '--', '--nocapture', 'resume::'], env, /stream\.resume_errors\t.*/);
}
