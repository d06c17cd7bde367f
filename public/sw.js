// Answers for a server that does not: with the program, the plant and the last history, as they came when it did.
// The twins themselves are kept by the page. Whatever the server answers is passed on as it is.
const KEPT = 'twinlight-program-1';
const DOCUMENT = '/kept';
const PLANT = '/api/plant';
const PLAN = '/api/plan';
const HISTORY = '/api/history';
// What models have learned, by its hash; the server lists all that the plant's have.
const LEARNED = '/learned';
// Names the store that an answer is of.
const STORE = 'twinlight-store';
const WORDS = ['/offline', '/help', '/about'];
const PROGRAM = ['/pkg/twinlight.js', '/pkg/twinlight_bg.wasm', '/pkg/twinlight.css', '/pkg/words.css', '/worker.js', '/diagnostics.js', '/favicon.svg?v=2'];
// The pages that are parts by themselves; the program says which parts are its own.
const isPart = (path) => /^\/pkg\/\w+-[0-9a-f]+\.wasm$/.test(path);
const isLearned = (path) => path.startsWith(`${LEARNED}/`);
// A server that is silent for longer counts as gone.
const PATIENCE_MS = 4000;

const REFRESH_AFTER_MS = 5000;

const pause = (millis) => new Promise((done) => setTimeout(done, millis));
const isPage = (path) => path === '/' || path === '/data' || path === '/trends' || path === '/wall' || path.startsWith('/assets/');

async function keep(key, answer) {
  if (!answer.ok || answer.redirected) return;
  const cache = await caches.open(KEPT);
  const before = await cache.match(key);
  const stamp = answer.headers.get('last-modified');
  // What did not change is not written again.
  if (before && stamp && stamp === before.headers.get('last-modified')) return;
  await cache.put(key, answer.clone());
}

async function refresh(keys) {
  await Promise.allSettled(keys.map(async (key) => keep(key, await fetch(key))));
}

/** Keeps those of `paths` that are not: their names say what they are, so they never change. */
async function refreshMissing(paths) {
  const cache = await caches.open(KEPT);
  const found = await Promise.all(paths.map((path) => cache.match(path)));
  await refresh(paths.filter((_, nth) => !found[nth]));
}

/** Keeps the parts of the program that is kept, and no others. */
async function keepParts() {
  const cache = await caches.open(KEPT);
  const program = await (await cache.match('/pkg/twinlight.js'))?.text();
  const own = (program?.match(/\b\w+-[0-9a-f]+\.wasm/g) ?? []).map((name) => `/pkg/${name}`).filter(isPart);
  if (own.length === 0) return;
  await refreshMissing(own);
  await drop((path) => isPart(path) && !own.includes(path));
}

/** Keeps what the plant's models have learned, and nothing else of that kind. */
async function keepLearned() {
  const list = await fetch(LEARNED).catch(() => undefined);
  if (!list?.ok) return;
  const own = (await list.text()).split('\n').filter(Boolean).map((seal) => `${LEARNED}/${seal}`);
  await refreshMissing(own);
  await drop((path) => isLearned(path) && !own.includes(path));
}

async function drop(isOld) {
  const cache = await caches.open(KEPT);
  const kept = (await cache.keys()).map(({ url }) => new URL(url).pathname);
  await Promise.all(kept.filter(isOld).map((path) => cache.delete(path)));
}

/** What is kept under `key`; nothing of another store than the kept plant is of. */
async function kept(key) {
  const find = async (key) => caches.match(key, { cacheName: KEPT });
  const [found, plant] = [await find(key), await find(PLANT)];
  const store = found?.headers.get(STORE);
  return store && store !== plant?.headers.get(STORE) ? undefined : found;
}

/** What the server says, or else what is kept under `key`, or else a failure as the page knows it. */
async function answer(event, key, patience = PATIENCE_MS) {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), patience);
  try {
    const fresh = await fetch(event.request, { signal: late.signal });
    if (key === new URL(event.request.url).pathname || event.request.mode !== 'navigate') {
      event.waitUntil(keep(key, fresh.clone()));
    }
    return fresh;
  } catch (error) {
    const found = await kept(key);
    if (found) return found;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

addEventListener('install', (event) => {
  skipWaiting();
  event.waitUntil(refresh([DOCUMENT, PLANT, PLAN, ...WORDS, ...PROGRAM]).then(keepParts).then(keepLearned));
});

addEventListener('activate', (event) => {
  const isOld = (name) => name.startsWith('twinlight-program-') && name !== KEPT;
  const tidy = caches.keys().then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name))));
  event.waitUntil(Promise.all([clients.claim(), tidy]));
});

addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  const path = url.pathname;
  if (request.mode === 'navigate') {
    if (isPage(path)) {
      event.respondWith(answer(event, DOCUMENT));
      // The next time, a page without a server knows the plant as this one does. What is shown now comes first.
      event.waitUntil(pause(REFRESH_AFTER_MS).then(() => refresh([DOCUMENT, PLANT])).then(keepParts).then(keepLearned));
    } else {
      event.respondWith(answer(event, WORDS.includes(path) ? path : '/offline'));
    }
  } else if (path === HISTORY) {
    const of = ['asset', 'signal'].map((name) => url.searchParams.get(name)).join('/');
    // Of a server that is slow and there, an older stretch is no answer.
    event.respondWith(answer(event, `${HISTORY}/${of}`, 60_000));
  } else if (isLearned(path)) {
    // It is the same for ever.
    event.respondWith(kept(path).then((found) => found ?? answer(event, path)));
  } else if (path === PLANT || path === PLAN || isPart(path) || PROGRAM.includes(path + url.search)) {
    event.respondWith(answer(event, path + url.search));
  }
});
