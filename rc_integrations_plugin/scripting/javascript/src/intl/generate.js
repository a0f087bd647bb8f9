// Writes what locales need, as Node.js has it, into the file that is named as the argument. Runs when
// the libraries are built. Everything is found out by formatting: no rules of ours, only its results.
import { writeFileSync } from 'node:fs';

import { datesOf, zoneGroups } from './generate_dates.js';
import { listsOf, numbersOf, relativeOf } from './generate_numbers.js';
import { TAGS } from './tags.js';

/** Signs that are no letters or digits, in the order in which they sort. */
function orderOfSigns() {
  const signs = [];
  for (let code = 1; code < 0x250; code += 1) {
    const sign = String.fromCharCode(code);
    if (!/[\p{L}\p{N}\p{M}\p{Cc}]/u.test(sign)) signs.push(sign);
  }
  signs.push(...'‐‑‒–—‘’“”„•…€™←→');
  return signs.sort(new Intl.Collator('en-US').compare).join('');
}

/** Letters that sort as letters of their own, each behind the one that it follows. */
function lettersOf(tag) {
  const { compare } = new Intl.Collator(tag, { sensitivity: 'base' });
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  const own = [];
  for (let code = 0xdf; code < 0x180; code += 1) {
    const letter = String.fromCharCode(code);
    if (!/\p{Ll}/u.test(letter)) continue;
    const base = letter.normalize('NFD')[0];
    if (letters.includes(base) ? compare(letter, base) === 0 : letter === 'ß') continue;
    const before = [...letters].findLast((other) => compare(other, letter) < 0);
    if (before) own.push([letter, before]);
  }
  own.sort(([one], [other]) => compare(one, other));
  return own.map(([letter, before]) => before + letter);
}

/** Scripts whose letters sort before those of Latin: the own one of the language. */
function firstScriptOf(tag) {
  const { compare } = new Intl.Collator(tag);
  const samples = { Cyrillic: 'я', Greek: 'ω', Han: '日', Hangul: '가', Hiragana: 'あ' };
  return Object.keys(samples).filter((script) => compare(samples[script], 'a') < 0);
}

const locales = {};
for (const tag of TAGS) {
  locales[tag] = JSON.stringify({
    ...datesOf(tag),
    ...numbersOf(tag),
    relative: relativeOf(tag),
    lists: listsOf(tag),
    letters: lettersOf(tag),
    first: firstScriptOf(tag),
  });
}
const shared = { zoneGroups: zoneGroups(), signs: orderOfSigns() };
writeFileSync(
  process.argv[2],
  `export const LOCALES = ${JSON.stringify(locales)};\nexport const SHARED = ${JSON.stringify(JSON.stringify(shared))};\n`,
);
