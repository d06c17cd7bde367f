//! The stores that ours is measured against, each on a free port with a folder of its own.

import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePorts, until } from '../parts/server.mjs';

class Rival {
  /** Starts `program` with the words that `words(folder, ports)` gives, and waits until `path` answers. */
  static async start(program, path, words) {
    const rival = new this();
    rival.folder = mkdtempSync(join(tmpdir(), `${program}-`));
    const ports = await freePorts(2);
    rival.url = `http://127.0.0.1:${ports[0]}`;
    const log = openSync(join(rival.folder, 'log'), 'a');
    rival.process = spawn(program, words(rival.folder, ports), { cwd: rival.folder, stdio: ['ignore', log, log] });
    closeSync(log);
    rival.ended = new Promise((done) => {
      rival.process.once('error', (error) => done(String(error)));
      rival.process.once('exit', (code, signal) => done(signal ?? code));
    });
    let end;
    rival.ended.then((how) => (end = how));
    await until(async () => {
      if (end !== undefined) {
        throw new Error(`${program} ended (${end}): ${readFileSync(join(rival.folder, 'log'), 'utf8').slice(-1_000)}`);
      }
      return await fetch(rival.url + path).then(
        (answer) => (answer.ok ? true : undefined),
        () => undefined,
      );
    });
    return rival;
  }

  async remove() {
    this.process.kill('SIGKILL');
    await this.ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** InfluxDB 1.x as Debian ships it, with its own defaults but for where it stands. */
export class Influx extends Rival {
  static async start() {
    const influx = await super.start('influxd', '/ping', (folder, [http, rpc]) => {
      const config = join(folder, 'influxdb.conf');
      const lines = [
        'reporting-disabled = true',
        `bind-address = "127.0.0.1:${rpc}"`,
        `[meta]\ndir = "${folder}/meta"`,
        `[data]\ndir = "${folder}/data"\nwal-dir = "${folder}/wal"`,
        `[http]\nbind-address = "127.0.0.1:${http}"\nlog-enabled = false`,
        '[monitor]\nstore-enabled = false',
      ];
      writeFileSync(config, `${lines.join('\n')}\n`);
      return ['-config', config];
    });
    await influx.ask('CREATE DATABASE bench');
    influx.write = `${influx.url}/write?db=bench&precision=ns`;
    return influx;
  }

  async ask(query) {
    const answer = await fetch(`${this.url}/query?db=bench&epoch=ns&q=${encodeURIComponent(query)}`, { method: 'POST' });
    if (!answer.ok) throw new Error(`influxd: ${answer.status} ${await answer.text()}`);
    return await answer.json();
  }

  /** How many samples it has. */
  async count() {
    const { results } = await this.ask('SELECT count(*) FROM /.*/');
    const rows = (results[0].series ?? []).flatMap(({ values }) => values);
    return rows.flatMap(([, ...counts]) => counts).reduce((sum, count) => sum + (count ?? 0), 0);
  }
}

/** VictoriaMetrics as Debian ships it. */
export class Victoria extends Rival {
  static async start() {
    const victoria = await super.start('victoria-metrics', '/health', (folder, [http]) => [
      `-storageDataPath=${folder}/data`,
      `-httpListenAddr=127.0.0.1:${http}`,
      '-retentionPeriod=100y',
      '-loggerLevel=ERROR',
    ]);
    victoria.write = `${victoria.url}/write?precision=ns`;
    return victoria;
  }

  /** The sum of what it says of itself under names that match. */
  async sum(pattern) {
    const lines = (await (await fetch(`${this.url}/metrics`)).text()).split('\n');
    return lines.filter((line) => pattern.test(line)).reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  async count() {
    return await this.sum(/^vm_rows_inserted_total\{type="influx"/);
  }

  /** Bytes on disk once everything is written and merged. */
  async bytes() {
    for (const step of ['force_flush', 'force_merge']) await fetch(`${this.url}/internal/${step}`);
    await until(async () => ((await this.sum(/^vm_active_merges/)) === 0 ? true : undefined));
    return await this.sum(/^vm_data_size_bytes/);
  }
}
