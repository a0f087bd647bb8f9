// Destructuring and `in` of what can't be taken apart: the engine does not say which property was wanted
// of what, but what Babel made of scripts did. Here the value is looked at beforehand, and what is
// nothing meets a default that says so (see `babel_errors.js`). What is null within a pattern is told by
// its place: a key in front of a pattern is written as a sum, for which the engine notes one.
import { ALL_ITEMS, HAS, ITEMS, ITERATE, NOTHING, OPEN, SPREAD } from './babel_errors.js';
import { applied, edit } from './edits.js';
import { declare } from './names.js';

const PATTERNS = new Set(['ObjectPattern', 'ArrayPattern']);
const NEVER_NOTHING = new Set([
  'ObjectExpression',
  'ArrayExpression',
  'ArrowFunctionExpression',
  'FunctionExpression',
  'ClassExpression',
  'NewExpression',
  'TemplateLiteral',
]);
const HAS_ITEMS = new Set(['ArrayExpression', 'Literal', 'TemplateLiteral']);
const OPERATOR = /^[\s()]*\bin\b[\s()]*$/;
const MANY_LINES = /[\n/]|\bclass\b/;

export function visitParameters(parameters, work, scope) {
  for (const parameter of parameters) {
    work.visit(parameter, work, scope);
    addDefault(parameter, work);
  }
}

/** Visits a pattern: what is nested in it gets a default that throws. */
export function visitPattern({ type, properties, elements }, work, scope) {
  for (const item of type === 'ObjectPattern' ? properties : elements) {
    if (!item) continue;
    if (item.type !== 'Property') work.visit(item, work, scope);
    else {
      if (item.computed) work.visit(item.key, work, scope);
      else if (PATTERNS.has((item.value.left ?? item.value).type)) markKey(item.key, work);
      work.visit(item.value, work, scope);
    }
    addDefault(item.type === 'Property' ? item.value : item, work);
  }
}

function markKey({ name, start, end }, work) {
  const key = name === undefined ? work.source.slice(start, end) : JSON.stringify(name);
  edit(work, start, end, `[${key}+ ""]`);
}

function addDefault(pattern, work) {
  const wanted = PATTERNS.has(pattern.type) ? wantedOf(pattern) : undefined;
  if (wanted) edit(work, pattern.end, pattern.end, `=${NOTHING}(${wanted})`);
}

/** Returns what a pattern asks for first, as code; undefined where that is only known later. */
function wantedOf({ type, properties, elements }) {
  if (type === 'ArrayPattern') return String(elements.at(-1)?.type === 'RestElement' ? ALL_ITEMS : ITEMS);
  const [first] = properties;
  if (!first || first.type === 'RestElement') return 'null';
  if (first.computed) return first.key.type === 'Identifier' ? `[${first.key.name}]` : undefined;
  return JSON.stringify(String(first.key.name ?? first.key.value));
}

/** Visits the two sides of a declaration or assignment. */
export function visitSides(target, value, work, scope) {
  work.visit(target, work, scope);
  if (!value) return;
  const wanted = PATTERNS.has(target.type) && mayBeNothing(value, target) ? wantedOf(target) : undefined;
  if (!wanted) {
    work.visit(value, work, scope);
    return;
  }
  const [open, close] = value.type === 'SequenceExpression' ? ['(', ')'] : ['', ''];
  edit(work, value.start, value.start, `${OPEN}(${open}`);
  work.visit(value, work, scope);
  edit(work, value.end, value.end, `${close},${wanted})`);
}

function mayBeNothing(value, target) {
  if (target.type === 'ArrayPattern') return value.type !== 'ArrayExpression';
  return !NEVER_NOTHING.has(value.type);
}

/** Visits `for (pattern of items) body`: the items are looked at first, and each of them if the pattern is simple. */
export function visitForOf({ left, right, body }, work, scope) {
  const pattern = left.type === 'VariableDeclaration' ? left.declarations[0].id : left;
  const isPattern = PATTERNS.has(pattern.type);
  const looksAtEach = isPattern && canMove(pattern, work);
  if (looksAtEach) takeFromItem(left, pattern, body, work, scope);
  else work.visit(left, work, scope);
  const looksAtAll = isPattern && !HAS_ITEMS.has(right.type);
  if (looksAtAll) edit(work, right.start, right.start, `${ITERATE}(`);
  work.visit(right, work, scope);
  if (looksAtAll) edit(work, right.end, right.end, ')');
  work.visit(body, work, scope);
  if (looksAtEach) edit(work, body.end, body.end, '}');
}

/** Tells whether a pattern can be moved to where its value can be looked at. */
function canMove(pattern, work) {
  return pattern.type === 'ObjectPattern' && wantedOf(pattern) !== undefined && !MANY_LINES.test(work.source.slice(pattern.start, pattern.end));
}

function takeFromItem(left, pattern, body, work, scope) {
  const taken = takeFrom('__item', pattern, work, scope);
  edit(work, left.start, left.end, 'const __item');
  edit(work, body.start, body.start, left === pattern ? `{(${taken});` : `{${left.kind} ${taken};`);
}

/** Returns the assignment of a variable, once it was looked at, to a pattern. */
function takeFrom(variable, pattern, work, scope) {
  const part = { ...work, edits: [] };
  declare(pattern, work);
  work.visit(pattern, part, scope);
  const { start, end } = pattern;
  const edits = part.edits.map((one) => ({ ...one, start: one.start - start, end: one.end - start }));
  const wanted = wantedOf(pattern);
  return `${applied({ source: work.source.slice(start, end), edits })}=${wanted ? `${OPEN}(${variable},${wanted})` : variable}`;
}

/** Has what is spread into an object looked at, if that may be a text. */
export function visitSpreads({ properties }, work, scope) {
  for (const item of properties) {
    const { type, argument } = item;
    if (type !== 'SpreadElement' || !mayBeText(argument)) {
      work.visit(item, work, scope);
      continue;
    }
    edit(work, argument.start, argument.start, `${SPREAD}(`);
    work.visit(argument, work, scope);
    edit(work, argument.end, argument.end, ')');
  }
}

/** Tells whether an expression may have a text as its value that is not empty. */
function mayBeText({ type, operator, left, right, consequent, alternate }) {
  if (type === 'LogicalExpression') return mayBeText(right) || (operator !== '&&' && mayBeText(left));
  if (type === 'ConditionalExpression') return mayBeText(consequent) || mayBeText(alternate);
  return type === 'TemplateLiteral' || !NEVER_NOTHING.has(type);
}

/** Writes `key in object` as a call. */
export function rewriteIn({ operator, left, right, start, end }, work, visitChildren) {
  const gap = work.source.slice(left.end, right.start);
  if (operator !== 'in' || left.type === 'PrivateIdentifier' || !OPERATOR.test(gap)) {
    visitChildren();
    return;
  }
  const at = left.end + gap.search(/\bin\b/);
  edit(work, start, start, `${HAS}(`);
  edit(work, at, at + 2, ',');
  visitChildren();
  edit(work, end, end, ')');
}

/** Returns the name and the declaration that stand for a pattern in `catch (...)`, if that is simple. */
export function caughtPattern(pattern, work, scope) {
  const text = work.source.slice(pattern.start, pattern.end);
  if (!PATTERNS.has(pattern.type) || MANY_LINES.test(text)) return undefined;
  const declaration = `let ${takeFrom('__caught', pattern, work, scope)};`;
  edit(work, pattern.start, pattern.end, '__caught');
  return { name: '__caught', declaration };
}
