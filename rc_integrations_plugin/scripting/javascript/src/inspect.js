// A value as one readable text, much as node prints it. Never throws, never runs away.
import { reword } from './v8_errors.js';

const MAX_DEPTH = 4;
const MAX_ITEMS = 100;
const MAX_TEXT = 10000;

export function inspect(value) {
  try {
    return show(value, 0, []);
  } catch {
    return '[unreadable]';
  }
}

function show(value, depth, seen) {
  switch (typeof value) {
    case 'string': return quoted(value);
    case 'bigint': return `${value}n`;
    case 'function': return `[Function: ${value.name || '(anonymous)'}]`;
    case 'object': return value === null ? 'null' : showObject(value, depth, seen);
    default: return Object.is(value, -0) ? '-0' : String(value);
  }
}

function quoted(text) {
  const short = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text;
  const escaped = JSON.stringify(short).slice(1, -1).replaceAll('\\"', '"');
  return short.includes("'") ? JSON.stringify(short) : `'${escaped}'`;
}

function showObject(value, depth, seen) {
  if (seen.includes(value)) return '[Circular]';
  if (value instanceof Error) return typeof reword(value).stack === 'string' && value.stack ? value.stack : `${value}`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof RegExp) return String(value);
  if (depth >= MAX_DEPTH) return Array.isArray(value) ? '[Array]' : '[Object]';
  const inner = [...seen, value];
  const parts = (items, one) => {
    const shown = items.slice(0, MAX_ITEMS).map(one);
    if (items.length > MAX_ITEMS) shown.push(`... ${items.length - MAX_ITEMS} more`);
    return shown.join(', ');
  };
  const of = (item) => show(item, depth + 1, inner);
  if (Array.isArray(value)) return value.length ? `[ ${parts(value, of)} ]` : '[]';
  if (value instanceof Set) return `Set(${value.size}) { ${parts([...value], of)} }`;
  if (value instanceof Map) {
    return `Map(${value.size}) { ${parts([...value], ([key, item]) => `${of(key)} => ${of(item)}`)} }`;
  }
  const name = value.constructor?.name;
  const prefix = name && name !== 'Object' ? `${name} ` : '';
  const body = parts(Object.keys(value), (key) => `${propertyName(key)}: ${of(value[key])}`);
  return body ? `${prefix}{ ${body} }` : `${prefix}{}`;
}

function propertyName(key) {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key);
}
