// Runs at build time, in Node.js: puts moment's locales into one module, each as a text of JavaScript.
// As texts they cost a script's process nothing until one of them is asked for.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

import { transformSync } from 'esbuild';

const folder = new URL('../../node_modules/moment/locale/', import.meta.url);
const sources = Object.fromEntries(
  readdirSync(folder)
    .filter((file) => file.endsWith('.js'))
    .map((file) => [
      file.slice(0, -'.js'.length),
      transformSync(readFileSync(new URL(file, folder), 'utf8'), { minify: true, charset: 'utf8' }).code.trim(),
    ]),
);
writeFileSync(new URL('sources.js', import.meta.url), `export const SOURCES = ${JSON.stringify(sources)};\n`);
