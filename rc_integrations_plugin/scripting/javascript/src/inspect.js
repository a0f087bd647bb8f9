// A value as one readable text, as node prints it, with one level more. Never throws, never runs away.
import { lineUp } from './lined_up.js';
import { reword } from './v8_errors.js';

const MAX_DEPTH = 4;
const MAX_ITEMS = 100;
const MAX_KEYS = 1000;
const MAX_TEXT = 10000;
// A line of the console is cut behind this many characters: what is left is not looked at.
const MAX_LENGTH = 64 * 1024;
const LINE = 80;
const OWN_WAY = Symbol.for('nodejs.util.inspect.custom');
const CONTROL = { '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r', '\\': '\\\\' };
const TypedArray = Object.getPrototypeOf(Uint8Array);

/** `isOneLine`: for a cell of a table. */
export function inspect(value, { isOneLine = false } = {}) {
  try {
    return show(value, { depth: 0, indentation: 0, deepest: 0, above: [], circular: new Map(), room: MAX_LENGTH, isOneLine });
  } catch {
    return '[unreadable]';
  }
}

function show(value, state) {
  switch (typeof value) {
    case 'string': return showText(value, state);
    case 'bigint': return `${value}n`;
    case 'function': return showObject(value, state);
    case 'object': return value === null ? 'null' : showObject(value, state);
    default: return Object.is(value, -0) ? '-0' : String(value);
  }
}

function showText(text, { indentation, isOneLine }) {
  const short = text.slice(0, MAX_TEXT);
  const left = text.length - short.length;
  const end = left ? `... ${left} more character${left > 1 ? 's' : ''}` : '';
  if (isOneLine || short.length <= 16 || short.length <= LINE - indentation - 4) return quoted(short) + end;
  return short.split(/(?<=\n)/).map(quoted).join(` +\n${' '.repeat(indentation + 2)}`) + end;
}

function quoted(text) {
  const other = text.includes('"') ? '`' : '"';
  const canBeOther = text.includes("'") && (other === '"' || !(text.includes('`') || text.includes('${')));
  const escaped = text.replace(/[\0-\x1f\\\x7f-\x9f]/g, (one) => CONTROL[one] ?? `\\x${one.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
  return canBeOther ? other + escaped + other : `'${escaped.replaceAll("'", "\\'")}'`;
}

function showObject(value, state) {
  if (state.above.includes(value)) {
    if (!state.circular.has(value)) state.circular.set(value, state.circular.size + 1);
    return `[Circular *${state.circular.get(value)}]`;
  }
  const own = value[OWN_WAY];
  if (typeof own === 'function' && typeof value !== 'function') {
    const shown = own.call(value, MAX_DEPTH - state.depth, { depth: MAX_DEPTH }, inspect);
    return typeof shown === 'string' ? shown.replaceAll('\n', `\n${' '.repeat(state.indentation)}`) : show(shown, state);
  }
  const frame = frameOf(value, state);
  const keys = keysOf(value, frame);
  const { said = '', open = '{', close = '}', count = 0, items, more } = frame;
  if (!count && !keys.length) return said || open + close;
  if (state.depth >= MAX_DEPTH && !said) return Array.isArray(value) ? '[Array]' : `[${makerOf(value) ?? 'Object: null prototype'}]`;
  state.deepest = state.depth;
  const one = within(value, state);
  const parts = [...count ? frame.parts(one) : [], ...propertiesOf(value, keys, one)];
  const reference = state.circular.has(value) ? `<ref *${state.circular.get(value)}>` : '';
  return lineUp(parts, {
    said: [reference, said].filter(Boolean).join(' '),
    open,
    close,
    items,
    more,
    levels: state.deepest - state.depth,
    indentation: state.indentation,
    isOneLine: state.isOneLine,
  });
}

/** Returns what shows a value within another one. */
function within(value, state) {
  return (inner) => {
    if (state.room <= 0) return '...';
    state.depth += 1;
    state.indentation += 2;
    state.above.push(value);
    const shown = show(inner, state);
    state.above.pop();
    if (Object(inner) !== inner) state.room -= shown.length + state.indentation;
    state.indentation -= 2;
    state.depth -= 1;
    return shown;
  };
}

/** Returns what is said of the value itself (`said`) or its braces, and its parts that are no properties. */
function frameOf(value, state) {
  if (typeof value === 'function') return { said: value.name ? `[Function: ${value.name}]` : '[Function (anonymous)]' };
  if (value instanceof Error) return { said: textOfError(value, state) };
  if (value instanceof Date) return { said: Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString() };
  if (value instanceof RegExp) return { said: String(value) };
  const name = makerOf(value);
  if (Array.isArray(value) || value instanceof TypedArray) {
    const open = name === 'Array' ? '[' : `${name}(${value.length}) [`;
    return { open, close: ']', items: value, count: value.length, more: value.length > MAX_ITEMS, parts: (one) => itemsOf(value, one) };
  }
  if (value instanceof Set) return { open: `${name}(${value.size}) {`, count: value.size, parts: (one) => cut([...value], one) };
  if (value instanceof Map) {
    return { open: `${name}(${value.size}) {`, count: value.size, parts: (one) => cut([...value], ([key, item]) => `${one(key)} => ${one(item)}`) };
  }
  if (value instanceof String || value instanceof Number || value instanceof Boolean) {
    return { said: `[${name}: ${show(value.valueOf(), state)}]`, hasIndexes: value instanceof String };
  }
  const tag = tagOf(value, name);
  return { open: `${name === 'Object' && !tag ? '' : `${name ?? '[Object: null prototype]'} `}${tag}{` };
}

function textOfError(error, { indentation }) {
  const text = typeof reword(error).stack === 'string' && error.stack ? error.stack : `${error}`;
  return text.replaceAll('\n', `\n${' '.repeat(indentation)}`);
}

function tagOf(value, name) {
  const tag = value[Symbol.toStringTag];
  return typeof tag === 'string' && tag && tag !== name ? `[${tag}] ` : '';
}

function makerOf(value) {
  for (let at = value; at; at = Object.getPrototypeOf(at)) {
    const maker = Object.getOwnPropertyDescriptor(at, 'constructor')?.value;
    if (typeof maker === 'function' && maker.name) return maker.name;
  }
  return undefined;
}

function cut(items, one) {
  const shown = items.slice(0, MAX_ITEMS).map(one);
  if (items.length > MAX_ITEMS) shown.push(leftOut(items.length - MAX_ITEMS));
  return shown;
}

function leftOut(count) {
  return `... ${count} more item${count > 1 ? 's' : ''}`;
}

function itemsOf(items, one) {
  const shown = [];
  let at = 0;
  while (at < items.length && shown.length < MAX_ITEMS) {
    let next = at;
    while (next < items.length && !(next in items)) next += 1;
    if (next > at) shown.push(`<${next - at} empty item${next - at > 1 ? 's' : ''}>`);
    else shown.push(one(items[next++]));
    at = next;
  }
  if (at < items.length) shown.push(leftOut(items.length - at));
  return shown;
}

/** Returns the keys of what it has besides its items. */
function keysOf(value, { items, hasIndexes = items !== undefined }) {
  const keys = Object.keys(value).filter((key) => !(hasIndexes && /^(?:0|[1-9]\d*)$/.test(key)));
  if (value instanceof Error && Object.hasOwn(value, 'cause') && !keys.includes('cause')) keys.push('cause');
  return [...keys, ...Object.getOwnPropertySymbols(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key))];
}

function propertiesOf(value, keys, one) {
  const shown = keys.slice(0, MAX_KEYS).map((key) => property(value, key, one));
  if (keys.length > MAX_KEYS) shown.push(leftOut(keys.length - MAX_KEYS));
  return shown;
}

function property(value, key, one) {
  const { get, set, value: inner, enumerable } = Object.getOwnPropertyDescriptor(value, key) ?? { value: value[key], enumerable: true };
  const accessor = [get && 'Getter', set && 'Setter'].filter(Boolean).join('/');
  return `${nameOf(key, enumerable)}: ${accessor ? `[${accessor}]` : one(inner)}`;
}

function nameOf(key, isEnumerable) {
  if (typeof key === 'symbol' || !isEnumerable) return `[${String(key)}]`;
  return /^[a-zA-Z_]\w*$/.test(key) ? key : quoted(key);
}
