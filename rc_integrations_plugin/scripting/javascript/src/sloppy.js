// Gives scripts the sloppy mode that they had when Rocket.Chat compiled them with Babel.
//
// Class bodies are strict in JavaScript, so `msg = ...` in a method, or `this` in a plain function
// within it, would fail. Classes become calls of `SLOPPY_CLASS` whose methods stand in object
// literals, which are as sloppy as the script around them. Lines stay where they are and columns can
// be mapped back. Classes with private names or static blocks stay as they are; the globals that
// their bodies make by assignment are declared beforehand.
import { getLineInfo, parse } from 'acorn';

import { findEarlyUses, namesOf } from './early_use.js';
import { makeClass } from './sloppy_class.js';
import { markStatements } from './statement_places.js';
import { CAUGHT } from './v8_errors.js';

const HELPER = '__script_class__';

const NEEDS_WORK = /\b(?:class|let|const|export|catch)\b|\bmodule\s*\.\s*exports\b|use strict/;

const OPTIONS = {
  ecmaVersion: 'latest',
  sourceType: 'script',
  allowImportExportEverywhere: true,
  allowHashBang: true,
};

export function addHelper(addGlobal) {
  addGlobal(HELPER, makeClass);
}

/**
 * Returns what a script is run as: `{code, globals, exported, shifts}`, all of it data, which can be
 * kept. Code that can't be parsed comes back unchanged.
 */
export function compile(source) {
  if (!NEEDS_WORK.test(source)) return unchanged(source);
  let program;
  try {
    program = parse(source, OPTIONS);
  } catch {
    return unchanged(source);
  }
  const work = { source, edits: [], assigned: new Set(), declared: new Set(), exported: false, ...findEarlyUses(program) };
  loosen(program, work);
  rewriteModuleSyntax(program, work);
  visit(program, work, { strictClass: false, constructor: null });
  work.edits.sort((one, other) => one.start - other.start || one.order - other.order);
  return {
    code: applied(work),
    globals: [...work.assigned].filter((name) => !work.declared.has(name)),
    exported: work.exported,
    shifts: work.edits.filter(({ isMark }) => !isMark).map(({ line, column, start, end, text }) => [line, column, end - start, text.length]),
  };
}

/** Returns where a source stops making sense, which the engine tells less exactly, or undefined. */
export function syntaxError(source) {
  try {
    return moduleSyntax(source, parse(source, OPTIONS).body);
  } catch (error) {
    if (error.loc) {
      const message = error.message.replace(/ \(\d+:\d+\)$/, '');
      return { message, line: error.loc.line, column: error.loc.column + 1 };
    }
  }
  return undefined;
}

/** Returns the first `import`, which works in no script, or `export`, which works in those that are rewritten. */
function moduleSyntax(source, statements) {
  const found = statements.find(({ type }) => type === 'ImportDeclaration') ?? statements.find(({ type }) => type.startsWith('Export'));
  if (!found) return undefined;
  const { line, column } = getLineInfo(source, found.start);
  const message = found.type === 'ImportDeclaration' ? 'Cannot use import statement outside a module' : "Unexpected token 'export'";
  return { message, line, column: column + 1 };
}

function unchanged(source) {
  return { code: source, globals: [], exported: false, shifts: [] };
}

function edit(work, node, start, end, text) {
  const lineStart = work.source.lastIndexOf('\n', start - 1) + 1;
  const lines = work.lines ??= lineStarts(work.source);
  work.edits.push({ start, end, text, order: work.edits.length, line: lines.get(lineStart), column: start - lineStart });
}

function lineStarts(source) {
  const lines = new Map([[0, 1]]);
  for (let at = source.indexOf('\n'), line = 2; at >= 0; at = source.indexOf('\n', at + 1), line += 1) {
    lines.set(at + 1, line);
  }
  return lines;
}

function applied({ source, edits }) {
  const parts = [];
  let at = 0;
  for (const { start, end, text } of edits) {
    parts.push(source.slice(at, start), text);
    at = Math.max(at, end);
  }
  parts.push(source.slice(at));
  return parts.join('');
}

/** Returns the column that something in the rewritten code has in the script as it was saved. */
export function originalColumn(shifts, line, column) {
  let shift = 0;
  for (const [editedLine, editedColumn, removed, added] of shifts) {
    if (editedLine !== line) continue;
    if (column - 1 < editedColumn + shift + added) return Math.min(column - shift, editedColumn + 1);
    shift += added - removed;
  }
  return column - shift;
}

// --- export and module.exports, at the top level only

function rewriteModuleSyntax(program, work) {
  for (const statement of program.body) {
    const declaration = statement.declaration;
    if (statement.type === 'ExportNamedDeclaration') {
      edit(work, statement, statement.start, declaration ? declaration.start : statement.end, '');
    } else if (statement.type === 'ExportDefaultDeclaration') {
      const named = declaration.type.endsWith('Declaration') && declaration.id;
      edit(work, statement, statement.start, declaration.start, named ? '' : 'module.exports=');
      work.exported ||= !named;
    } else if (isModuleExports(statement)) {
      work.exported = true;
    }
  }
}

function isModuleExports({ type, expression }) {
  if (type !== 'ExpressionStatement' || expression.type !== 'AssignmentExpression') return false;
  let { left } = expression;
  while (left.type === 'MemberExpression' && left.object.type === 'MemberExpression') left = left.object;
  if (left.type !== 'MemberExpression' || left.object.type !== 'Identifier') return false;
  return left.object.name === 'exports' || (left.object.name === 'module' && left.property.name === 'exports');
}

/** Takes a leading "use strict" away: Rocket.Chat put scripts behind other statements, where it means nothing. */
function loosen({ body: [first] }, work) {
  if (first?.directive === 'use strict') edit(work, first, first.start, first.end, '0;');
}

// --- the walk

function visit(node, work, scope) {
  switch (node.type) {
    case 'ClassDeclaration':
    case 'ClassExpression':
      visitClass(node, work, scope);
      return;
    case 'ThisExpression':
      if (scope.constructor) edit(work, node, node.start, node.end, '__this');
      return;
    case 'ReturnStatement':
      if (scope.constructor && !scope.arrow && !node.argument) {
        edit(work, node, node.start + 6, node.start + 6, ' __this');
      }
      break;
    case 'CallExpression':
      if (scope.constructor && node.callee.type === 'Super') {
        edit(work, node, node.callee.start, node.callee.end, '__super');
      }
      break;
    case 'FunctionDeclaration':
    case 'FunctionExpression':
      declare(node.id, work);
      node.params.forEach((parameter) => declare(parameter, work));
      visitChildren(node, work, { ...scope, constructor: null });
      return;
    case 'ArrowFunctionExpression':
      node.params.forEach((parameter) => declare(parameter, work));
      visitChildren(node, work, { ...scope, arrow: true });
      return;
    case 'VariableDeclaration':
      if (!work.rewritten.has(node)) break;
      visitAsAssignment(node, work, scope);
      return;
    case 'VariableDeclarator':
      declare(node.id, work);
      nameClass(node.init, node.id);
      break;
    case 'Program':
    case 'BlockStatement':
      markPlaces(node.body, work);
      if (!work.hoisted.has(node)) break;
      visitBlock(node, work, scope);
      return;
    case 'SwitchCase':
      markPlaces(node.consequent, work);
      break;
    case 'SwitchStatement':
      if (!work.hoisted.has(node)) break;
      visitBlock(node, work, scope);
      return;
    case 'CatchClause':
      if (node.param) declare(node.param, work);
      if (node.param?.type === 'Identifier') {
        edit(work, node, node.body.start + 1, node.body.start + 1, `${CAUGHT}(${node.param.name});`);
      }
      break;
    case 'AssignmentExpression':
      nameClass(node.right, node.left);
      if (scope.strictClass) assign(node.left, work);
      break;
    case 'Property':
      if (!node.computed) nameClass(node.value, node.key);
      break;
    case 'ForInStatement':
    case 'ForOfStatement':
      if (scope.strictClass) assign(node.left, work);
      break;
    case 'UpdateExpression':
      if (scope.strictClass) assign(node.argument, work);
      break;
    default:
  }
  visitChildren(node, work, scope);
}

function markPlaces(statements, work) {
  markStatements(statements, work.source, (start, end, text) => {
    work.edits.push({ start, end, text, order: work.edits.length, isMark: true });
  });
}

/** Writes a declaration as an assignment to names that its block declares. */
function visitAsAssignment(node, work, scope) {
  blank(work, node.start, node.declarations[0].start, ';(');
  visitChildren(node, work, scope);
  const end = work.source[node.end - 1] === ';' ? node.end - 1 : node.end;
  edit(work, node, end, end, end === node.end ? ');' : ')');
}

function visitBlock(node, work, scope) {
  const names = `let ${[...new Set(work.hoisted.get(node))].join(',')};`;
  if (node.type === 'SwitchStatement') {
    edit(work, node, node.start, node.start, `{${names}`);
    visitChildren(node, work, scope);
    edit(work, node, node.end, node.end, '}');
    return;
  }
  const { start } = node.body.find((statement) => !statement.directive);
  edit(work, node, start, start, names);
  visitChildren(node, work, scope);
}

function nameClass(node, place) {
  if (node?.type === 'ClassExpression' && !node.id && place.type === 'Identifier') node.givenName = place.name;
}

function visitChildren(node, work, scope) {
  for (const key in node) {
    const child = node[key];
    if (typeof child !== 'object' || child === null || key === 'loc') continue;
    if (Array.isArray(child)) {
      for (const item of child) if (item) visit(item, work, scope);
    } else if (typeof child.type === 'string') {
      visit(child, work, scope);
    }
  }
}

function declare(pattern, work) {
  for (const name of namesOf(pattern)) work.declared.add(name);
}

function assign(pattern, work) {
  for (const name of namesOf(pattern)) work.assigned.add(name);
}

// --- classes

function visitClass(node, work, scope) {
  declare(node.id, work);
  const declared = work.rewritten.has(node);
  if (!canBeSloppy(node)) {
    if (declared) edit(work, node, node.start, node.start, `;${node.id.name}=`);
    visitChildren(node, work, { ...scope, strictClass: true, constructor: null });
    if (declared) edit(work, node, node.end, node.end, ';');
    return;
  }
  const name = node.id ? node.id.name : '';
  const derived = Boolean(node.superClass);
  const isDeclaration = node.type === 'ClassDeclaration' && node.id;
  const { body } = node.body;
  // Static fields come last: they may name the class.
  const run = name && body.some((member) => member.static && member.type === 'PropertyDefinition') ? `;${name}.__static()` : '';
  const open = declared ? `;${name}=` : isDeclaration ? `let ${name}=` : name ? `(()=>{let ${name}=` : '(';
  const close = isDeclaration ? `${run};` : name ? `${run};return ${name}})()` : ')';
  const headEnd = derived ? node.superClass.start : node.body.start + 1;
  blank(work, node.start, headEnd, `${open}${HELPER}(${JSON.stringify(name || node.givenName || '')},${Boolean(run)},`);
  if (derived) {
    visit(node.superClass, work, scope);
    blank(work, node.superClass.end, node.body.start + 1, ',[');
  } else {
    edit(work, node, headEnd, headEnd, 'undefined,[');
  }
  let at = node.body.start + 1;
  for (const member of body) {
    removeSemicolons(work, at, member.start);
    visitMember(member, work, scope, derived);
    at = member.end;
  }
  removeSemicolons(work, at, node.body.end - 1);
  edit(work, node, node.body.end - 1, node.body.end, `])${close}`);
}

/** Replaces a range by a text, keeping the line breaks in it. */
function blank(work, start, end, text) {
  const breaks = work.source.slice(start, end).replace(/[^\n]/g, '');
  edit(work, null, start, end, text + breaks);
}

function removeSemicolons(work, start, end) {
  const gap = work.source.slice(start, end);
  for (const match of gap.matchAll(/\/\*[^]*?\*\/|\/\/[^\n]*|;/g)) {
    if (match[0] === ';') edit(work, null, start + match.index, start + match.index + 1, '');
  }
}

function canBeSloppy(node) {
  return node.body.body.every((member) => {
    if (member.type === 'StaticBlock' || member.key.type === 'PrivateIdentifier') return false;
    if (member.type === 'PropertyDefinition') return !member.computed && !uses(member.value, 'Super');
    if (member.type !== 'MethodDefinition') return false;
    return member.kind !== 'constructor' || !uses(member.value.body, 'Super', true);
  });
}

/** Tells whether `super` (but not a call of it, if `calls` are fine) or the like is used in a node. */
function uses(node, type, calls = false) {
  if (!node || typeof node !== 'object') return false;
  if (node.type === type) return true;
  return Object.keys(node).some((key) => {
    if (key === 'loc') return false;
    if (calls && key === 'callee' && node.callee.type === type) return false;
    const child = node[key];
    return Array.isArray(child)
      ? child.some((item) => uses(item, type, calls))
      : typeof child?.type === 'string' && uses(child, type, calls);
  });
}

function visitMember(member, work, scope, derived) {
  const inner = { ...scope, constructor: null, arrow: false };
  if (member.type === 'PropertyDefinition') {
    visitField(member, work, inner);
  } else if (member.kind === 'constructor') {
    visitConstructor(member, work, inner, derived);
  } else {
    const start = member.static ? afterStatic(member, work) : member.start;
    blank(work, member.start, start, `${member.static ? 1 : 0},{`);
    if (member.computed) visit(member.key, work, scope);
    visit(member.value, work, inner);
    edit(work, member, member.end, member.end, '},');
  }
}

function afterStatic(member, work) {
  const [word] = /^static\s*/.exec(work.source.slice(member.start)) ?? [''];
  return member.start + word.length;
}

function visitField(member, work, inner) {
  const access = member.key.type === 'Identifier' ? ['.', ''] : ['[', ']'];
  blank(work, member.start, member.key.start, `${member.static ? 3 : 2},{run(){this${access[0]}`);
  if (member.value) {
    if (access[1]) edit(work, member, member.key.end, member.key.end, access[1]);
    visit(member.value, work, inner);
    blank(work, member.value.end, member.end, '}},');
  } else {
    blank(work, member.key.end, member.end, `${access[1]}=undefined}},`);
  }
}

function visitConstructor(member, work, inner, derived) {
  const { value } = member;
  blank(work, member.start, value.start, '4,{run:function __class');
  const prologue = derived
    ? 'let __this,__super=(...a)=>(__this=__class.__construct(new.target,a));'
    : '__class.__prepare(this,new.target);';
  edit(work, member, value.body.start + 1, value.body.start + 1, prologue);
  const scope = { ...inner, constructor: derived ? member : null };
  value.params.forEach((parameter) => declare(parameter, work));
  value.params.forEach((parameter) => visit(parameter, work, inner));
  visit(value.body, work, scope);
  const end = value.body.end - 1;
  edit(work, member, end, end, derived ? ';return __class.__made(__this)' : '');
  edit(work, member, member.end, member.end, '},');
}
