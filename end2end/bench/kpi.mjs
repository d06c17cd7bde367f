//! How long the page of key figures takes on the server.

import { Server, until } from '../parts/server.mjs';
import { figure, median, note, quantile } from './figures.mjs';

const ASSETS = 100;
const DAYS = 365;
const LIMIT_MS = 50;
const DAY = 86_400_000_000;
const MINUTE = 60_000_000;
const RUNS = 150;
/** Cells of a year of telemetry are computed at the least priority. */
const COMPUTED_WITHIN_MS = 600_000;

/** A hundred motors on ten lines of two sites; they run two shifts of the working week. */
function plant(ofAsset) {
  const asset = (n) => `[[asset]]
id = "motor-${n}"
title = "Motor ${n}"
model = "induction-motor"
path = "site-${n % 2}/hall-${n % 5}/line-${n % 10}"
${ofAsset}`;
  const kpi = `[kpi]
zone = "Europe/Berlin"
baseline = ["2025-03-01", "2025-03-31"]
downtime_cost = "120 EUR/h"
planned_cost = "20 EUR/h"
energy_price = "0.2 EUR/kWh"
shift = { days = ["mon", "tue", "wed", "thu", "fri"], from = "06:00", to = "22:00" }
target = { availability = "97 %", between_failures = "200 h", to_restore = "1 h" }
`;
  return `title = "Works"\n\n${kpi}\n${Array.from({ length: ASSETS }, (_, n) => asset(n)).join('\n')}`;
}

/** Stops and energy are to follow from the current. */
const DERIVED = `
[asset.signals]
current = { from = "current", gap_after = "8 h" }

[asset.kpi]
stopped = { signal = "current", below = 1, for = "5 min", is = "failure" }
energy = { title = "Drive", signal = "current", watts = [0, 650, 0] }
`;

/** A year of events of one asset: a failure and its repair every third day, a planned stop every week. */
function events(n, now) {
  const all = [];
  for (let day = DAYS; day > 0; day -= 1) {
    const t = now - day * DAY + ((n * 37 + day * 61) % 1_000) * MINUTE;
    const event = (kind, at, until) => ({
      asset: `motor-${n}`,
      id: `${kind}-${day}`,
      kind,
      t: at,
      ...(until && { until }),
      note: `${kind} of day ${day}, written by whoever was there`,
    });
    if (day % 3 === n % 3) all.push(event('failure', t), event('repair', t + (5 + ((n + day) % 90)) * MINUTE));
    if (day % 7 === n % 7) all.push(event('planned_stop', t + 200 * MINUTE, t + 290 * MINUTE));
  }
  return all;
}

/** A year of one motor's current: a reading every two hours, and two stops a day of 5 to 95 minutes that nobody tells of. */
function readings(n, now) {
  const all = [];
  const read = (t, v) => all.push({ asset: `motor-${n}`, signal: 'current', t, v });
  for (let day = DAYS; day > 0; day -= 1) {
    const begin = now - day * DAY;
    for (let hour = 0; hour < 24; hour += 2) {
      read(begin + hour * 60 * MINUTE, 40 + ((n + hour) % 9));
      if (hour !== 8 && hour !== 16) continue;
      const stop = begin + hour * 60 * MINUTE + (1 + ((n * 7 + day) % 20)) * MINUTE;
      read(stop, 0);
      read(stop + (6 + ((n * 31 + day * 17 + hour) % 90)) * MINUTE, 42);
    }
  }
  return all;
}

/** Sends all that `make` comes to for each asset. */
async function tell(server, path, make) {
  const now = Math.floor(Date.now() / 60_000) * MINUTE - 10 * MINUTE;
  let told = 0;
  for (let n = 0; n < ASSETS; n += 1) {
    const body = make(n, now);
    const answer = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const receipt = await answer.json();
    if (!answer.ok || receipt.accepted !== body.length) throw new Error(JSON.stringify(receipt).slice(0, 500));
    told += body.length;
  }
  return told;
}

async function page(server, search) {
  const began = performance.now();
  const answer = await fetch(`${server.url}/kpis?${search}`);
  const html = await answer.text();
  const ms = performance.now() - began;
  if (!answer.ok || !html.includes('figure-card__value')) throw new Error(`${answer.status}: ${html.slice(0, 500)}`);
  return { ms, html };
}

/** From request to last byte, one after the other, every period and many parts of the plant in turn. */
async function asked(server) {
  const lengths = ['year', 'all', 'quarter', 'month', 'week', 'day'];
  const parts = ['', '', 'of=site-1', 'of=site-0/hall-2', 'of=asset%3Amotor-7', ''];
  const times = {};
  let bytes = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const length = lengths[run % lengths.length];
    const part = parts[Math.floor(run / lengths.length) % parts.length];
    const { ms, html } = await page(server, `period=${length}&${part}`);
    bytes = Math.max(bytes, html.length);
    // The first ones fill caches, as those of a day do that nobody waits for.
    if (run >= lengths.length) (times[length] ??= []).push(ms);
  }
  for (const [length, all] of Object.entries(times)) {
    note(`${length}: median ${median(all).toFixed(1)} ms, at most ${Math.max(...all).toFixed(1)} ms`);
  }
  note(`the longest page has ${(bytes / 1000).toFixed(0)} kB before compression`);
  return quantile(Object.values(times).flat(), 0.95);
}

/** `kpi.page_p95`: of a plant that was told of its stops. */
export async function pageP95() {
  const server = await Server.start({ plant: plant(''), binary: 'target/release/twinlight' });
  try {
    note(`${await tell(server, '/api/v1/events', events)} events of ${ASSETS} assets`);
    figure('kpi.page_p95', await asked(server), 'ms', LIMIT_MS, 'limit');
  } finally {
    await server.remove();
  }
}

/** `kpi.derived_page_p95`: of a plant whose telemetry alone shows that it stood, and what it drew. */
export async function derivedPageP95() {
  const server = await Server.start({ plant: plant(DERIVED), binary: 'target/release/twinlight' });
  try {
    const told = await tell(server, '/api/v1/telemetry', readings);
    const began = performance.now();
    const isComputed = async () => {
      const { html } = await page(server, 'period=all');
      return html.includes('Telemetry is being read') ? undefined : true;
    };
    await until(isComputed, COMPUTED_WITHIN_MS, 500);
    note(`${told} readings of ${ASSETS} assets, worked out in ${((performance.now() - began) / 1000).toFixed(0)} s`);
    figure('kpi.derived_page_p95', await asked(server), 'ms', LIMIT_MS, 'limit');
  } finally {
    await server.remove();
  }
}
