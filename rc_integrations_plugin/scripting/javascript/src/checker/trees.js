// Questions about syntax trees.

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

export function isFunction(node) {
  return FUNCTIONS.has(node?.type);
}

export function isClass(node) {
  return node?.type === 'ClassDeclaration' || node?.type === 'ClassExpression';
}

export function isNamed(node, name) {
  return node?.type === 'Identifier' && node.name === name;
}

/** Returns the name of a property or method, also of `a['b']`; undefined if it is not written out. */
export function keyOf(node) {
  const key = node.type === 'MemberExpression' ? node.property : node.key;
  if (!node.computed && key.type === 'Identifier') return key.name;
  return key.type === 'Literal' ? String(key.value) : undefined;
}

export function isMember(node, name) {
  return node?.type === 'MemberExpression' && keyOf(node) === name;
}

/** Tells of `name.<one of keys>`. */
export function isMemberOf(node, name, keys) {
  return node?.type === 'MemberExpression' && isNamed(node.object, name) && keys.includes(keyOf(node));
}

/** Returns the text of a literal, also of a template without holes. */
export function textOf(node) {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type === 'TemplateLiteral' && !node.expressions.length) return node.quasis[0].value.cooked;
  return undefined;
}

/** Returns what is around a node, from the inside out. */
export function around(node, parents) {
  const found = [];
  for (let at = parents.get(node); at; at = parents.get(at)) found.push(at);
  return found;
}
