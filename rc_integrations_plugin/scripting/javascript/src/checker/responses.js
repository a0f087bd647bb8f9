// What `process_outgoing_response` does with `response.content`: a text since Rocket.Chat uses fetch,
// the parsed value before.
import { SHARED_MEMBERS, TEXT_METHODS } from './names.js';
import { isFunction, isMember, isMemberOf, keyOf } from './trees.js';

const METHOD = 'process_outgoing_response';
const STEPS = ['argument', 'response', 'content'];

export function reviewResponse({ nodes, parents }, add) {
  for (const run of nodes.map(methodIn).filter(isFunction)) {
    const inside = nodes.filter(({ start, end }) => start >= run.start && end <= run.end);
    const step = stepsIn(run, inside);
    const uses = inside.filter((node) => step(node) === 'content' && !isGiven(node, parents.get(node)));
    const asked = uses.some((node) => parents.get(node).operator === 'typeof');
    for (const node of uses) {
      const code = asked ? undefined : meaning(node, parents.get(node));
      if (code) add(code, 'response.content', node);
    }
    for (const node of inside) {
      if (isMember(node, 'error') && step(node.object) === 'response') add('response-error', 'response.error', node);
    }
  }
}

/** Returns what stands as `process_outgoing_response` in a node. */
function methodIn(node) {
  if (node.type === 'AssignmentExpression') return isMember(node.left, METHOD) ? node.right : undefined;
  return node.type.match(/^(?:MethodDefinition|Property|PropertyDefinition)$/) && keyOf(node) === METHOD ? node.value : undefined;
}

/** Returns a function that tells which expression is the argument, its response or its content. */
function stepsIn(run, inside) {
  const names = new Map();
  function step(node) {
    if (node?.type === 'Identifier') return names.get(node.name);
    if (node?.type === 'ChainExpression') return step(node.expression);
    if (isMember(node, 'response') && step(node.object) === 'argument') return 'response';
    return isMember(node, 'content') && step(node.object) === 'response' ? 'content' : undefined;
  }
  if (run.params[0]) spread(run.params[0], 'argument', names);
  const declarations = inside.filter(({ type, init }) => type === 'VariableDeclarator' && init);
  for (const { id, init } of declarations.sort((one, other) => one.start - other.start)) {
    const found = step(init);
    if (found) spread(id, found, names);
  }
  return step;
}

/** Notes the names that a pattern gives to a value, its response and its content. */
function spread(pattern, step, names) {
  const target = pattern.type === 'AssignmentPattern' ? pattern.left : pattern;
  if (target.type === 'Identifier') names.set(target.name, step);
  const next = STEPS[STEPS.indexOf(step) + 1];
  if (target.type !== 'ObjectPattern' || !next) return;
  for (const property of target.properties) {
    if (property.type === 'Property' && keyOf(property) === next) spread(property.value, next, names);
  }
}

/** Tells whether a node is where a name gets its value. */
function isGiven(node, parent) {
  return (parent.type === 'VariableDeclarator' && parent.id === node) || parent.type.endsWith('Pattern') || isFunction(parent);
}

function meaning(node, parent) {
  if (parent.type === 'MemberExpression' && parent.object === node) {
    const name = keyOf(parent);
    if (TEXT_METHODS.has(name)) return 'content-as-text';
    return SHARED_MEMBERS.has(name) ? undefined : 'content-as-value';
  }
  if (parent.type === 'CallExpression' && isMemberOf(parent.callee, 'JSON', ['parse'])) return 'content-parsed-again';
  const unpacked = parent.type === 'VariableDeclarator' && parent.id.type !== 'Identifier';
  const listed = parent.type === 'ForOfStatement' && parent.right === node;
  return unpacked || listed ? 'content-as-value' : undefined;
}
