//! The figures that need a browser or the whole process: each its line on stdout, notes on stderr.
//!   node bench/run.mjs [NAME...]    only these figures

import { chromium } from '@playwright/test';

import { launchOptions } from '../parts/chromium.mjs';
import { frame500P95, frameP95 } from './fleet.mjs';
import { memoryGrowth } from './growth.mjs';
import { apartVsKnown, followUs, hashEqual, nativeVsNumpy, size, stateKib, wasmVsHand, wasmVsJs, wasmVsNative } from './kernel.mjs';
import { derivedPageP95, pageP95 } from './kpi.mjs';
import { lanesP95 } from './lanes.mjs';
import { publishToPixel } from './live.mjs';
import { note } from './figures.mjs';
import { ackP99, ackP99Calm, httpDurable, lineHttp, lineHttpVictoria, memorySlope, mqttQos1 } from './ingest.mjs';
import { transfer } from './page.mjs';
import { firstMillion, panFew, panMillion } from './plot.mjs';
import { axeViolations, lighthouseScores } from './quality.mjs';
import { secondStart } from './start.mjs';
import { bytesPerSample } from './store.mjs';
import { resumeErrors, viewerKib, viewers } from './stream.mjs';
import { manyFinal, manyFirst, manyLongest, redraw, redrawFour, requests } from './whatif.mjs';

const FIGURES = {
  'kernel.hash_equal': hashEqual,
  'kernel.mc_wasm_vs_js': wasmVsJs,
  'kernel.mc_wasm_vs_hand': wasmVsHand,
  'kernel.mc_apart': apartVsKnown,
  'kernel.wasm_vs_native': wasmVsNative,
  'kernel.follow_us': followUs,
  'whatif.redraw_p95': redraw,
  'whatif.redraw4_p95': redrawFour,
  'whatif.requests': requests,
  'whatif.mc_10k': manyFinal,
  'whatif.first_band': manyFirst,
  'whatif.longest_task': manyLongest,
  'live.publish_to_pixel_p95': publishToPixel,
  'live.frame_p95': lanesP95,
  'live.memory_growth': memoryGrowth,
  'fleet.frame_p95': frameP95,
  'fleet.frame500_p95': frame500P95,
  'plot.pan_1m_p95': panMillion,
  'plot.pan_10k_p50': panFew,
  'plot.first_1m': firstMillion,
  'page.transfer': transfer,
  'page.axe_violations': axeViolations,
  'start.second': secondStart,
};

/** These are not to share the machine with a browser. */
const WITHOUT_BROWSER = {
  // Brings a browser of its own a run.
  'page.lighthouse': lighthouseScores,
  'kernel.mc_native_vs_numpy': nativeVsNumpy,
  'kernel.size': size,
  'kernel.state_kib': stateKib,
  'ingest.line_http': lineHttp,
  'ingest.line_http_vm': lineHttpVictoria,
  'ingest.http_durable': httpDurable,
  'ingest.mqtt_qos1': mqttQos1,
  'ingest.ack_p99': ackP99,
  'ingest.ack_p99_calm': ackP99Calm,
  'store.bytes_per_sample': bytesPerSample,
  'memory.slope': memorySlope,
  'kpi.page_p95': pageP95,
  'kpi.derived_page_p95': derivedPageP95,
  'stream.viewer_kib': viewerKib,
  'stream.viewers': viewers,
  'stream.resume_errors': resumeErrors,
};

const wanted = process.argv.slice(2);
let unmeasured = 0;
for (const [name, measure] of Object.entries({ ...FIGURES, ...WITHOUT_BROWSER })) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const browser = name in FIGURES ? await chromium.launch(launchOptions) : undefined;
  try {
    note(`${name} ...`);
    await measure(browser);
  } catch (error) {
    unmeasured += 1;
    console.error(`${name} could not be measured: ${error.stack ?? error}`);
  } finally {
    await browser?.close();
  }
}
process.exitCode = unmeasured > 0 ? 1 : 0;
