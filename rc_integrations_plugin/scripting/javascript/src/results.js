// A script's result as JSON, or a fault that names the part which is none.
import { Fault } from './faults.js';

let maxDepth = 100;

/** Sets how deeply a result may be nested. */
export function limitNesting(levels) {
  maxDepth = levels;
}

export function typeName(value) {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

const { stringify } = JSON;
const { prototype: arrays } = Array;
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
  if (copiesAll) for (const one of OTHERS) delete one.toJSON;
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
    for (const one of OTHERS) {
      one.toJSON ??= refuse;
      if (one.toJSON === undefined) return undefined;
    }
    const text = stringify(value);
    // a getter may have written JSON of its own, and have caught the refusal
    return hasRefused ? undefined : text;
  } catch {
    return undefined;
  } finally {
    for (const one of OTHERS) if (one.toJSON === refuse) one.toJSON = undefined;
  }
}

/** Returns a copy that is JSON data. */
export function toData(value) {
  return copy(value, 'result', [], '');
}

function copy(value, path, above, key) {
  switch (typeof value) {
    case 'object': return value === null ? null : copyObject(value, path, above, key);
    case 'function': throw bad(path, 'a function');
    case 'symbol': throw bad(path, 'a symbol');
    case 'bigint': throw bad(path, 'a BigInt');
    case 'number': return Number.isFinite(value) ? value : null;
    default: return value;
  }
}

function copyObject(value, path, above, key) {
  if (above.includes(value)) throw bad(path, 'a reference to an object around it');
  if (above.length >= maxDepth) throw bad(path, `nested deeper than ${maxDepth} levels`);
  const inner = [...above, value];
  if (typeof value.toJSON === 'function') return copyToJson(value, path, inner, key);
  if (value instanceof String || value instanceof Number || value instanceof Boolean) {
    return copy(value.valueOf(), path, above, key);
  }
  if (value instanceof Error) return { name: String(value.name), message: String(value.message) };
  if (value instanceof Map) return copyEntries([...value], path, inner);
  if (value instanceof Set) return copyArray([...value], path, inner);
  if (value instanceof RegExp || value instanceof Promise || value instanceof WeakMap) {
    throw bad(path, `a ${value.constructor.name}`);
  }
  if (Array.isArray(value)) return copyArray(value, path, inner);
  return copyEntries(Object.keys(value).map((key) => [key, value[key]]), path, inner);
}

function copyToJson(value, path, inner, key) {
  const json = value.toJSON(key);
  return typeof json === 'object' && json !== null && inner.includes(json)
    ? copyEntries(Object.entries(value), path, inner)
    : copy(json, path, inner, key);
}

function copyArray(items, path, above) {
  return Array.from(items, (item, index) => {
    const data = copy(item, `${path}[${index}]`, above, `${index}`);
    return data === undefined ? null : data;
  });
}

function copyEntries(entries, path, above) {
  const target = Object.create(null);
  for (const [key, item] of entries) {
    const data = copy(item, pathTo(path, key), above, String(key));
    if (data !== undefined) target[key] = data;
  }
  return target;
}

function pathTo(path, key) {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(String(key))}]`;
}

function bad(path, what) {
  const short = path.length > 300 ? `${path.slice(0, 300)}...` : path;
  return new Fault('bad-result', 'ScriptResult', `${short} is ${what}, which can't be passed on`);
}
