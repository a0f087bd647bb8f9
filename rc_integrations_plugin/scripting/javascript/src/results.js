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
const { getPrototypeOf, prototype: objects } = Object;
const { prototype: arrays } = Array;
const OTHER = new Error('not JSON as it is');

/**
 * Returns a result as JSON text; undefined for undefined.
 *
 * Usually one pass does it: the engine shows each value to `refuseOthers` as it writes it. A result that
 * has more in it than JSON is copied, which makes it JSON or names in a fault what can be none.
 */
export function toText(value) {
  if (arrays.toJSON !== undefined) throw new Fault('exception', 'ScriptResult', 'the script changed how all results are written');
  try {
    return stringify(value, refuseOthers);
  } catch {
    // The copy tells what it was.
  } finally {
    around = [undefined];
    level = 0;
  }
  return stringify(toData(value));
}

/** Returns a copy that is JSON data. */
export function toData(value) {
  return copy(value, 'result', []);
}

// The objects and arrays around the value that is being written; those above `level` are written.
let around = [undefined];
let level = 0;

/** Returns the value if it is one of JSON. `toJSON`, as dates have it, has been called before. */
function refuseOthers(_key, value) {
  if (typeof value === 'string') return value;
  if (typeof value === 'object') {
    if (value === null) return value;
    let depth = level;
    while (depth > 0 && around[depth] !== this) depth -= 1;
    const parent = getPrototypeOf(value);
    const isOther = parent !== objects && parent !== arrays && parent !== null;
    if (isOther || depth >= maxDepth) throw OTHER;
    level = depth + 1;
    around[level] = value;
  } else if (typeof value !== 'number' && typeof value !== 'boolean' && value !== undefined) {
    throw OTHER;
  }
  return value;
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
