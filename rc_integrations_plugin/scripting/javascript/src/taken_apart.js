// Words for what the engine could not take apart or go through, where only the place tells what that was.
// `undefined` that meets a pattern was seen to before (see `patterns.js`), so here it is null.
import { ITEMS, noItems, nothingToTake, OPEN } from './babel_errors.js';
import { atPlace, functionAt, walk } from './script_source.js';

const VERBS = { ForOfStatement: 'iterate', SpreadElement: 'spread', ArrayPattern: 'destructure' };

/** Says which property a pattern wanted of null. */
export function takenFromNull(place) {
  const wanted = atPlace(place, 'object', (program, offset) => {
    const outer = firstFrom(program, offset, ({ type }) => type === 'ObjectPattern');
    // Data has null in it more often than a function is given null.
    const pattern = outer?.properties.map(({ value }) => value).find(isNested)?.left ?? outer;
    const [first] = pattern?.properties ?? [];
    return first?.key && !first.computed ? String(first.key.name ?? first.key.value) : undefined;
  });
  return wanted === undefined ? 'Cannot convert undefined or null to object' : nothingToTake(wanted, null);
}

function isNested(value) {
  return value?.type === 'AssignmentPattern' && value.left.type === 'ObjectPattern';
}

/** Says what something without items was wanted for; `value` is null or undefined, or unknown if not given. */
export function withoutItems(place, value) {
  const verb = place && atPlace(place, 'items', (program, offset) => VERBS[firstFrom(program, offset, ({ type }) => type in VERBS)?.type]);
  if (value === undefined) return verb ? noItems(verb) : 'object is not iterable (cannot read property Symbol(Symbol.iterator))';
  if (verb === VERBS.ArrayPattern) return nothingToTake(ITEMS, value);
  return `${value === 'null' ? 'object null' : value} is not iterable (cannot read property Symbol(Symbol.iterator))`;
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
    if (node.start < offset || safe.has(node) || !test(node)) return false;
    found = node;
    return true;
  });
  return found;
}
