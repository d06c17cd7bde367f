//! How much a line takes in: acknowledged and durable, with hub, twins and a viewer at work.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { figure, median, note, quantile } from './figures.mjs';
import { load, syncMillis, tell, withPlant } from './loading.mjs';
import { Influx, Victoria } from './rivals.mjs';

const RUNS = 3;
const ASSETS = 25;

const LINE_SAMPLES = 3_000_000;
const LINE = ['--line', 4, '--line-samples', 8_000, '--samples', LINE_SAMPLES, '--prepare'];

/** Rates of ours and of both rivals, in turn, each alone on the machine, on the same bodies. */
let lineRates;
async function lines() {
  lineRates ??= measureLines();
  return await lineRates;
}

async function measureLines() {
  const folder = mkdtempSync(join(tmpdir(), 'twinlight-lines-'));
  const plant = join(folder, 'plant.json');
  const rates = { ours: [], influx: [], victoria: [] };
  const words = [...LINE, '--start', (Date.now() - 86_400_000) * 1_000];
  try {
    for (let run = 0; run < RUNS; run += 1) {
      await withPlant(ASSETS, async (server) => {
        writeFileSync(plant, JSON.stringify(await server.get('/api/v1/plant')));
        const report = await load(server, [...words, '--viewers', 1]);
        await tell('ours', server, report);
        rates.ours.push(report.samples_per_sec);
      });
      for (const [name, Rival] of [['influx', Influx], ['victoria', Victoria]]) {
        const rival = await Rival.start();
        try {
          const report = await load(undefined, [...words, '--plant', plant, '--write', rival.write]);
          await tell(name, undefined, report);
          const count = await rival.count();
          if (count !== report.samples) throw new Error(`${name} has ${count} of ${report.samples} samples`);
          rates[name].push(report.samples_per_sec);
        } finally {
          await rival.remove();
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return rates;
}

/** `ingest.line_http`. */
export async function lineHttp() {
  const { ours, influx } = await lines();
  more('ingest.line_http', median(ours), 'samples/s', median(influx), 'InfluxDB 1.6');
}

/** `ingest.line_http_vm`. */
export async function lineHttpVictoria() {
  const { ours, victoria } = await lines();
  more('ingest.line_http_vm', median(ours), 'samples/s', median(victoria), 'VictoriaMetrics 1.79');
}

const JSON_SAMPLES = 400_000;
const BATCH = 1_000;

/** `ingest.http_durable`: the reference keeps the same rows by SQLite's own shell, a transaction a batch. */
export async function httpDurable() {
  await withPlant(ASSETS, async (server) => {
    const [ours, shells] = [[], []];
    for (let run = 0; run < RUNS; run += 1) {
      const { assets: before } = await server.get('/api/v1/plant');
      const words = ['--http', 4, '--http-samples', BATCH, '--samples', JSON_SAMPLES, '--prepare', '--viewers', 1];
      const report = await load(server, words);
      await tell('ours', server, report);
      ours.push(report.samples_per_sec);
      shells.push(await shell(server, before));
      note(`sqlite3: ${Math.round(shells.at(-1)).toLocaleString('en')} rows/s`);
    }
    more('ingest.http_durable', median(ours), 'samples/s', median(shells), 'sqlite3 shell, WAL, FULL');
  });
}

/** Rows a second of SQLite's shell for all that was stored since `before`. */
async function shell(server, before) {
  const rows = [];
  for (const { id, seq, signals } of before) {
    const names = new Map(signals.map(({ number, from }) => [number, from]));
    for (let after = seq; ; ) {
      const { entries } = await server.get(`/api/v1/samples?asset=${id}&after_seq=${after}&limit=10000`);
      if (entries.length === 0) break;
      for (const { t, signal, value } of entries) rows.push(`('${id}','${names.get(signal)}',${t},${value})`);
      after = entries.at(-1).seq;
    }
  }
  const [file, script] = [join(server.folder, 'shell.db'), join(server.folder, 'shell.sql')];
  const batches = Array.from({ length: Math.ceil(rows.length / BATCH) }, (_, n) => rows.slice(n * BATCH, (n + 1) * BATCH));
  const table = 'CREATE TABLE sample(asset TEXT, signal TEXT, t INTEGER, value REAL, PRIMARY KEY(asset, signal, t)) WITHOUT ROWID;';
  const begin = `PRAGMA journal_mode=WAL;\nPRAGMA synchronous=FULL;\n${table}\n`;
  const each = (batch) => `BEGIN;\nINSERT INTO sample VALUES ${batch.join(',')};\nCOMMIT;\n`;
  writeFileSync(script, begin + batches.map(each).join(''));
  const began = performance.now();
  execFileSync('sqlite3', ['-bail', file], { stdio: [openSync(script, 'r'), 'ignore', 'inherit'] });
  const secs = (performance.now() - began) / 1000;
  for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
  return rows.length / secs;
}

const PUBLISHERS = 100;
const MQTT = ['--mqtt', PUBLISHERS, '--mqtt-samples', 10, '--viewers', 1];
const MQTT_SECS = 12;
const MQTT_LIMIT = 50_000;
const ACK_LIMIT_MS = 10;
const CALM = 0.2;

/** `ingest.mqtt_qos1`. */
export async function mqttQos1() {
  await withPlant(ASSETS, async (server) => {
    const report = await load(server, [...MQTT, '--secs', MQTT_SECS]);
    await tell('MQTT', server, report);
    more('ingest.mqtt_qos1', report.samples_per_sec, 'samples/s', MQTT_LIMIT, 'limit');
  });
}

/** `ingest.ack_p99`: from publish to PUBACK at a fifth of what MQTT can do. */
export async function ackP99() {
  // On a server of its own: what it has left to do afterwards is not to be measured.
  const full = await withPlant(ASSETS, async (server) => await load(server, [...MQTT, '--secs', 5]));
  await ackAt('ingest.ack_p99', full.samples_per_sec * CALM, 'a fifth of it');
}

/** `ingest.ack_p99_calm`: the same at a fifth of what MQTT has to do at least. */
export async function ackP99Calm() {
  await ackAt('ingest.ack_p99_calm', MQTT_LIMIT * CALM, 'a fifth of the limit');
}

async function ackAt(name, rate, said) {
  await withPlant(ASSETS, async (server) => {
    const before = syncMillis(server);
    const report = await load(server, [...MQTT, '--secs', MQTT_SECS, '--rate', rate]);
    await tell(said, server, report);
    const sync = quantile([...before, ...syncMillis(server)], 0.99);
    figure(name, report.ack_p99_ms, 'ms', ACK_LIMIT_MS + 2 * sync, '10 ms + 2 x fdatasync p99');
  });
}

const MINUTES = Number(process.env.TWINLIGHT_BENCH_MINUTES ?? 5);
const SLOPE_LIMIT = 2;
/** The share of the time in which buffers and caches come to their size. */
const WARM_UP = 0.25;

/** `memory.slope`: how much resident memory grows at full load, by a line through all but the first part. */
export async function memorySlope() {
  await withPlant(ASSETS, async (server) => {
    const resident = () => {
      const status = readFileSync(`/proc/${server.process.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;
    };
    const points = [];
    const began = performance.now();
    const watch = setInterval(() => points.push([(performance.now() - began) / 1000, resident()]), 500);
    try {
      const words = ['--line', 2, '--line-samples', 8_000, '--mqtt', 48, '--mqtt-samples', 10, '--viewers', 1];
      await tell('full load', server, await load(server, [...words, '--secs', MINUTES * 60]));
    } finally {
      clearInterval(watch);
    }
    const steady = points.filter(([at]) => at >= MINUTES * 60 * WARM_UP);
    const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const [at, size] = [mean(steady.map(([at]) => at)), mean(steady.map(([, size]) => size))];
    const rise = mean(steady.map(([x, y]) => (x - at) * (y - size))) / mean(steady.map(([x]) => (x - at) ** 2));
    const percent = Math.max(0, (rise * (steady.at(-1)[0] - steady[0][0]) * 100) / size);
    const at_ = (share) => steady[Math.floor((steady.length - 1) * share)][1].toFixed(0);
    note(`resident after warm-up: ${[0, 0.25, 0.5, 0.75, 1].map(at_).join(', ')} MiB over ${MINUTES} minutes`);
    figure('memory.slope', percent, '%', SLOPE_LIMIT, 'limit');
  });
}

/** A figure where more is better: the ratio says how many times the reference ours is. */
function more(name, ours, unit, reference, referenceName) {
  const digits = (value) => Math.round(value).toString();
  console.log([name, digits(ours), unit, digits(reference), referenceName, (ours / reference).toPrecision(3)].join('\t'));
}
