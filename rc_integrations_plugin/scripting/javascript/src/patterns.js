// Destructuring and `in` of what can't be taken apart: the engine does not say which property was wanted
// of what, but what Babel made of scripts did. Here the value is looked at beforehand, and what is
// nothing meets a default that says so (see `babel_errors.js`).
import { HAS, ITEMS, NOTHING, OPEN } from './babel_errors.js';
import { edit } from './edits.js';

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
      work.visit(item.value, work, scope);
    }
    addDefault(item.type === 'Property' ? item.value : item, work);
  }
}

function addDefault(pattern, work) {
  const wanted = PATTERNS.has(pattern.type) ? wantedOf(pattern) : undefined;
  if (wanted) edit(work, pattern.end, pattern.end, `=${NOTHING}(${wanted})`);
}

/** Returns what a pattern asks for first, as code; undefined where that is only known later. */
function wantedOf({ type, properties }) {
  if (type === 'ArrayPattern') return String(ITEMS);
  const [first] = properties;
  if (!first || first.type === 'RestElement') return 'null';
  return first.computed ? undefined : JSON.stringify(String(first.key.name ?? first.key.value));
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
export function caughtPattern(pattern, work) {
  const text = work.source.slice(pattern.start, pattern.end);
  if (!PATTERNS.has(pattern.type) || MANY_LINES.test(text)) return undefined;
  edit(work, pattern.start, pattern.end, '__caught');
  return { name: '__caught', declaration: `let ${text}=__caught;` };
}
