// What a look at single places tells: modules, exports, `this`, options of HTTP.
import { IGNORED_OPTIONS } from './names.js';
import { around, isClass, isFunction, isMemberOf, isNamed, keyOf, textOf } from './trees.js';

export function reviewSyntax(script, add) {
  for (const node of script.nodes) {
    switch (node.type) {
      case 'ImportDeclaration': add('import-statement', node.source.value, node); break;
      case 'ImportExpression': add('import-statement', textOf(node.source) ?? 'import()', node); break;
      case 'ExportAllDeclaration':
      case 'ExportDefaultDeclaration':
      case 'ExportNamedDeclaration': add('export', 'export', node); break;
      case 'AssignmentExpression': reviewAssignment(node, script, add); break;
      case 'CallExpression': reviewCall(node, script, add); break;
      case 'ThisExpression': reviewThis(node, script, add); break;
      default:
    }
  }
}

function reviewAssignment({ left }, { top }, add) {
  if (top.has('module') || top.has('exports')) return;
  if (isMemberOf(left, 'module', ['exports']) || isMemberOf(left.object, 'module', ['exports'])) add('export', 'module.exports', left);
  else if (left.type === 'MemberExpression' && isNamed(left.object, 'exports')) add('export', 'exports', left);
}

function reviewCall(node, { top }, add) {
  const { callee } = node;
  if (isNamed(callee, 'require') && !top.has('require')) reviewRequire(node, add);
  if (top.has('HTTP') || !(isNamed(callee, 'HTTP') || isNamed(callee.object, 'HTTP'))) return;
  for (const options of node.arguments.filter(({ type }) => type === 'ObjectExpression')) {
    for (const property of options.properties) {
      const name = property.type === 'Property' ? keyOf(property) : undefined;
      if (IGNORED_OPTIONS.has(name)) add('ignored-option', name, property);
    }
  }
}

function reviewRequire(node, add) {
  const name = textOf(node.arguments[0]);
  if (name === undefined) return;
  try {
    globalThis.require(name);
  } catch {
    add('unknown-module', name, node);
  }
}

/** `this` in a plain function within a class: the global object in compiled scripts, else undefined. */
function reviewThis(node, script, add) {
  const above = around(node, script.parents);
  const at = above.findIndex((each) => isClass(each) || (isFunction(each) && each.type !== 'ArrowFunctionExpression'));
  if (at < 0 || !isFunction(above[at]) || !above.slice(at).some(isClass)) return;
  if (hasOwnThis(above[at], above[at + 1], script)) return;
  add(script.strict || script.strictClasses ? 'strict-this' : 'plain-this', 'this', node);
}

function hasOwnThis(own, parent, script) {
  if (own.id || parent.type === 'VariableDeclarator') {
    const name = own.id?.name ?? parent.id.name;
    if (name && isUsedWithThis(name, script)) return true;
  }
  switch (parent.type) {
    case 'MethodDefinition':
    case 'PropertyDefinition':
    case 'Property':
    case 'NewExpression': return true;
    case 'AssignmentExpression': return parent.left.type === 'MemberExpression';
    case 'MemberExpression': return ['apply', 'bind', 'call'].includes(keyOf(parent));
    // `list.forEach(function () {...}, this)`
    case 'CallExpression': return parent.arguments.includes(own) && parent.arguments.at(-1) !== own;
    default: return false;
  }
}

/** Tells of `name.call(...)` and its like, `name.prototype`, `new name()`, `{ x: name }` and `x.y = name`. */
function isUsedWithThis(name, script) {
  script.usedWithThis ??= new Set(script.nodes.map(usedWithThis));
  return script.usedWithThis.has(name);
}

function usedWithThis(node) {
  switch (node.type) {
    case 'MemberExpression': return ['apply', 'bind', 'call', 'prototype'].includes(keyOf(node)) ? node.object.name : undefined;
    case 'NewExpression': return node.callee.name;
    case 'Property': return node.value.name;
    case 'AssignmentExpression': return node.left.type === 'MemberExpression' ? node.right.name : undefined;
    default: return undefined;
  }
}
