// Which locale is meant, and what is known of it.
import { LOCALES, SHARED } from './data.js';
import { dataTag } from './tags.js';

const SHAPE = /^(?:[a-z]{2,3}|[a-z]{5,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*(?:-[a-wyz\d](?:-[a-z\d]{2,8})+)*(?:-x(?:-[a-z\d]{1,8})+)?$/i;
const DEFAULT = 'en-US';
const parsed = new Map();
let shared;

export function sharedData() {
  shared ??= JSON.parse(SHARED);
  return shared;
}

export function canonical(tag) {
  if (typeof tag !== 'string' && typeof tag !== 'object') throw new TypeError('Incorrect locale information provided');
  const text = String(tag);
  if (!SHAPE.test(text)) throw new RangeError(`Incorrect locale information provided`);
  const [plain, ...extensions] = text.split(/-(?=[a-wyz\d]-)/i);
  const parts = plain.split('-').map((part, at) => {
    if (at === 0) return part.toLowerCase();
    if (part.length === 4 && /^[a-z]/i.test(part)) return part[0].toUpperCase() + part.slice(1).toLowerCase();
    return part.length === 2 ? part.toUpperCase() : part.toLowerCase();
  });
  return [parts.join('-'), ...extensions.map((extension) => extension.toLowerCase())].join('-');
}

export function canonicalList(locales) {
  if (locales === undefined) return [];
  if (locales === null) throw new TypeError('Cannot convert undefined or null to object');
  const list = typeof locales === 'string' || typeof locales.toString !== 'function' || !Array.isArray(locales) ? [locales] : locales;
  return [...new Set(list.map(canonical))];
}

/** Returns `{tag, language, data, keywords}` of the first locale that is known, or of American English. */
export function resolve(locales) {
  for (const wanted of canonicalList(locales)) {
    const [plain, extension = ''] = wanted.split('-u-');
    const known = dataTag(plain);
    if (known) return { tag: plain, language: plain.split('-')[0], data: dataOf(known), keywords: keywordsOf(extension) };
  }
  return { tag: DEFAULT, language: 'en', data: dataOf(DEFAULT), keywords: {} };
}

function keywordsOf(extension) {
  const found = {};
  for (const [, key, value] of extension.matchAll(/\b([a-z\d][a-z])(?:-([a-z\d]{3,8}(?:-[a-z\d]{3,8})*))?(?=-|$)/g)) found[key] = value ?? 'true';
  return found;
}

function dataOf(tag) {
  if (!parsed.has(tag)) parsed.set(tag, JSON.parse(LOCALES[tag]));
  return parsed.get(tag);
}

export function supportedLocalesOf(locales) {
  return canonicalList(locales).filter((tag) => dataTag(tag.split('-u-')[0]));
}

/** Returns an option that must be one of a few values. */
export function choice(options, name, values, fallback) {
  const value = options[name];
  if (value === undefined) return fallback;
  const text = String(value);
  if (!values.includes(text)) throw new RangeError(`Value ${text} out of range for Intl options property ${name}`);
  return text;
}

export function whole(options, name, low, high, fallback) {
  const value = options[name];
  if (value === undefined) return fallback;
  const number = Number(value);
  if (!(number >= low && number <= high)) throw new RangeError(`${name} value is out of range.`);
  return Math.floor(number);
}

export function optionsOf(options) {
  if (options === null) throw new TypeError('Cannot convert undefined or null to object');
  return options === undefined ? {} : Object(options);
}
