// Makes the program of the pages smaller where the compiler does not: node .ci/trim.mjs IN.wasm OUT.wasm
//
// IN has its names. Functions with the same bytes become one, and functions are ordered by name, so that the many shapes
// of one generic function stand together and compress well. The code is otherwise left as it is: every other pass of
// binaryen makes what crosses the network larger, `-Os` by 5 %.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(new URL('../end2end/package.json', import.meta.url));
const { default: binaryen } = await import(pathToFileURL(require.resolve('binaryen')).href);

const [from, to] = process.argv.slice(2);
const whole = binaryen.readBinary(fs.readFileSync(from));
whole.runPasses(['duplicate-function-elimination', 'remove-unused-module-elements', 'reorder-functions-by-name', 'strip']);
fs.writeFileSync(to, whole.emitBinary());
