// Makes the program of the pages smaller where the compiler does not: node .ci/trim.mjs IN.wasm OUT.wasm [GLUE.js]
//
// IN has its names. What a page never does is taken out, functions with the same bytes become one, and functions that are alike
// stand together, so that the many shapes of one generic function compress well; locals are numbered by how often they are used.
// The code is otherwise left as it is: what other passes of binaryen gain is below 0.2 %, and most make what crosses the network
// larger, `-Os` by 5 %. In GLUE, and in OUT, what the browser lends
// the program is then called by short names: the long ones end in hashes, which do not compress. One hash over all of them stays,
// so that a program with the glue of another does not begin.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

import { alike } from './alike.mjs';

const require = createRequire(new URL('../end2end/package.json', import.meta.url));
const { default: binaryen } = await import(pathToFileURL(require.resolve('binaryen')).href);

// Pages are taken over at once (`hydrate_from`), never a part after the other, and no node is a copy of a template: every type of
// view has code for both. What would call it all the same is stopped, and the page says so as it says any panic. Whatever is
// short or further inside stays: the compiler may have made one of it and of something that pages do.
const NEVER = /(hydrate_async|hydrate_from_template)((::\{\{closure\}\})?::|(28_\$u7b\$\$u7b\$closure\$u7d\$\$u7d\$)?17)h[0-9a-f]{16}E?$/;
const SHORT = 96;
const GLUE = './twinlight_bg.js';

const [from, to, glue] = process.argv.slice(2);
const given = fs.readFileSync(from);
const lengths = bodiesOf(given).map(({ length }) => length);
const whole = binaryen.readBinary(given);
for (let place = 0; place < whole.getNumFunctions(); place++) {
  const one = whole.getFunctionByIndex(place);
  const { name, module } = binaryen.getFunctionInfo(one);
  if (!module && lengths.shift() >= SHORT && NEVER.test(name)) binaryen.Function(one).body = whole.unreachable();
}
whole.runPasses(['reorder-locals', 'duplicate-function-elimination', 'remove-unused-module-elements', 'strip']);
const bytes = ordered(whole.emitBinary(), whole.getNumFunctions());
fs.writeFileSync(to, glue ? renamed(bytes, glue) : bytes);

/** Reads what a program is written with, from `at` on. */
function reader(bytes, at) {
  const number = () => {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = bytes[own.at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const text = () => {
    const length = number();
    return Buffer.from(bytes.subarray(own.at, (own.at += length))).toString();
  };
  /** Goes to the section of this kind, whose end it gives. */
  const section = (kind) => {
    while (own.at < bytes.length) {
      const found = bytes[own.at++];
      const end = number() + own.at;
      if (found === kind) return end;
      own.at = end;
    }
    throw new Error(`a program without a section of kind ${kind}`);
  };
  const own = { at, number, text, section };
  return own;
}

/** The bytes of each function, in order. */
function bodiesOf(bytes) {
  const read = reader(bytes, 8);
  read.section(10);
  return Array.from({ length: read.number() }, () => {
    const length = read.number();
    return bytes.subarray(read.at, (read.at += length));
  });
}

/** A number, and a text, as programs have them. */
function written(value) {
  const out = [];
  for (; value > 127; value = Math.floor(value / 128)) out.push((value % 128) | 128);
  return [...out, value];
}
function string(value) {
  return [...written(value.length), ...Buffer.from(value)];
}

/** The same program, whose functions, `all` with those that it is lent, stand beside their like. */
function ordered(bytes, all) {
  const bodies = bodiesOf(bytes);
  const names = [];
  alike(bodies).forEach((place, at) => (names[place] = String(at).padStart(6, '0')));
  const lent = all - bodies.length;
  const functions = [...written(names.length), ...names.flatMap((name, place) => [...written(lent + place), ...string(name)])];
  const section = [...string('name'), 1, ...written(functions.length), ...functions];
  const named = binaryen.readBinary(Buffer.concat([bytes, Buffer.from([0, ...written(section.length), ...section])]));
  named.runPasses(['reorder-functions-by-name', 'strip']);
  return named.emitBinary();
}

/** The same program, whose imports from the glue have short names; so have they in the glue from then on. */
function renamed(bytes, glue) {
  const read = reader(bytes, 8);
  const end = read.section(2);
  const imports = Array.from({ length: read.number() }, () => {
    const [module, name, kind] = [read.text(), read.text(), bytes[read.at++]];
    // Of all that can be lent, the glue lends functions.
    if (kind !== 0) throw new Error(`import ${name} is no function`);
    return { module, name, type: read.number() };
  });
  const lent = imports.filter(({ module }) => module === GLUE).map(({ name }) => name);
  const short = new Map(lent.map((name, place) => [name, `_${place.toString(36)}`]));
  const key = createHash('sha256').update(lent.join()).digest('hex').slice(0, 12);

  const one = ({ module, name, type }) => [
    ...(module === GLUE ? [...string(key), ...string(short.get(name))] : [...string(module), ...string(name)]),
    0,
    ...written(type),
  ];
  const section = [...written(imports.length), ...imports.flatMap(one)];
  // Before it stands the section of types alone.
  const first = reader(bytes, 8).section(1);

  const words = fs.readFileSync(glue, 'utf8').replace(`"${GLUE}"`, `"${key}"`);
  if (!words.includes(`"${key}"`)) throw new Error('the glue lends its functions in another way');
  fs.writeFileSync(glue, words.replace(/\b__wb[a-z]+_\w+/g, (name) => short.get(name) ?? name));
  return Buffer.concat([bytes.subarray(0, first), Buffer.from([2, ...written(section.length), ...section]), bytes.subarray(end)]);
}
