// The class `Script` and its methods.
import { METHODS } from './names.js';
import { isClass, isMember, isMemberOf, isNamed, keyOf } from './trees.js';

const START = { start: 0 };

export function reviewClass(script, add) {
  const { nodes, top } = script;
  const declared = top.get('Script')?.defs[0];
  const found = declared || nodes.some((node) => node.type === 'ExportDefaultDeclaration' || isSet(node));
  if (!found) add('no-class', 'Script', START);
  const body = classOf(declared?.node);
  if (body) reviewMethods(body, script, add);
}

/** Tells of `Script = ...`, `global.Script = ...`, `module.exports = ...` and the like. */
function isSet({ type, left }) {
  if (type !== 'AssignmentExpression') return false;
  return isNamed(left, 'Script') || isMember(left, 'Script') || isMemberOf(left, 'module', ['exports'])
    || isMemberOf(left, 'exports', ['default']);
}

/** Returns the class if all its methods are to be seen in it. */
function classOf(node) {
  const found = node?.type === 'VariableDeclarator' ? node.init : node;
  return isClass(found) && !found.superClass ? found : undefined;
}

function reviewMethods(found, { nodes }, add) {
  const seen = new Set();
  for (const member of found.body.body) {
    const name = nameOf(member);
    if (name === undefined) continue;
    if (seen.has(name)) add('method-twice', name, member);
    seen.add(name);
    if (!METHODS.includes(name) && METHODS.some((method) => plain(method) === plain(name))) add('misspelt-method', name, member);
  }
  const set = nodes.some(({ type, left }) => type === 'AssignmentExpression' && METHODS.some((name) => isMember(left, name)));
  if (!set && !METHODS.some((name) => seen.has(name))) add('no-method', 'Script', found);
}

function nameOf(member) {
  if (member.type === 'StaticBlock' || member.static || (member.kind && member.kind !== 'method')) return undefined;
  return keyOf(member);
}

function plain(name) {
  return name.replaceAll('_', '').toLowerCase();
}
