// Names that a script uses without declaring them, and names that it should not declare.
import { DECLARED_AROUND, OLD_LIBRARIES, ONLY_HERE, REMOVED, STRING_FUNCTIONS } from './names.js';
import { around, isClass, isFunction, isNamed, keyOf } from './trees.js';

/** They are put there for each script. */
const GIVEN = new Set(['Store', 'module', 'exports', 'undefined', 'arguments']);

export function reviewNames(script, add) {
  const { free, parents, top } = script;
  for (const name of DECLARED_AROUND) {
    for (const { name: place } of top.get(name)?.defs ?? []) add('declared-twice', name, place);
  }
  const made = globalProperties(script);
  for (const reference of free) {
    if (reference.isWrite()) made.add(reference.identifier.name);
  }
  const guarded = guardedNames(script);
  for (const reference of free) {
    if (reference.isWrite()) reviewWrite(reference, script, add);
    else if (!guarded.has(reference.identifier.name)) reviewRead(reference, made, add);
  }
  for (const { identifier } of free) {
    if (identifier.name === 's') reviewStringFunction(parents.get(identifier), identifier, add);
  }
}

function exists(name) {
  return GIVEN.has(name) || name in globalThis;
}

function reviewWrite({ identifier, from }, { strict, strictClasses }, add) {
  const { name } = identifier;
  if (name === 'module' || name === 'exports') return;
  if (exists(name)) add('replaced-global', name, identifier);
  else if (strict || (strictClasses && from.isStrict)) add('strict-assignment', name, identifier);
  else add('implicit-global', name, identifier);
}

function reviewRead({ identifier }, made, add) {
  const { name } = identifier;
  if (name === 'HTTP') add('old-http', name, identifier);
  else if (name === 'fetch') add('new-fetch', name, identifier);
  else if (OLD_LIBRARIES.includes(name)) add('old-library', name, identifier);
  else if (ONLY_HERE.has(name)) add('only-here', name, identifier);
  else if (!exists(name) && !made.has(name)) add(REMOVED.has(name) ? 'removed-global' : 'unknown-global', name, identifier);
}

/** Returns what is set as `global.x`, `globalThis.x` or, at the top level, `this.x`. */
function globalProperties({ nodes, parents }) {
  const names = new Set();
  for (const node of nodes) {
    if (node.type !== 'AssignmentExpression' || node.left.type !== 'MemberExpression') continue;
    const { object } = node.left;
    const isTop = object.type === 'ThisExpression' && !around(node, parents).some((each) => isClass(each) || isFunction(each));
    if (isTop || isNamed(object, 'globalThis') || isNamed(object, 'global')) names.add(keyOf(node.left));
  }
  return names;
}

/** Returns the names that the script asks for before it uses them: `typeof name`. */
function guardedNames({ free, parents }) {
  const asked = free.filter(({ identifier }) => parents.get(identifier)?.operator === 'typeof');
  return new Set(asked.map(({ identifier }) => identifier.name));
}

function reviewStringFunction(node, library, add) {
  if (node?.type !== 'MemberExpression' || node.object !== library) return;
  const name = keyOf(node);
  if (name !== undefined && !STRING_FUNCTIONS.includes(name)) add('old-library', `s.${name}`, node);
}
