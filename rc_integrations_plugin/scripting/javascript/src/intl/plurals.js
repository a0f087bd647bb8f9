import {
  bg, ca, cs, da, de, el, en, es, et, fi, fr, he, hr, hu, id, it, ja, ko, lt, lv, nl, no, pl, pt, pt_PT, ro, ru, sk, sl, sr, sv, tr, uk,
  vi, zh,
} from 'make-plural/plurals';

import { choice, optionsOf, resolve, supportedLocalesOf } from './locale.js';
import { digitsOptions, visible } from './digits.js';

const RULES = {
  bg, ca, cs, da, de, el, en, es, et, fi, fr, he, hr, hu, id, it, ja, ko, lt, lv, nl, no, nb: no, nn: no, pl, pt, ro, ru, sk, sl, sr, sv, tr,
  uk, vi, zh,
};

function ruleOf({ tag, language }) {
  return tag === 'pt-PT' ? pt_PT : (RULES[language] ?? en);
}

/** Returns the form of a word beside a number that is written so. */
export function pluralOf(locale, written, ordinal = false) {
  return ruleOf(locale)(written, ordinal);
}

/** Returns the words for a number out of what the data has for them. */
export function chosen(words, locale, written) {
  if (typeof words === 'string') return words;
  return words[pluralOf(locale, written)] ?? words.other;
}

export class PluralRules {
  #locale;

  #ordinal;

  #digits;

  constructor(locales, options) {
    const given = optionsOf(options);
    this.#locale = resolve(locales);
    this.#ordinal = choice(given, 'type', ['cardinal', 'ordinal'], 'cardinal') === 'ordinal';
    this.#digits = digitsOptions(given, 0, 3);
  }

  static supportedLocalesOf(locales) {
    return supportedLocalesOf(locales);
  }

  select(value) {
    const number = Number(value);
    if (!Number.isFinite(number)) return 'other';
    const [whole, fraction] = visible(Math.abs(number), this.#digits);
    return pluralOf(this.#locale, fraction ? `${whole}.${fraction}` : whole, this.#ordinal);
  }

  resolvedOptions() {
    return { locale: this.#locale.tag, type: this.#ordinal ? 'ordinal' : 'cardinal', ...this.#digits };
  }
}
