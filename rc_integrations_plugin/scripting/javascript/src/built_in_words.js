// Methods of the engine whose errors name what they were given: only there is it known.
import { inspectCircle } from './circles.js';

const REGEXP_WORDS = {
  "expecting ')'": 'Unterminated group',
  'nothing to repeat': 'Nothing to repeat',
  'invalid group': 'Invalid group',
  'invalid group name': 'Invalid capture group name',
  'unknown unicode property name': 'Invalid property name',
  'duplicate group name': 'Duplicate capture group name',
  'group name not defined': 'Invalid named capture referenced',
  'extraneous characters at the end': "Unmatched ')'",
  'invalid class range': 'Range out of order in character class',
  'invalid repetition count': 'numbers out of order in {} quantifier',
  'invalid repeat count': 'numbers out of order in {} quantifier',
  'invalid escape sequence in regular expression': 'Invalid escape',
  'syntax error': 'Lone quantifier brackets',
};

/** Wraps the methods, on the global object and its built-in ones. */
export function installBuiltInWords(addGlobal) {
  const { stringify } = JSON;
  put(JSON, 'stringify', stringify.length, function stringifyOwn(...values) {
    try {
      return stringify(...values);
    } catch (error) {
      if (error instanceof TypeError && error.message === 'circular reference') throw new TypeError(inspectCircle(values[0]));
      throw error;
    }
  });
  const { repeat } = String.prototype;
  put(String.prototype, 'repeat', 1, function repeatOwn(count) {
    try {
      return repeat.call(this, count);
    } catch (error) {
      if (error instanceof RangeError) throw new RangeError(count >= 0 && count < Infinity ? 'Invalid string length' : `Invalid count value: ${count}`);
      throw error;
    }
  });
  const { fromCodePoint } = String;
  put(String, 'fromCodePoint', 1, (...points) => {
    try {
      return fromCodePoint(...points);
    } catch (error) {
      const wrong = points.find((point) => !(Number.isInteger(Number(point)) && point >= 0 && point <= 0x10ffff));
      if (error instanceof RangeError) throw new RangeError(`Invalid code point ${wrong}`);
      throw error;
    }
  });
  const { fromEntries } = Object;
  put(Object, 'fromEntries', 1, (entries) => {
    try {
      return fromEntries(entries);
    } catch (error) {
      const wrong = Array.isArray(entries) ? entries.findIndex((entry) => Object(entry) !== entry) : -1;
      if (wrong >= 0) throw new TypeError(`Iterator value ${String(entries[wrong])} is not an entry object`);
      throw typeof entries?.[Symbol.iterator] === 'function' ? error : new TypeError(noIterator(entries));
    }
  });
  for (const name of ['all', 'allSettled', 'any', 'race']) nameWhatHasNoItems(name);
  addGlobal('RegExp', withOwnWords(RegExp));
  addGlobal('BigInt', withValueInWords(BigInt));
}

function noIterator(value) {
  const shown = typeof value === 'number' || typeof value === 'boolean' ? `${typeof value} ${value}` : typeof value;
  return value === undefined || value === null
    ? 'undefined is not iterable'
    : `${shown} is not iterable (cannot read property Symbol(Symbol.iterator))`;
}

function nameWhatHasNoItems(name) {
  const original = Promise[name];
  put(Promise, name, 1, { [name](items) {
    const has = items === undefined || items === null || typeof items[Symbol.iterator] === 'function';
    return has ? original.call(this, items) : Promise.reject(new TypeError(noIterator(items)));
  } }[name]);
}

/** Returns a BigInt that says what it cannot convert. */
function withValueInWords(Real) {
  const { BigInt: own } = { BigInt(value) {
    try {
      return Real(value);
    } catch (error) {
      if (error instanceof RangeError) throw new RangeError(`The number ${value} cannot be converted to a BigInt because it is not an integer`);
      throw new error.constructor(`Cannot convert ${String(value)} to a BigInt`);
    }
  } };
  for (const name of ['asIntN', 'asUintN']) put(own, name, 2, Real[name]);
  Object.defineProperty(own, 'prototype', { value: Real.prototype, writable: false });
  put(Real.prototype, 'constructor', own.length, own);
  Object.defineProperty(own, 'name', { value: 'BigInt', configurable: true });
  return own;
}

function put(target, name, length, value) {
  Object.defineProperty(value, 'name', { value: name, configurable: true });
  Object.defineProperty(value, 'length', { value: length, configurable: true });
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}

/** Returns a constructor that makes what the given one makes, and quotes a pattern that it cannot read. */
function withOwnWords(Real) {
  function Own(pattern, flags) {
    try {
      if (new.target !== undefined) return Reflect.construct(Real, [pattern, flags], new.target);
      const isOne = flags === undefined && pattern instanceof Real && pattern.constructor === Own;
      return isOne ? pattern : new Real(pattern, flags);
    } catch (error) {
      if (error instanceof SyntaxError) throw new SyntaxError(wordsFor(error.message, pattern, flags));
      throw error;
    }
  }
  Object.defineProperty(Own, 'prototype', { value: Real.prototype, writable: false });
  Object.defineProperty(Own, 'name', { value: 'RegExp', configurable: true });
  Object.defineProperty(Own, Symbol.species, { get() { return this; }, configurable: true });
  if (Real.escape) put(Own, 'escape', 1, Real.escape);
  put(Real.prototype, 'constructor', Real.length, Own);
  Object.defineProperty(Own, 'name', { value: 'RegExp', configurable: true });
  return Own;
}

function wordsFor(message, pattern, flags) {
  if (message === 'invalid regular expression flags') return `Invalid flags supplied to RegExp constructor '${flags}'`;
  const source = pattern instanceof RegExp ? pattern.source : String(pattern);
  let words = Object.hasOwn(REGEXP_WORDS, message) ? REGEXP_WORDS[message] : message;
  if (message === 'unexpected end') words = /(?:^|[^\\])(?:\\\\)*\\$/.test(source) ? '\\ at end of pattern' : 'Unterminated character class';
  return `Invalid regular expression: /${source}/${flags ?? ''}: ${words}`;
}
