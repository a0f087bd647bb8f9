// The code of the script that runs, and its syntax tree, for whoever puts an error into words.
import { parse } from 'acorn';

// Larger ones are not worth the time: the words are then less exact.
const MAX_CODE = 300_000;
const NOT_ASCII = /[^\x00-\x7f]/;
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

let code = '';
let program;
let isParsed = false;
let lines;
const known = new Map();

/** Has later errors be put into words by this code. */
export function quoteFrom(source) {
  code = source;
  program = undefined;
  isParsed = false;
  lines = undefined;
  known.clear();
}

/** Returns the column for one of the engine, which counts the bytes of UTF-8. */
export function columnOfByte(line, column) {
  lines ??= NOT_ASCII.test(code) ? code.split('\n') : [];
  const text = lines[line - 1];
  if (text === undefined || !NOT_ASCII.test(text)) return column;
  let at = 0;
  for (let bytes = 1; bytes < column && at < text.length; at += 1) bytes += bytesOf(text.charCodeAt(at));
  return at + 1;
}

/** Returns how many bytes half of a pair, or a whole character, takes. */
function bytesOf(unit) {
  if (unit < 0x80) return 1;
  return unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3;
}

/** Returns what `make` returns for the program, a place in it and the code, remembered by the place and the kind. */
export function atPlace({ line, column }, kind, make) {
  const key = `${line}:${column}:${kind}`;
  if (known.size > 1000) known.clear();
  if (!known.has(key)) known.set(key, readProgram() && make(program, offsetOf(line, column), code));
  return known.get(key);
}

function readProgram() {
  if (isParsed || code.length > MAX_CODE) return program;
  isParsed = true;
  try {
    program = parse(code, { ecmaVersion: 'latest', sourceType: 'script', allowHashBang: true });
  } catch {
    // What was made by `eval` may have lines of its own.
  }
  return program;
}

function offsetOf(line, column) {
  let start = 0;
  for (let number = 1; number < line; number += 1) start = code.indexOf('\n', start) + 1;
  return start + column - 1;
}

/** Calls `visit(node)` for a node and all in it, in the order of the code, until it returns true. */
export function walk(node, visit) {
  if (visit(node)) return true;
  for (const key in node) {
    const child = node[key];
    if (typeof child !== 'object' || child === null) continue;
    if (Array.isArray(child)) {
      for (const item of child) if (item && walk(item, visit)) return true;
    } else if (typeof child.type === 'string' && walk(child, visit)) return true;
  }
  return false;
}

export function isFunction({ type }) {
  return FUNCTIONS.has(type);
}

/** Returns the innermost function around a place, or the first that begins in a line, where a place is only that. */
export function functionAt(root, offset) {
  const lineEnd = `${code}\n`.indexOf('\n', offset);
  const isLine = offset === 0 || code[offset - 1] === '\n';
  let found = root;
  walk(root, (node) => {
    if (!isFunction(node)) return false;
    if (isLine && node.start >= offset && node.start <= lineEnd) {
      found = node;
      return true;
    }
    if (node.start <= offset && offset < node.end) found = node;
    return false;
  });
  return found;
}
