//! Recordings as lines of telemetry: what is shipped with the demo, and data sets that may lie beside the repository.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { ROOT } from '../parts/server.mjs';

const SECOND = 1_000_000;
const HOUR = 3600 * SECOND;
/** Where recordings without a date begin. */
const SOMEDAY = Date.UTC(2020, 0, 1) * 1_000;

/** Sets that are recordings or simulated plants, how long a row lasts where it does not say, and their tables. */
const BESIDE = [
  { set: 'air_quality', period: HOUR },
  { set: 'battery', only: /discharge/, period: SECOND },
  { set: 'cmapss', only: /^(train|test)/, period: 60 * SECOND, skip: 2 },
  { set: 'ett', period: HOUR },
  { set: 'gas_turbine', period: HOUR },
  { set: 'hydraulic', only: /^TS/, period: SECOND, isRowOfOne: true },
  { set: 'ims_bearing', period: 600 * SECOND },
  { set: 'nab', only: /\/data\/real/, period: 300 * SECOND },
  { set: 'skab', period: SECOND },
  { set: 'tep', period: 180 * SECOND },
];

/** Every recording there is: `{ set, id, columns, rows: [[t, ...texts]] }`, rows in order of time. */
export function* recordings() {
  yield recording('demo', join(ROOT, 'server/demo/cell-b0005.csv.gz'), { period: SECOND });
  const beside = join(ROOT, '../shared/data');
  for (const { set, only, ...how } of BESIDE) {
    for (const file of tables(join(beside, set))) {
      if (!only || only.test(set === 'nab' ? file : basename(file))) yield recording(set, file, how);
    }
  }
}

function tables(folder) {
  if (!existsSync(folder)) return [];
  const found = readdirSync(folder, { recursive: true }).map((name) => join(folder, name));
  return found.filter((file) => /\.(csv|txt)(\.gz)?$/.test(file)).sort();
}

function recording(set, file, { period, skip = 0, isRowOfOne = false }) {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  const cells = text.split(/\r?\n/).filter((line) => line.trim() !== '').map((line) => line.trim().split(/[;,]|\s(?!\d\d:)/));
  const isHeader = cells[0].some((cell) => /^[A-Za-z]/.test(cell));
  const header = isHeader ? cells.shift() : [];
  const when = clock(header, period);
  const first = Math.max(skip, when.columns, isRowOfOne ? 1 : 0);
  const rows = [];
  let before = -Infinity;
  for (const [n, row] of cells.entries()) {
    const values = row.slice(first);
    const split = isRowOfOne ? values.map((value, place) => [SOMEDAY + (n * values.length + place) * period, value]) : [[when.of(row, n), ...values]];
    for (const one of split) {
      // A clock that was set back would make another value of a time that has one.
      if (one[0] > before) rows.push(one);
      before = Math.max(before, one[0]);
    }
  }
  const words = [set, ...file.split('/').slice(-2)].join('-').replace(/\..*/, '');
  const id = words.toLowerCase().replace(/[^a-z0-9-]/g, '-').slice(0, 63);
  return { set, id, columns: isRowOfOne ? 1 : cells[0].length - first, rows };
}

/** How the time of a row is told. */
function clock(header, period) {
  const of = (text) => Date.parse(`${text.replace(/ (\d):/, ' 0$1:').replace(' ', 'T')}Z`) * 1_000;
  if (/^(timestamp|datetime|date)$/.test(header[0] ?? '')) return { columns: 1, of: (row) => of(row[0]) };
  if (header[0] === 'Date') return { columns: 2, of: (row) => of(`${row[0]} ${row[1]}`) };
  // Cycles of measured seconds, one every few hours.
  if (header[1] === 't_s') return { columns: 2, of: (row) => SOMEDAY + Number(row[0]) * 6 * HOUR + Math.round(Number(row[1]) * SECOND) };
  return { columns: 0, of: (_, n) => SOMEDAY + n * period };
}

/** Batches of lines: `asset c0=1,c1=2 ns`, with how many samples they hold. */
export function* batches({ id, rows }, size = 2_000) {
  for (let at = 0; at < rows.length; at += size) {
    let samples = 0;
    const line = ([t, ...values]) => {
      const fields = values.flatMap((value, n) => (isNumber(value) ? [`c${n}=${Number(value)}`] : []));
      samples += fields.length;
      return fields.length > 0 ? `${id} ${fields.join(',')} ${t}000\n` : '';
    };
    const body = rows.slice(at, at + size).map(line).join('');
    yield { body, samples };
  }
}

const isNumber = (text) => text !== undefined && text.trim() !== '' && Number.isFinite(Number(text));

/** The same lines as readings of JSON. */
export function readings(body) {
  return body.trimEnd().split('\n').flatMap((line) => {
    const [asset, fields, ns] = line.split(' ');
    return fields.split(',').map((field) => {
      const [signal, value] = field.split('=');
      return { asset, signal, t: Number(ns.slice(0, -3)), v: Number(value) };
    });
  });
}

/** A model of a recorder with so many signals, and what binds an asset to it. */
export function recorder(columns) {
  const all = Array.from({ length: columns }, (_, n) => `c${n}`);
  const signal = (name) => `${name} = { unit = "1", range = [-1e15, 1e15], noise = 1, observes = "level" }`;
  const model = `id = "recorder-${columns}"
title = "Recorder"
source = "none: it only records"
step = "1 min"
horizon = "1 h"
headline = "c0"

[signal]
${all.map(signal).join('\n')}

[parameter]
tau = { unit = "s", value = 1000000 }

[state]
level = { unit = "1", initial = 0, rate = "-level / tau", spread = 1 }
`;
  const bindings = all.map((name) => `${name} = { from = "${name}" }`).join('\n');
  return { model, bindings };
}
