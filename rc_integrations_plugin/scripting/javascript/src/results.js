// A script's result as JSON, or a fault that names the part which is none.
import { Fault } from './faults.js';

let maxDepth = 100;

/** Sets how deeply a result may be nested. */
export function limitNesting(levels) {
  maxDepth = levels;
}

export function typeName(value) {
  if (value === null) return 'null';
  return isArray(value) ? 'array' : typeof value;
}

// A script may change what arrays and objects are looked through with: no method of theirs is called here.
const { stringify } = JSON;
const { keys } = Object;
const { isArray, prototype: arrays } = Array;
const { isFinite } = Number;
// How a script comes by what the engine leaves out of JSON without a word: symbols, and what a toJSON of its own returns.
const LEAVES_OUT = /\bSymbol\b|ownKeys|PropertySymbols|toJSON/;

// The engine's own writing of JSON leaves these out, or leaves out what is in them, unless they say that they
// write themselves. They do so while a result is written, and refuse.
const OTHERS = [Function, Error, Map, Set, WeakMap, Promise, RegExp].map((kind) => kind.prototype);
for (const one of OTHERS) Object.defineProperty(one, 'toJSON', { value: undefined, writable: true, configurable: true });
let copiesAll = false;
let hasRefused = false;

/** Gets ready for the results of a script. One that speaks of `toJSON` finds none where Node.js has none. */
export function expectResultsOf(code) {
  copiesAll ||= LEAVES_OUT.test(code);
  if (copiesAll) for (let at = 0; at < OTHERS.length; at += 1) delete OTHERS[at].toJSON;
}

function refuse() {
  hasRefused = true;
  throw new Error('not JSON as it is');
}

/**
 * Returns a result as JSON text; undefined for undefined.
 *
 * Usually the engine writes it as it is. A result that has more in it than JSON is copied, which makes it JSON
 * or names in a fault what can be none. How deeply a text is nested is for its reader to look at.
 */
export function toText(value) {
  if (arrays.toJSON !== undefined) throw new Fault('exception', 'ScriptResult', 'the script changed how all results are written');
  return (copiesAll ? undefined : written(value)) ?? stringify(toData(value));
}

function written(value) {
  hasRefused = false;
  try {
    // a script may have frozen a kind
    for (let at = 0; at < OTHERS.length; at += 1) {
      OTHERS[at].toJSON ??= refuse;
      if (OTHERS[at].toJSON === undefined) return undefined;
    }
    const text = stringify(value);
    // a getter may have written JSON of its own, and have caught the refusal
    return hasRefused ? undefined : text;
  } catch {
    return undefined;
  } finally {
    for (let at = 0; at < OTHERS.length; at += 1) {
      if (OTHERS[at].toJSON === refuse) OTHERS[at].toJSON = undefined;
    }
  }
}

// The objects and arrays around the value that is copied.
const around = [];

/** Returns a copy that is JSON data. */
export function toData(value) {
  try {
    return copy(value, 'result', 0, '');
  } finally {
    around.length = 0;
  }
}

function copy(value, path, depth, key) {
  switch (typeof value) {
    case 'object': return value === null ? null : copyObject(value, path, depth, key);
    case 'function': throw bad(path, 'a function');
    case 'symbol': throw bad(path, 'a symbol');
    case 'bigint': throw bad(path, 'a BigInt');
    case 'number': return isFinite(value) ? value : null;
    default: return value;
  }
}

function copyObject(value, path, depth, key) {
  if (isAround(value, depth)) throw bad(path, 'a reference to an object around it');
  if (depth >= maxDepth) throw bad(path, `nested deeper than ${maxDepth} levels`);
  if (typeof value.toJSON === 'function') return copyToJson(value, path, depth, key);
  if (value instanceof String || value instanceof Number || value instanceof Boolean) {
    return copy(value.valueOf(), path, depth, key);
  }
  if (value instanceof Error) return { name: String(value.name), message: String(value.message) };
  around[depth] = value;
  if (value instanceof Map) return copyMap([...value], path, depth + 1);
  if (value instanceof Set) return copyArray([...value], path, depth + 1);
  if (value instanceof RegExp || value instanceof Promise || value instanceof WeakMap) {
    throw bad(path, `a ${value.constructor.name}`);
  }
  return isArray(value) ? copyArray(value, path, depth + 1) : copyProperties(value, path, depth + 1);
}

function isAround(value, depth) {
  for (let at = 0; at < depth; at += 1) if (around[at] === value) return true;
  return false;
}

function copyToJson(value, path, depth, key) {
  around[depth] = value;
  const json = value.toJSON(key);
  return typeof json === 'object' && json !== null && isAround(json, depth + 1)
    ? copyProperties(value, path, depth + 1)
    : copy(json, path, depth + 1, key);
}

function copyArray(items, path, depth) {
  const target = [];
  for (let at = 0; at < items.length; at += 1) {
    target[at] = copy(items[at], `${path}[${at}]`, depth, `${at}`) ?? null;
  }
  return target;
}

function copyProperties(value, path, depth) {
  const target = Object.create(null);
  const names = keys(value);
  for (let at = 0; at < names.length; at += 1) addCopy(target, names[at], value[names[at]], path, depth);
  return target;
}

function copyMap(entries, path, depth) {
  const target = Object.create(null);
  for (let at = 0; at < entries.length; at += 1) addCopy(target, entries[at][0], entries[at][1], path, depth);
  return target;
}

function addCopy(target, key, item, path, depth) {
  const data = copy(item, pathTo(path, key), depth, String(key));
  if (data !== undefined) target[key] = data;
}

function pathTo(path, key) {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(String(key))}]`;
}

function bad(path, what) {
  const short = path.length > 300 ? `${path.slice(0, 300)}...` : path;
  return new Fault('bad-result', 'ScriptResult', `${short} is ${what}, which can't be passed on`);
}
