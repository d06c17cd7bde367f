//! What others' tools make of the pages: Lighthouse's scores, and what axe finds.

import AxeBuilder from '@axe-core/playwright';
import { chromium } from '@playwright/test';

import { launchOptions } from '../parts/chromium.mjs';
import { discharge, transformerHours } from '../parts/plants.mjs';
import { freePorts, until } from '../parts/server.mjs';
import { figure, median, note } from './figures.mjs';
import { withServer } from './page.mjs';

const RUNS = 5;
const SCORED = ['/', '/assets/transformer', '/kpis'];
const LIVE = ['/', '/assets/transformer?load=1.3', '/assets/cell', '/trends?lanes=transformer*hot_spot**cell*voltage', '/data'];
const WORDS = ['/kpis', '/help', '/about', '/about/licences', '/search?q=cell', '/history?asset=transformer&signal=hot_spot', '/offline', '/api'];
const SCHEMES = ['light', 'dark'];
const WIDTHS = [390, 1280];

async function fill(server) {
  await server.post(discharge(600));
  await server.post(transformerHours(24));
}

/** Those of `paths` that the server has. */
async function there(server, paths) {
  const answers = await Promise.all(paths.map((path) => fetch(server.url + path)));
  const missing = paths.filter((_, i) => !answers[i].ok);
  if (missing.length > 0) note(`not there: ${missing.join(', ')}`);
  return paths.filter((_, i) => answers[i].ok);
}

/** `page.lighthouse_perf` and `page.lighthouse_a11y`: the lowest of the pages' medians. */
export async function lighthouseScores() {
  const { lighthouse, desktopConfig } = await import('./lighthouse/run.mjs');
  await withServer(fill, async (server) => {
    const scores = { performance: [], accessibility: [] };
    for (const path of await there(server, SCORED)) {
      const runs = { performance: [], accessibility: [] };
      for (let run = 0; run < RUNS; run += 1) {
        // A browser a run: nothing is cached, and no other tab computes.
        const [port] = await freePorts(1);
        const options = { ...launchOptions, args: [...launchOptions.args, `--remote-debugging-port=${port}`] };
        const browser = await chromium.launch(options);
        try {
          const wanted = { port, output: 'json', logLevel: 'error', onlyCategories: Object.keys(runs) };
          const { lhr } = await lighthouse(server.url + path, wanted, desktopConfig);
          if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
          for (const name of Object.keys(runs)) runs[name].push(Math.round(lhr.categories[name].score * 100));
          if (run === 0) tell(path, lhr);
        } finally {
          await browser.close();
        }
      }
      for (const name of Object.keys(runs)) {
        note(`${path}: ${name} ${runs[name].join(', ')}`);
        scores[name].push(median(runs[name]));
      }
    }
    const against = (name, ours, least) => console.log([name, ours, 'points', least, 'least', (ours / least).toPrecision(3)].join('\t'));
    against('page.lighthouse_perf', Math.min(...scores.performance), 95);
    against('page.lighthouse_a11y', Math.min(...scores.accessibility), 100);
  });
}

/** What costs points, and the times that the score is made of. */
function tell(path, lhr) {
  const times = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift', 'speed-index'];
  note(`${path}: ${times.map((id) => `${id} ${lhr.audits[id]?.displayValue}`).join(', ')}`);
  for (const category of Object.values(lhr.categories)) {
    for (const { id, weight } of category.auditRefs) {
      const audit = lhr.audits[id];
      if (weight > 0 && audit.score !== null && audit.score < 0.9) note(`${path}: ${id} ${audit.score} ${audit.displayValue ?? ''}`);
    }
  }
}

/** `page.axe_violations`: every page, light and dark, on a telephone and on a desk. */
export async function axeViolations(browser) {
  await withServer(fill, async (server) => {
    let found = 0;
    let looked = 0;
    for (const path of await there(server, [...LIVE, ...WORDS])) {
      for (const colorScheme of SCHEMES) {
        for (const width of WIDTHS) {
          const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
          const page = await context.newPage();
          await page.goto(server.url + path);
          if (LIVE.includes(path)) {
            await until(() => page.evaluate(() => (window.twinlight?.link() === 'live' ? true : undefined)));
            await page.waitForTimeout(1_000);
          }
          const { violations, passes } = await new AxeBuilder({ page }).analyze();
          if (passes.length === 0) throw new Error(`axe saw nothing on ${path}`);
          for (const { id, nodes } of violations) {
            note(`${path} ${colorScheme} ${width} px: ${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`);
          }
          found += violations.reduce((sum, { nodes }) => sum + nodes.length, 0);
          looked += 1;
          await context.close();
        }
      }
    }
    note(`${looked} looks`);
    figure('page.axe_violations', found, 'findings', 0, 'limit');
  });
}
