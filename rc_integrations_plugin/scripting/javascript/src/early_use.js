// Finds `let`, `const` and `class` declarations whose names are used before them.
//
// Babel made them all `var`: a use before the declaration gave undefined, and a name declared in one
// `case` was there in the next. As they stand, such scripts end in a ReferenceError. Their
// declarations become assignments, and the names are declared at the start of the block.

/** Returns `{hoisted, rewritten}`: names by block, and the declarations that become assignments. */
export function findEarlyUses(program) {
  const uses = new Map();
  const blocks = [];
  collect(program, { uses, blocks, functions: [], classes: [] });
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

const BLOCKS = new Set(['Program', 'BlockStatement', 'SwitchStatement']);
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

function collect(node, state) {
  if (BLOCKS.has(node.type)) state.blocks.push(node);
  if (node.type === 'Identifier') {
    const found = { start: node.start, functions: [...state.functions], classes: [...state.classes] };
    if (state.uses.has(node.name)) state.uses.get(node.name).push(found);
    else state.uses.set(node.name, [found]);
    return;
  }
  const isFunction = FUNCTIONS.has(node.type);
  const isClass = node.type === 'ClassBody';
  if (isFunction) state.functions.push(node);
  if (isClass) state.classes.push(node);
  for (const [key, child] of Object.entries(node)) {
    if (typeof child !== 'object' || child === null || key === 'loc' || isPlainName(node, key)) continue;
    if (Array.isArray(child)) for (const item of child) item && collect(item, state);
    else if (typeof child.type === 'string') collect(child, state);
  }
  if (isFunction) state.functions.pop();
  if (isClass) state.classes.pop();
}

/** Tells names of properties and labels from names of variables. */
function isPlainName(node, key) {
  if (key === 'property') return node.type === 'MemberExpression' && !node.computed;
  if (key === 'key') return !node.computed;
  return key === 'label';
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
  const found = (uses.get(name) ?? []).filter(({ start }) => start >= block.start && start < block.end);
  if (block.type === 'SwitchStatement') {
    // What is switched on is evaluated outside of the block.
    if (found.some(({ start }) => start < block.discriminant.end)) return false;
    if (found.some(({ start }) => start >= visibleUntil)) return true;
  }
  return found.some((use) => isEarly(use, node, block, uses));
}

function isEarly({ start, functions, classes }, node, block, uses) {
  // The methods of a class in the block are usually called later.
  if (start < node.start) return !classes.some((around) => around.start > block.start);
  if (start < node.end) return selfUse(start, functions, node);
  // A function that stands after the declaration may have been called before.
  return functions.some(
    (around) =>
      around.type === 'FunctionDeclaration' &&
      around.start > node.end &&
      (uses.get(around.id?.name) ?? []).some((use) => use.start >= block.start && use.start < node.start),
  );
}

/** Tells `let x = x || 1` from the declared name itself and from a function that calls itself. */
function selfUse(start, functions, node) {
  if (node.type === 'ClassDeclaration') return false;
  const declarator = node.declarations.find((item) => start >= item.start && start < item.end);
  if (!declarator?.init || start < declarator.init.start) return false;
  return !functions.some((around) => around.start >= declarator.init.start);
}
