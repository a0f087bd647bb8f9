// Spans of time ("in 3 days") and lists ("a, b, and c").
import { choice, optionsOf, resolve, supportedLocalesOf } from './locale.js';
import { NumberFormat } from './numbers.js';
import { chosen } from './plurals.js';

const STYLES = ['long', 'short', 'narrow'];

export class RelativeTimeFormat {
  #locale;

  #style;

  #numeric;

  #numbers;

  constructor(locales, options) {
    const given = optionsOf(options);
    this.#locale = resolve(locales);
    this.#style = choice(given, 'style', STYLES, 'long');
    this.#numeric = choice(given, 'numeric', ['always', 'auto'], 'always');
    this.#numbers = new NumberFormat(this.#locale.tag);
  }

  static supportedLocalesOf(locales) {
    return supportedLocalesOf(locales);
  }

  format(value, unit) {
    return this.formatToParts(value, unit).map((part) => part.value).join('');
  }

  formatToParts(value, unit) {
    const name = String(unit).replace(/s$/, '');
    const styles = this.#locale.data.relative[name];
    if (!styles) throw new RangeError(`Invalid unit argument for format() '${unit}'`);
    const number = Number(value);
    if (!Number.isFinite(number)) throw new RangeError('Invalid time value');
    const [past, future, words] = styles[STYLES.indexOf(this.#style)];
    if (this.#numeric === 'auto' && Object.hasOwn(words, String(number))) return [{ type: 'literal', value: words[number] }];
    const parts = this.#numbers.formatToParts(Math.abs(number));
    const written = parts.filter(({ type }) => type !== 'group').map((part) => (part.type === 'decimal' ? '.' : part.value)).join('');
    const pattern = chosen(number < 0 || Object.is(number, -0) ? past : future, this.#locale, written);
    const [before, after = ''] = pattern.split('#');
    const literal = (text) => (text ? [{ type: 'literal', value: text }] : []);
    if (!pattern.includes('#')) return literal(pattern);
    return [...literal(before), ...parts.map((part) => ({ ...part, unit: name })), ...literal(after)];
  }

  resolvedOptions() {
    return { locale: this.#locale.tag, style: this.#style, numeric: this.#numeric, numberingSystem: 'latn' };
  }
}

export class ListFormat {
  #locale;

  #type;

  #style;

  constructor(locales, options) {
    const given = optionsOf(options);
    this.#locale = resolve(locales);
    this.#type = choice(given, 'type', ['conjunction', 'disjunction', 'unit'], 'conjunction');
    this.#style = choice(given, 'style', STYLES, 'long');
  }

  static supportedLocalesOf(locales) {
    return supportedLocalesOf(locales);
  }

  format(items) {
    return this.formatToParts(items).map((part) => part.value).join('');
  }

  formatToParts(items) {
    const texts = [...items];
    if (!texts.every((text) => typeof text === 'string')) throw new TypeError('Iterable yielded a non-String value');
    const [pair, start, middle, end] = this.#locale.data.lists[this.#type][STYLES.indexOf(this.#style)];
    const between = (at) => (texts.length === 2 ? pair : at === 1 ? start : at === texts.length - 1 ? end : middle);
    return texts.flatMap((text, at) => [...(at ? [{ type: 'literal', value: between(at) }] : []), { type: 'element', value: text }]);
  }

  resolvedOptions() {
    return { locale: this.#locale.tag, type: this.#type, style: this.#style };
  }
}
