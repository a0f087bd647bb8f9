// The order of texts for people: signs, then digits, then letters; accents and then case matter only
// between texts that are otherwise alike.
import { choice, optionsOf, resolve, sharedData, supportedLocalesOf } from './locale.js';

const EXPANDED = { ß: 'ss', æ: 'ae', œ: 'oe', ĳ: 'ij' };
const PLAIN = /^[a-z\d]*$/;
let signs;

function orderOf(sign) {
  signs ??= new Map([...sharedData().signs].map((each, at) => [each, at]));
  return signs.get(sign);
}

/** Returns the primary weights of a text, its accents, and where it has capitals. */
function keyOf(text, { letters, first, numeric, ignorePunctuation }) {
  const [primary, accents, cases] = [[], [], []];
  const add = (weight, accent, capital) => {
    primary.push(weight);
    accents.push(accent);
    cases.push(capital);
  };
  const composed = text.normalize('NFC');
  for (const [piece] of composed.matchAll(numeric ? /\d+|[^]/gu : /[^]/gu)) {
    const lower = piece.toLowerCase();
    const capital = lower === piece ? 0 : 1;
    if (/^\d/.test(piece)) {
      if (numeric) add([2, piece.replace(/^0+(?=\d)/, '').length, piece.replace(/^0+(?=\d)/, '')], '', 0);
      else add([2, 1, piece], '', 0);
      continue;
    }
    const own = letters.get(lower);
    if (own) {
      add(own, '', capital);
      continue;
    }
    const sign = orderOf(piece);
    if (sign !== undefined) {
      if (!ignorePunctuation) add([1, sign], '', 0);
      continue;
    }
    const [base, ...marks] = (EXPANDED[lower] ?? lower).normalize('NFD');
    for (const letter of EXPANDED[lower] ? base + marks.join('') : base) {
      add([first?.test(letter) ? 2.5 : 3, letter, 0], EXPANDED[lower] ? letter : marks.join(''), capital);
    }
  }
  return { primary, accents, cases };
}

function compareWeights(one, other) {
  for (let at = 0; at < one.length && at < other.length; at += 1) {
    if (one[at] !== other[at]) return one[at] < other[at] ? -1 : 1;
  }
  return one.length - other.length;
}

function compareLists(one, other, compare) {
  for (let at = 0; at < one.length && at < other.length; at += 1) {
    const order = compare(one[at], other[at]);
    if (order) return order;
  }
  return Math.sign(one.length - other.length);
}

const plainly = (one, other) => (one === other ? 0 : one < other ? -1 : 1);

export class Collator {
  #locale;

  #options;

  #letters;

  #first;

  constructor(locales, options) {
    const given = optionsOf(options);
    this.#locale = resolve(locales);
    const { keywords } = this.#locale;
    this.#options = {
      usage: choice(given, 'usage', ['sort', 'search'], 'sort'),
      sensitivity: choice(given, 'sensitivity', ['base', 'accent', 'case', 'variant'], 'variant'),
      ignorePunctuation: Boolean(given.ignorePunctuation ?? false),
      collation: 'default',
      numeric: given.numeric === undefined ? keywords.kn === 'true' : Boolean(given.numeric),
      caseFirst: choice(given, 'caseFirst', ['upper', 'lower', 'false'], 'false'),
    };
    const { letters, first } = this.#locale.data;
    this.#letters = lettersOf(letters);
    if (first.length) this.#first = new RegExp(first.map((script) => `\\p{Script=${script}}`).join('|'), 'u');
  }

  static supportedLocalesOf(locales) {
    return supportedLocalesOf(locales);
  }

  get compare() {
    return (one, other) => this.#compare(String(one), String(other));
  }

  #compare(one, other) {
    if (one === other) return 0;
    // Most texts of scripts: lower case, no signs, no accents.
    if (!this.#options.numeric && PLAIN.test(one) && PLAIN.test(other)) return plainly(one, other);
    const [left, right] = [one, other].map((text) => keyOf(text, { ...this.#options, letters: this.#letters, first: this.#first }));
    const order = compareLists(left.primary, right.primary, compareWeights);
    const { sensitivity, caseFirst } = this.#options;
    if (order || sensitivity === 'base') return order;
    const accents = sensitivity === 'case' ? 0 : compareLists(left.accents, right.accents, plainly);
    if (accents || sensitivity === 'accent') return accents;
    const cases = compareLists(left.cases, right.cases, plainly);
    return caseFirst === 'upper' ? -cases : cases;
  }

  resolvedOptions() {
    return { locale: this.#locale.tag, ...this.#options };
  }
}

/** Returns the weights of letters that sort behind another one. */
function lettersOf(pairs) {
  return new Map(pairs.filter(([, letter]) => !EXPANDED[letter]).map(([before, letter], at) => [letter, [3, before, at + 1]]));
}
