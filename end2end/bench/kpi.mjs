//! How long the page of key figures takes on the server.

import { Server } from '../parts/server.mjs';
import { figure, median, note, quantile } from './figures.mjs';

const ASSETS = 100;
const DAYS = 365;
const LIMIT_MS = 50;
const DAY = 86_400_000_000;
const MINUTE = 60_000_000;
const RUNS = 150;

/** A hundred motors on ten lines of two sites; they run two shifts of the working week. */
function plant() {
  const asset = (n) => `[[asset]]
id = "motor-${n}"
title = "Motor ${n}"
model = "induction-motor"
path = "site-${n % 2}/hall-${n % 5}/line-${n % 10}"
`;
  const kpi = `[kpi]
zone = "Europe/Berlin"
baseline = ["2025-03-01", "2025-03-31"]
downtime_cost = "120 EUR/h"
planned_cost = "20 EUR/h"
shift = { days = ["mon", "tue", "wed", "thu", "fri"], from = "06:00", to = "22:00" }
target = { availability = "97 %", between_failures = "200 h", to_restore = "1 h" }
`;
  return `title = "Works"\n\n${kpi}\n${Array.from({ length: ASSETS }, (_, n) => asset(n)).join('\n')}`;
}

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

/** `kpi.page_p95`: from request to last byte, one after the other, every period and many parts of the plant in turn. */
export async function pageP95() {
  const server = await Server.start({ plant: plant(), binary: 'target/release/twinlight' });
  try {
    const now = Date.now() * 1000;
    let told = 0;
    for (let n = 0; n < ASSETS; n += 1) {
      const body = events(n, now);
      const answer = await fetch(`${server.url}/api/v1/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      const receipt = await answer.json();
      if (!answer.ok || receipt.accepted !== body.length) throw new Error(JSON.stringify(receipt).slice(0, 500));
      told += body.length;
    }
    const lengths = ['year', 'all', 'quarter', 'month', 'week', 'day'];
    const parts = ['', '', 'of=site-1', 'of=site-0/hall-2', 'of=asset%3Amotor-7', ''];
    const times = {};
    let bytes = 0;
    for (let run = 0; run < RUNS; run += 1) {
      const length = lengths[run % lengths.length];
      const part = parts[Math.floor(run / lengths.length) % parts.length];
      const began = performance.now();
      const answer = await fetch(`${server.url}/kpis?period=${length}&${part}`);
      const page = await answer.text();
      const ms = performance.now() - began;
      if (!answer.ok || !page.includes('figure-card__value')) throw new Error(`${answer.status}: ${page.slice(0, 500)}`);
      bytes = Math.max(bytes, page.length);
      // The first ones fill caches, as those of a day do that nobody waits for.
      if (run >= lengths.length) (times[length] ??= []).push(ms);
    }
    for (const [length, all] of Object.entries(times)) note(`${length}: median ${median(all).toFixed(1)} ms`);
    note(`${told} events of ${ASSETS} assets; the longest page has ${(bytes / 1000).toFixed(0)} kB before compression`);
    figure('kpi.page_p95', quantile(Object.values(times).flat(), 0.95), 'ms', LIMIT_MS, 'limit');
  } finally {
    await server.remove();
  }
}
