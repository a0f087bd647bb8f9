// A script's result as JSON data, or a fault that names the part which is none.
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

/** Returns the value itself where JSON takes it as it is, which is the usual case, or a copy. */
export function toData(value) {
  return isPlain([value], -1) ? value : copy(value, 'result', []);
}

const { getPrototypeOf, prototype, values } = Object;
const { isArray } = Array;

// Written out for the common kinds of values: a call, or `for ... in`, costs more than all else here.
function isPlain(value, depth) {
  if (value === null) return true;
  if (depth >= maxDepth || value.toJSON !== undefined) return false;
  let items = value;
  if (!isArray(value)) {
    const parent = getPrototypeOf(value);
    if (parent !== prototype && parent !== null) return false;
    items = values(value);
  }
  for (let at = 0; at < items.length; at += 1) {
    const item = items[at];
    const type = typeof item;
    if (type === 'string' || type === 'number') continue;
    if (type === 'object') {
      if (!isPlain(item, depth + 1)) return false;
    } else if (type !== 'boolean' && type !== 'undefined') return false;
  }
  return true;
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
