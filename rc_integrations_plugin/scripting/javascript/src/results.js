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
const NO_DATA = new Error('not JSON as it is');

// The engine's own writing of JSON leaves these out, or leaves out what is in them, unless they say that they
// write themselves. They do so while a result is written, and refuse.
const OTHERS = [Function, Error, Map, Set, WeakMap, Promise, RegExp].map((kind) => kind.prototype);
for (const one of OTHERS) Object.defineProperty(one, 'toJSON', { value: undefined, writable: true, configurable: true });

function refuse() {
  throw NO_DATA;
}

/**
 * Returns a result as JSON text; undefined for undefined.
 *
 * Usually the engine writes it as it is. A result that has more in it than JSON is copied, which makes it JSON
 * or names in a fault what can be none. How deeply a text is nested is for its reader to look at.
 *
 * @param mayHaveSymbols of all that is no data, the one kind that the engine leaves out without a word
 */
export function toText(value, mayHaveSymbols) {
  if (arrays.toJSON !== undefined) throw new Fault('exception', 'ScriptResult', 'the script changed how all results are written');
  return (mayHaveSymbols ? undefined : written(value)) ?? stringify(toData(value));
}

function written(value) {
  try {
    // a script may have told how a kind is written, or have frozen it
    for (const one of OTHERS) {
      one.toJSON ??= refuse;
      if (one.toJSON === undefined) return undefined;
    }
    return stringify(value);
  } catch {
    return undefined;
  } finally {
    for (const one of OTHERS) if (one.toJSON === refuse) one.toJSON = undefined;
  }
}

/** Returns a copy that is JSON data. */
export function toData(value) {
  return copy(value, 'result', []);
}

function copy(value, path, above) {
  switch (typeof value) {
    case 'object': return value === null ? null : copyObject(value, path, above);
    case 'function': throw bad(path, 'a function');
    case 'symbol': throw bad(path, 'a symbol');
    case 'bigint': throw bad(path, 'a BigInt');
    case 'number': return Number.isFinite(value) ? value : null;
    default: return value;
  }
}

function copyObject(value, path, above) {
  if (above.includes(value)) throw bad(path, 'a reference to an object around it');
  if (above.length >= maxDepth) throw bad(path, `nested deeper than ${maxDepth} levels`);
  const inner = [...above, value];
  if (typeof value.toJSON === 'function') return copyToJson(value, path, inner);
  if (value instanceof String || value instanceof Number || value instanceof Boolean) {
    return copy(value.valueOf(), path, above);
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

function copyToJson(value, path, inner) {
  const json = value.toJSON('');
  return typeof json === 'object' && json !== null && inner.includes(json)
    ? copyEntries(Object.entries(value), path, inner)
    : copy(json, path, inner);
}

function copyArray(items, path, above) {
  return Array.from(items, (item, index) => {
    const data = copy(item, `${path}[${index}]`, above);
    return data === undefined ? null : data;
  });
}

function copyEntries(entries, path, above) {
  const target = Object.create(null);
  for (const [key, item] of entries) {
    const data = copy(item, pathTo(path, key), above);
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
