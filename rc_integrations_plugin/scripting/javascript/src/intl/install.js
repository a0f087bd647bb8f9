// `Intl`, and the methods of built-in objects that go by it. What locales need is made from Node's own
// when the libraries are built; a polyfill that carries all of it takes a second for its first date.
import { Collator } from './collation.js';
import { makeDateTimeFormat, withDefaults } from './dates.js';
import { canonical, canonicalList } from './locale.js';
import { NumberFormat } from './numbers.js';
import { PluralRules } from './plurals.js';
import { ListFormat, RelativeTimeFormat } from './words.js';
import { makeZones } from './zones.js';

const MOST_KEPT = 50;

/** Makes a class callable without `new`, as these three are. */
function callable(Class) {
  function Callable(locales, options) {
    return Reflect.construct(Class, [locales, options], new.target ?? Callable);
  }
  Callable.prototype = Class.prototype;
  Object.defineProperty(Callable, 'name', { value: Class.name, configurable: true });
  Object.defineProperty(Callable, 'supportedLocalesOf', { value: Class.supportedLocalesOf, writable: true, configurable: true });
  Object.defineProperty(Class.prototype, 'constructor', { value: Callable, writable: true, configurable: true });
  return Callable;
}

class Locale {
  constructor(tag) {
    const [plain] = canonical(tag).split('-u-');
    const [language, ...rest] = plain.split('-');
    this.baseName = plain;
    this.language = language;
    this.region = rest.find((part) => /^(?:[A-Z]{2}|\d{3})$/.test(part));
    this.script = rest.find((part) => part.length === 4);
    Object.defineProperty(this, 'tag', { value: canonical(tag) });
  }

  toString() {
    return this.tag;
  }
}

/** Keeps formatters: scripts call `toLocaleString` in loops. */
function remembering(make) {
  const kept = new Map();
  return (locales, options) => {
    const key = JSON.stringify([locales, options]);
    if (!kept.has(key)) {
      if (kept.size >= MOST_KEPT) kept.clear();
      kept.set(key, make(locales, options));
    }
    return kept.get(key);
  };
}

export function installIntl(host, addGlobal) {
  const DateTimeFormat = makeDateTimeFormat(makeZones(host));
  const Intl = {
    Collator: callable(Collator),
    DateTimeFormat: callable(DateTimeFormat),
    ListFormat,
    Locale,
    NumberFormat: callable(NumberFormat),
    PluralRules,
    RelativeTimeFormat,
    getCanonicalLocales: canonicalList,
  };
  for (const name of Object.keys(Intl)) Object.defineProperty(Intl, name, { enumerable: false });
  Object.defineProperty(Intl, Symbol.toStringTag, { value: 'Intl', configurable: true });
  addGlobal('Intl', Intl);
  addMethods(DateTimeFormat);
}

function addMethods(DateTimeFormat) {
  const dates = (need, fill) => remembering((locales, options) => new DateTimeFormat(locales, withDefaults(options ?? {}, need, fill)));
  const date = (format) => function toLocale(locales, options) {
    const time = Number(this.getTime());
    return Number.isNaN(time) ? 'Invalid Date' : format(locales, options).format(time);
  };
  define(Date.prototype, 'toLocaleString', date(dates('any', 'all')));
  define(Date.prototype, 'toLocaleDateString', date(dates('date', 'date')));
  define(Date.prototype, 'toLocaleTimeString', date(dates('time', 'time')));
  const numbers = remembering((locales, options) => new NumberFormat(locales, options));
  define(Number.prototype, 'toLocaleString', function toLocaleString(locales, options) {
    return numbers(locales, options).format(Number(this));
  });
  define(BigInt.prototype, 'toLocaleString', function toLocaleString(locales, options) {
    return numbers(locales, options).format(BigInt(this));
  });
  define(Array.prototype, 'toLocaleString', function toLocaleString(locales, options) {
    return Array.from(this, (item) => (item === undefined || item === null ? '' : item.toLocaleString(locales, options))).join(',');
  });
  const collators = remembering((locales, options) => new Collator(locales, options));
  define(String.prototype, 'localeCompare', function localeCompare(other, locales, options) {
    return collators(locales, options).compare(this, other);
  });
  for (const [name, pairs] of [['toLocaleUpperCase', [['i', 'İ']]], ['toLocaleLowerCase', [['İ', 'i'], ['I', 'ı']]]]) {
    const change = String.prototype[name];
    define(String.prototype, name, function changeCase(locales) {
      const turkish = /^(?:tr|az)\b/.test(canonicalList(locales)[0] ?? '');
      return change.call(turkish ? pairs.reduce((text, [from, to]) => text.replaceAll(from, to), String(this)) : this);
    });
  }
}

function define(target, name, value) {
  Object.defineProperty(value, 'name', { value: name, configurable: true });
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}
