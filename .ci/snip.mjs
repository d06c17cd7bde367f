// Cuts out of a wasm what the page holds and never runs: `node .ci/snip.mjs FROM TO`.
//
// Every view of Leptos carries a second way of being hydrated, `hydrate_async`, that only lazy routes and islands take;
// we have neither. It stands in tables of functions, so no linker sees that nothing calls it. Its bodies become a trap,
// and wasm-bindgen leaves out what only they called. They were an eighth of what crosses the network.
import { readFileSync, writeFileSync } from 'node:fs';

const UNUSED = /13hydrate_async(28_\$u7b\$\$u7b\$closure\$u7d\$\$u7d\$)*17h[0-9a-f]{16}E$/;
// Shorter ones may have been merged with others of the same few instructions.
const LEAST_BYTES = 300;
// No locals, `unreachable`, `end`.
const TRAP = Buffer.from([0x00, 0x00, 0x0b]);
const [CUSTOM, IMPORT, CODE] = [0, 2, 10];
const FUNCTIONS = 1;

const [from, to] = process.argv.slice(2);
const bytes = readFileSync(from);

/** Reads numbers, spans and names from `at` on. */
function reader(at) {
  const number = () => {
    for (let value = 0, factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  const span = () => {
    const length = number();
    at += length;
    return bytes.subarray(at - length, at);
  };
  return { number, span, byte: () => bytes[at++], at: () => at };
}

function encoded(value) {
  const out = [];
  for (; value > 127; value = Math.floor(value / 128)) out.push((value % 128) + 128);
  return Buffer.from([...out, value]);
}

const sections = [];
for (let at = 8; at < bytes.length; ) {
  const read = reader(at + 1);
  const { byteOffset, length } = read.span();
  const start = byteOffset - bytes.byteOffset;
  sections.push({ id: bytes[at], whole: bytes.subarray(at, start + length), start, end: start + length });
  at = start + length;
}

/** How many functions are imported: these are numbered first. */
function imported() {
  const read = reader(sections.find(({ id }) => id === IMPORT).start);
  let functions = 0;
  for (let left = read.number(); left > 0; left--) {
    read.span();
    read.span();
    if (read.byte() !== 0) throw new Error('an import that is no function');
    read.number();
    functions++;
  }
  return functions;
}

/** The names of functions by number. */
function names() {
  const found = new Map();
  for (const { id, start, end } of sections) {
    const read = reader(start);
    if (id !== CUSTOM || read.span().toString() !== 'name') continue;
    while (read.at() < end) {
      const kind = read.byte();
      const { byteOffset } = read.span();
      if (kind !== FUNCTIONS) continue;
      const inner = reader(byteOffset - bytes.byteOffset);
      for (let left = inner.number(); left > 0; left--) found.set(inner.number(), inner.span().toString());
    }
  }
  return found;
}

const known = names();
const first = imported();
let cut = 0;
const out = sections.map(({ id, whole, start }) => {
  if (id !== CODE) return whole;
  const read = reader(start);
  const count = read.number();
  const bodies = [encoded(count)];
  for (let number = 0; number < count; number++) {
    let body = read.span();
    if (body.length >= LEAST_BYTES && UNUSED.test(known.get(first + number) ?? '')) {
      body = TRAP;
      cut++;
    }
    bodies.push(encoded(body.length), body);
  }
  const code = Buffer.concat(bodies);
  return Buffer.concat([Buffer.from([CODE]), encoded(code.length), code]);
});
if (cut === 0) throw new Error(`${from} has nothing to be cut: names are gone, or Leptos is another`);
writeFileSync(to, Buffer.concat([bytes.subarray(0, 8), ...out]));
