// Fills the panel of diagnostics while it is open, once a second; nothing runs while it is closed. What the program alone
// knows comes from it in lines, the rest is measured here.
const FRAME_MS = 1000 / 60;
const EVERY_MS = 1000;
// About five seconds of frames.
const KEPT = 300;

const panel = document.getElementById('diagnostics');
const sheet = panel.querySelector('section');
const said = panel.querySelector('[role=status]');
const body = panel.querySelector('tbody');
const channel = new MessageChannel();

let frames = [];
let work = [];
let dropped = 0;
let last = 0;
let longest = 0;
let timer = 0;
let began = 0;

const keep = (all, value) => {
  all.push(value);
  if (all.length > KEPT) all.shift();
};

const look = (now) => {
  if (!panel.open) return;
  if (last > 0) {
    keep(frames, now - last);
    dropped += Math.max(0, Math.round((now - last) / FRAME_MS) - 1);
  }
  last = now;
  // A message sent now is heard once this frame is painted: until then the main thread was at work on it.
  began = performance.now();
  channel.port2.postMessage(0);
  requestAnimationFrame(look);
};
channel.port1.onmessage = () => keep(work, performance.now() - began);

let tasks;
const watchTasks = () => {
  if (!PerformanceObserver.supportedEntryTypes?.includes('longtask')) return;
  tasks = new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => (longest = Math.max(longest, duration))));
  tasks.observe({ type: 'longtask' });
};

const quantile = (all, q) => (all.length > 0 ? [...all].sort((a, b) => a - b)[Math.floor(q * (all.length - 1))].toFixed(1) : '\u2013');
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

const rows = () => {
  const of = [
    ['Frame time', `p50 ${quantile(frames, 0.5)} ms, p95 ${quantile(frames, 0.95)} ms`],
    ['Frames dropped', `${dropped} since opened`],
    ['Main thread a frame', `p50 ${quantile(work, 0.5)} ms, p95 ${quantile(work, 0.95)} ms`],
    ['Longest task', longest > 0 ? `${longest.toFixed(0)} ms` : 'below 50 ms'],
  ];
  if (performance.memory) of.push(['JavaScript heap', megabytes(performance.memory.usedJSHeapSize)]);
  const known = window.twinlight?.diagnostics() ?? '';
  return [...of, ...known.split('\n').filter(Boolean).map((line) => line.split('\t'))];
};

const cells = new Map();
const show = () => {
  for (const [name, value] of rows()) {
    let cell = cells.get(name);
    if (!cell) {
      if (cells.size === 0) body.replaceChildren();
      const row = body.insertRow();
      const head = document.createElement('th');
      head.scope = 'row';
      head.textContent = name;
      row.append(head);
      cell = row.insertCell();
      cells.set(name, cell);
    }
    // What did not change stays as it is: a selection would be lost.
    if (cell.textContent !== value) cell.textContent = value;
  }
};

const text = () => {
  const about = [
    ['Page', location.pathname],
    ['Program', document.querySelector('.site-footer p')?.textContent ?? ''],
    ['Browser', navigator.userAgent],
    ['Window', `${innerWidth} x ${innerHeight}, ${devicePixelRatio} device pixels a pixel, ${navigator.hardwareConcurrency} processors`],
    ['At', new Date().toISOString()],
  ];
  return [...about, ...[...cells].map(([name, cell]) => [name, cell.textContent])].map((pair) => `${pair.join(': ')}\n`).join('');
};

const turn = () => {
  if (!panel.open) {
    clearInterval(timer);
    timer = 0;
    tasks?.disconnect();
    return;
  }
  if (timer) return;
  [frames, work, dropped, last, longest] = [[], [], 0, 0, 0];
  watchTasks();
  requestAnimationFrame(look);
  timer = setInterval(show, EVERY_MS);
  show();
};

const deeds = {
  close: () => {
    panel.open = false;
    panel.querySelector('summary').focus({ preventScroll: true });
  },
  copy: async () => {
    try {
      await navigator.clipboard.writeText(text());
      said.textContent = 'Copied';
    } catch {
      // Without the right to write there it is selected, for whoever copies by hand.
      getSelection().selectAllChildren(body);
      said.textContent = 'The browser does not let this page copy: the table is selected.';
    }
  },
};

panel.addEventListener('click', ({ target }) => deeds[target.dataset?.do]?.());
panel.addEventListener('keydown', (event) => event.key === 'Escape' && deeds.close());
panel.addEventListener('toggle', () => {
  turn();
  if (panel.open) sheet.focus({ preventScroll: true });
});
turn();
if (panel.open) sheet.focus({ preventScroll: true });
