// Words for what the engine could not take apart or go through, where only the place tells what that was.
// `undefined` that meets a pattern was seen to before (see `patterns.js`), so here it is null.
import { ITEMS, ITERATE, ALL_ITEMS, noItems, nothingToIterate, nothingToTake, OPEN } from './babel_errors.js';
import { lastPlace } from './call_places.js';
import { atPlace, functionAt, isFunction, walk } from './script_source.js';

const VERBS = { ForOfStatement: 'iterate', SpreadElement: 'spread', ArrayPattern: 'destructure' };
const BEFORE = -1;

/** Says which property a pattern wanted of null. */
export function takenFromNull(place) {
  const wanted = atPlace(place, 'object', (program, offset, code) => {
    const root = functionAt(program, offset);
    const pattern = patternWithin(root, offset, code) ?? firstFrom(program, Math.max(offset, bodyOf(root).start), ({ type }) => type === 'ObjectPattern');
    if (!pattern) return undefined;
    const [first] = pattern.properties;
    return first && first.type !== 'RestElement' ? nameOf(first) : null;
  });
  return wanted === undefined ? 'Cannot convert undefined or null to object' : nothingToTake(wanted, null);
}

function bodyOf(root) {
  return isFunction(root) ? root.body : root;
}

function nameOf({ key, computed }) {
  if (!computed) return String(key.name ?? key.value);
  return isMark(key) ? String(key.left.value) : undefined;
}

/** Tells whether a key is a sum that was made of a key to have a place. */
function isMark({ type, left, right }) {
  return type === 'BinaryExpression' && left.type === 'Literal' && right.value === '';
}

/** Returns the object pattern that the engine reads next after it has noted a place in a pattern, or before a function's first. */
function patternWithin(root, offset, code) {
  let found;
  // The engine reads a pattern, then its default; each returns the place that was noted last.
  const read = (node, place) => {
    switch (node?.type) {
      case 'ObjectPattern':
        if (place === offset || (place === BEFORE && isFunction(root) && offset <= node.start)) found ??= node;
        return node.properties.reduce(readProperty, place);
      case 'ArrayPattern': return node.elements.reduce((before, item) => read(item, before), place);
      case 'RestElement': return read(node.argument, place);
      case 'AssignmentPattern': return [read(node.left, place), lastPlace(node.right, code)].findLast((one) => one !== undefined);
      default: return place;
    }
  };
  const readProperty = (place, { type, key, value, computed, argument }) => {
    if (type === 'RestElement') return read(argument, place);
    return read(value, (computed && (isMark(key) ? key.right.start : lastPlace(key, code))) || place);
  };
  const readAll = (patterns) => patterns.reduce((place, pattern) => read(pattern, place), BEFORE);
  if (isFunction(root)) readAll(root.params);
  walk(root, ({ type, id, left, right }) => {
    if (type === 'VariableDeclarator') readAll([id]);
    if (type === 'AssignmentExpression') readAll([left]);
    if (type === 'ForOfStatement') read(left.declarations?.[0].id ?? left, lastPlace(right, code) ?? BEFORE);
    return found !== undefined;
  });
  return found;
}

/** Says what something without items was wanted for; `value` is null or undefined, or unknown if not given. */
export function withoutItems(place, value) {
  const wanted = place && atPlace(place, 'items', (program, offset, code) => {
    const node = arrayAt(program, offset, code) ?? firstFrom(program, offset, ({ type }) => type in VERBS);
    if (node?.type === 'ForOfStatement' && hasItems(node.right)) return ITEMS;
    if (node?.type !== 'ArrayPattern') return node && VERBS[node.type];
    return node.elements.at(-1)?.type === 'RestElement' ? ALL_ITEMS : ITEMS;
  });
  const nothing = value === 'null' ? null : undefined;
  if (typeof wanted === 'number') return value === undefined ? noItems('destructure') : nothingToTake(wanted, nothing);
  if (value !== undefined) return nothingToIterate(nothing);
  return wanted ? noItems(wanted) : 'object is not iterable (cannot read property Symbol(Symbol.iterator))';
}

/** Tells whether it is known of what a loop goes through that it has items. */
function hasItems({ type, callee }) {
  return type === 'ArrayExpression' || callee?.name === ITERATE;
}

/** Returns the array pattern behind a key or in the head of a loop, if that is the last that has a place there. */
function arrayAt(program, offset, code) {
  let found;
  walk(functionAt(program, offset), ({ type, key, computed, value, left, right }) => {
    if (type === 'Property' && computed && isMark(key) && key.right.start === offset) found = value.left ?? value;
    if (type === 'ForOfStatement' && hasItems(right) && lastPlace(right, code) === offset) found = left.declarations?.[0].id ?? left;
    return found !== undefined;
  });
  return found?.type === 'ArrayPattern' ? found : undefined;
}

/** Returns the first node of a kind that stands at a place or behind it, in the same function if there is one. */
function firstFrom(program, offset, test) {
  return firstIn(functionAt(program, offset), offset, test) ?? firstIn(program, offset, test);
}

function firstIn(root, offset, test) {
  let found;
  // Patterns whose values were looked at beforehand.
  const safe = new Set();
  walk(root, (node) => {
    const value = node.init ?? node.right;
    if (value?.callee?.name === OPEN) safe.add(node.id ?? node.left);
    if (node.type === 'Property' && node.computed && isMark(node.key)) safe.add(node.value.left ?? node.value);
    if (node.start < offset || safe.has(node) || !test(node)) return false;
    found = node;
    return true;
  });
  return found;
}
