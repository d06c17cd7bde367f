//! A real Twinlight server on free ports, with data of its own; and the doors to it that are no browser.

import { execFile, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const run = promisify(execFile);
const READY_WITHIN_MS = 30_000;

/** `count` ports that nobody listens on. */
export async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', () => done(server)));
    }),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

/** Asks `question` until its answer is not undefined. */
export async function until(question, withinMs = READY_WITHIN_MS, everyMs = 20) {
  const end = Date.now() + withinMs;
  for (;;) {
    const answer = await question();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`nothing came of it within ${withinMs} ms: ${question}`);
    await pause(everyMs);
  }
}

/**
 * One server and its data folder. `plant` is the text of a plant file, or a file; `arguments` follow `serve`.
 * @typedef {{ plant: string, env?: Record<string, string>, arguments?: string[], binary?: string }} Plan
 */
export class Server {
  /** @param {Plan} plan */
  static async start(plan) {
    const [http, mqtt] = await freePorts(2);
    const server = new Server(plan, http, mqtt);
    await server.launch();
    return server;
  }

  constructor(plan, http, mqtt) {
    this.folder = mkdtempSync(join(tmpdir(), 'twinlight-'));
    this.binary = resolve(ROOT, plan.binary ?? process.env.TWINLIGHT_BINARY ?? 'target/debug/twinlight');
    this.arguments = ['serve', ...(plan.arguments ?? [])];
    this.mqttPort = mqtt;
    this.host = `127.0.0.1:${http}`;
    this.url = `http://${this.host}`;
    this.log = join(this.folder, 'server.log');
    let plant = plan.plant;
    if (plant.includes('\n')) {
      plant = join(this.folder, 'plant.toml');
      writeFileSync(plant, plan.plant);
    }
    this.settings = {
      TWINLIGHT_SERVER__ADDRESS: this.host,
      TWINLIGHT_MQTT__ADDRESS: `127.0.0.1:${mqtt}`,
      TWINLIGHT_STORE__PATH: join(this.folder, 'twinlight.db'),
      TWINLIGHT_PLANT__FILE: resolve(ROOT, plant),
      TWINLIGHT_PLANT__MODELS: join(ROOT, 'server/models'),
      TWINLIGHT_SITE__ROOT: join(ROOT, 'target/site'),
      TWINLIGHT_TWINS__CHECKPOINT_SECS: '1',
      ...plan.env,
    };
  }

  /** Starts the process and waits until it answers. */
  async launch() {
    const log = openSync(this.log, 'a');
    // In a folder of its own: a `twinlight.toml` of whoever runs this must not count.
    this.process = spawn(this.binary, this.arguments, {
      cwd: this.folder,
      env: { ...process.env, ...this.settings },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.ended = new Promise((done) => {
      this.process.once('error', (error) => done(String(error)));
      this.process.once('exit', (code, signal) => done(signal ?? code));
    });
    let end;
    this.ended.then((how) => (end = how));
    await until(async () => {
      if (end !== undefined) throw new Error(`the server ended (${end}):\n${this.tail()}`);
      return (await this.isReady()) ? true : undefined;
    });
  }

  async isReady() {
    try {
      const answer = await fetch(`${this.url}/readyz`);
      return answer.ok;
    } catch {
      return false;
    }
  }

  /** Ends the process with `signal` and waits until it is gone. */
  async kill(signal = 'SIGTERM') {
    this.process.kill(signal);
    return await this.ended;
  }

  /** Ends the process and removes what it kept. */
  async remove() {
    await this.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The end of what the server said. */
  tail() {
    return readFileSync(this.log, 'utf8').split('\n').slice(-30).join('\n');
  }

  async get(path) {
    const answer = await fetch(this.url + path);
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return await answer.json();
  }

  /** Requests answered since the start, by route; not those for files and numbers, nor those that a page makes by a clock. */
  async asked() {
    const left = ['other', '/metrics', '/api/flags'];
    const numbers = await (await fetch(`${this.url}/metrics`)).text();
    const byRoute = {};
    for (const [, route, count] of numbers.matchAll(/^twinlight_http_requests_total\{.*route="(.+?)".*\} (\d+)$/gm)) {
      if (!left.includes(route)) byRoute[route] = (byRoute[route] ?? 0) + Number(count);
    }
    return byRoute;
  }

  /** Every entry kept of `asset`, in order of seq. */
  async entries(asset) {
    const all = [];
    for (;;) {
      const after = all.at(-1)?.seq ?? 0;
      const { entries } = await this.get(`/api/v1/samples?asset=${asset}&after_seq=${after}&limit=10000`);
      if (entries.length === 0) return all;
      all.push(...entries);
    }
  }

  /** Sends readings `[{asset, signal, t, v, u}]` over HTTP; all of them must be taken. */
  async post(readings) {
    const answer = await fetch(`${this.url}/api/v1/telemetry`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(readings),
    });
    const receipt = await answer.json();
    if (!answer.ok || receipt.accepted !== readings.length) {
      throw new Error(`POST telemetry: ${answer.status} ${JSON.stringify(receipt).slice(0, 500)}`);
    }
  }

  /** Publishes with mosquitto's own client, QoS 1; returns once the server acknowledged. */
  async publish(asset, signal, message) {
    const text = typeof message === 'object' ? JSON.stringify(message) : String(message);
    const topic = `twinlight/v1/${asset}/${signal}`;
    await run('mosquitto_pub', ['-h', '127.0.0.1', '-p', `${this.mqttPort}`, '-q', '1', '-t', topic, '-m', text]);
  }
}
