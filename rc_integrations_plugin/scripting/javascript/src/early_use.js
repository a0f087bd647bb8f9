// Finds `let`, `const` and `class` declarations whose names are used before them.
//
// Babel made them all `var`: a use before the declaration gave undefined, and a name declared in one
// `case` was there in the next. As they stand, such scripts end in a ReferenceError. Their
// declarations become assignments, and the names are declared at the start of the block.
import { childKeys } from './child_keys.js';

/** Returns `{hoisted, rewritten}`: names by block, and the declarations that become assignments. */
export function findEarlyUses(program) {
  const uses = new Map();
  const blocks = [];
  collect(program, { uses, blocks, around: undefined });
  for (const found of uses.values()) found.sort((one, other) => one.start - other.start);
  const hoisted = new Map();
  const rewritten = new Set();
  for (const block of blocks) {
    for (const declaration of declarationsIn(block)) {
      if (!declaration.names.some((name) => usedEarly(name, declaration, block, uses))) continue;
      rewritten.add(declaration.node);
      hoisted.set(block, [...(hoisted.get(block) ?? []), ...declaration.names]);
    }
  }
  return { hoisted, rewritten };
}

function collect(node, state) {
  const { around } = state;
  switch (node.type) {
    // The usual ones first: the engine compares one after the other.
    case 'Identifier':
      note(node, state);
      return;
    case 'Literal':
    case 'ThisExpression':
    case 'TemplateElement':
      return;
    case 'MemberExpression':
      collect(node.object, state);
      if (node.computed) collect(node.property, state);
      return;
    case 'Property':
      if (node.computed) collect(node.key, state);
      collect(node.value, state);
      return;
    case 'Program':
    case 'BlockStatement':
    case 'SwitchStatement':
      state.blocks.push(node);
      break;
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'ClassBody':
      state.around = { node, outer: around };
      break;
    default:
  }
  for (const key of childKeys(node)) {
    const child = node[key];
    if (typeof child !== 'object' || child === null || isPlainName(node, key)) continue;
    if (Array.isArray(child)) {
      for (const item of child) if (item) collect(item, state);
    } else if (typeof child.type === 'string') collect(child, state);
  }
  state.around = around;
}

/** Notes the use of a name, and the functions and class bodies around it, the innermost first: `{node, outer}`. */
function note({ start, name }, { uses, around }) {
  const found = { start, around };
  const others = uses.get(name);
  if (others) others.push(found);
  else uses.set(name, [found]);
}

function isWithin(around, test) {
  for (let at = around; at; at = at.outer) if (test(at.node)) return true;
  return false;
}

/** Tells names of properties and labels from names of variables. */
function isPlainName(node, key) {
  return key === 'key' ? !node.computed : key === 'label';
}

function declarationsIn(block) {
  const lists = block.type === 'SwitchStatement' ? block.cases.map((item) => item.consequent) : [block.body];
  return lists.flatMap((list, index) =>
    list
      .map((statement) => statement.declaration ?? statement)
      .filter((node) => isLexical(node))
      .map((node) => ({
        node,
        names: node.id ? [node.id.name] : node.declarations.flatMap(({ id }) => namesOf(id)),
        visibleUntil: block.type === 'SwitchStatement' ? block.cases[index].end : block.end,
      })),
  );
}

function isLexical(node) {
  if (node.type === 'ClassDeclaration') return Boolean(node.id);
  return node.type === 'VariableDeclaration' && (node.kind === 'let' || node.kind === 'const');
}

export function namesOf(pattern) {
  switch (pattern?.type) {
    case 'Identifier': return [pattern.name];
    case 'ObjectPattern': return pattern.properties.flatMap((item) => namesOf(item.value ?? item.argument));
    case 'ArrayPattern': return pattern.elements.flatMap(namesOf);
    case 'AssignmentPattern': return namesOf(pattern.left);
    case 'RestElement': return namesOf(pattern.argument);
    default: return [];
  }
}

function usedEarly(name, { node, visibleUntil }, block, uses) {
  const all = uses.get(name) ?? [];
  const from = firstAt(all, block.start);
  const to = firstAt(all, block.end);
  if (block.type === 'SwitchStatement') {
    // What is switched on is evaluated outside of the block.
    if (from < to && all[from].start < block.discriminant.end) return false;
    if (firstAt(all, visibleUntil) < to) return true;
  }
  for (let at = from; at < to; at += 1) if (isEarly(all[at], node, block, uses)) return true;
  return false;
}

/** Returns the index of the first use that starts at this position or later. */
function firstAt(found, position) {
  let low = 0;
  let high = found.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (found[middle].start < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isEarly({ start, around }, node, block, uses) {
  // The methods of a class in the block are usually called later.
  if (start < node.start) return !isWithin(around, ({ type, start: from }) => type === 'ClassBody' && from > block.start);
  if (start < node.end) return selfUse(start, around, node);
  // A function that stands after the declaration may have been called before.
  return isWithin(around, ({ type, start: from, id }) => {
    if (type !== 'FunctionDeclaration' || from <= node.end || !id) return false;
    const calls = uses.get(id.name) ?? [];
    const first = calls[firstAt(calls, block.start)];
    return first !== undefined && first.start < node.start;
  });
}

/** Tells `let x = x || 1` from the declared name itself and from a function that calls itself. */
function selfUse(start, around, node) {
  if (node.type === 'ClassDeclaration') return false;
  const declarator = node.declarations.find((item) => start >= item.start && start < item.end);
  if (!declarator?.init || start < declarator.init.start) return false;
  return !isWithin(around, (outer) => outer.start >= declarator.init.start);
}
