// Finds the call that an error tells of by no more than a place. The engine notes a place for a call when it
// has read the parenthesis, before it reads the arguments; what is called in those is noted later, and is then
// the place of the outer call too. The column is that of the last name, or of what follows the last blank.
import { tokenizer } from 'acorn';

import { childKeys } from './child_keys.js';
import { functionAt, isFunction, walk } from './script_source.js';

const CALLS = new Set(['NewExpression', 'CallExpression', 'TaggedTemplateExpression']);
const BLANK = /[\s/]/;
// Methods that values of the engine have: where one of several calls failed, it is another one's.
const USUAL = new Set([String, Array, Number, Date, RegExp, Promise, Map].flatMap((kind) => Object.getOwnPropertyNames(kind.prototype)));

/** Returns the call (if `isNew`, only a `new` expression) whose place that is and which may have failed; or undefined. */
export function failedCall(program, code, offset, isNew) {
  const all = callsAround(program, offset, isNew).filter((call) => lastPlace(call, code) === offset);
  const likely = all.filter((call) => !isKnown(call.callee ?? call.tag, program));
  return likely.findLast((call) => !USUAL.has(call.callee?.property?.name)) ?? likely.at(-1) ?? all[0] ?? firstUnnamed(program, offset);
}

/** Returns the first call from a place on of something that has no name, which the engine has an older place for. */
function firstUnnamed(program, offset) {
  let found;
  walk(functionAt(program, offset), (node) => {
    const callee = CALLS.has(node.type) && node.end > offset && (node.callee ?? node.tag);
    const hasName = callee && (callee.type === 'Identifier' || (callee.type === 'MemberExpression' && !callee.computed));
    if (callee && !hasName && !(found?.end <= node.end)) found = node;
    return false;
  });
  return found;
}

function callsAround(program, offset, isNew) {
  const found = [];
  const look = (node) => {
    if (node.start > offset || offset > node.end) return;
    if (CALLS.has(node.type) && (!isNew || node.type === 'NewExpression')) found.push(node);
    eachChild(node, look);
  };
  look(program);
  return found;
}

function eachChild(node, visit) {
  for (const key of childKeys(node)) {
    const child = node[key];
    for (const item of Array.isArray(child) ? child : [child]) if (typeof item?.type === 'string') visit(item);
  }
}

/** Returns the last place that the engine notes while it reads an expression, undefined if it notes none. */
export function lastPlace(node, code) {
  if (isFunction(node)) return undefined;
  switch (node.type) {
    case 'CallExpression':
      return lastOf(node.arguments, code) ?? placeOf(code, node.callee.start, afterParenthesis(code, node.callee.end));
    case 'NewExpression':
      return lastOf(node.arguments, code) ?? placeOf(code, node.start, firstAfter(code, node.start + 'new'.length));
    case 'TaggedTemplateExpression':
      return placeOf(code, node.tag.start, node.quasi.start);
    case 'BinaryExpression':
      return lastPlace(node.right, code) ?? placeOf(code, node.left.start, node.right.start);
    default: {
      const children = [];
      eachChild(node, (child) => children.push(child));
      return lastOf(children, code);
    }
  }
}

function lastOf(nodes, code) {
  for (let at = nodes.length - 1; at >= 0; at -= 1) {
    const place = nodes[at] && lastPlace(nodes[at], code);
    if (place !== undefined) return place;
  }
  return undefined;
}

function afterParenthesis(code, from) {
  const tokens = tokenizer(code.slice(from), { ecmaVersion: 'latest' });
  for (let token = tokens.getToken(); ; token = tokens.getToken()) {
    // What follows may be anything; only where it begins is wanted.
    if (token.type.label === '(') return from + firstAfter(code.slice(from), token.end);
  }
}

function firstAfter(text, from) {
  const [skipped] = /^(?:\s|\/\*[^]*?\*\/|\/\/.*)*/.exec(text.slice(from));
  return from + skipped.length;
}

/** Returns the column mark that the engine has at a token: the last name or blank from `from` on. */
function placeOf(code, from, target) {
  if (/[\w$#\\\u0080-\uffff]/.test(code[target]) && !/\d/.test(code[target])) return target;
  if (BLANK.test(code[target - 1])) return target;
  let mark = markBefore(code, from);
  let end = from;
  for (const token of tokenizer(code.slice(from, target), { ecmaVersion: 'latest' })) {
    const start = from + token.start;
    if (token.type.keyword !== undefined || token.type.label === 'name' || (start > end && start > from)) mark = start;
    end = from + token.end;
  }
  return mark;
}

function markBefore(code, from) {
  let at = from;
  while (at > 0 && !/[\w$\s]/.test(code[at - 1])) at -= 1;
  while (at > 0 && /[\w$]/.test(code[at - 1])) at -= 1;
  return at;
}

/** Tells whether what is called is surely a function: one of the engine, or one that the script declares. */
function isKnown(callee, program) {
  if (isFunction(callee) || typeof valueOf(callee) === 'function') return true;
  if (callee.type === 'Identifier') return declares(program, callee.name, false);
  return callee.object?.type === 'ThisExpression' && declares(program, callee.property.name, true);
}

function valueOf(node) {
  switch (node.type) {
    case 'Identifier': return globalThis[node.name];
    case 'Literal': return node.value;
    case 'TemplateLiteral': return '';
    case 'ArrayExpression': return [];
    case 'MemberExpression': return node.computed ? undefined : valueOf(node.object)?.[node.property.name];
    default: return undefined;
  }
}

function declares(node, name, isMethod) {
  const own = isMethod ? node.type === 'Property' && node.key : node.type !== 'Property' && node.id;
  const value = node.type === 'FunctionDeclaration' ? node : node.value ?? node.init;
  if (own?.name === name && value && isFunction(value)) return true;
  let found = false;
  eachChild(node, (child) => {
    found ||= declares(child, name, isMethod);
  });
  return found;
}
