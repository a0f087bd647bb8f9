// Gives scripts the sloppy mode that they had when Rocket.Chat compiled them with Babel.
//
// Class bodies are strict in JavaScript, so `msg = ...` in a method, or `this` in a plain function
// within it, would fail. Classes become calls whose methods stand in object literals, which are as
// sloppy as the script around them (see `class_rewriting.js`). Classes with private names or static
// blocks stay as they are; the globals that their bodies make by assignment are declared beforehand.

import { childKeys } from './child_keys.js';
import { HELPER, visitClass } from './class_rewriting.js';
import { findEarlyUses } from './early_use.js';
import { applied, blank, edit, editInPlace, shiftsOf } from './edits.js';
import { TEXT } from './eval_words.js';
import { moduleSyntax, rewriteModuleSyntax } from './module_syntax.js';
import { assign, declare, nameClass } from './names.js';
import { caughtPattern, rewriteIn, visitForOf, visitParameters, visitPattern, visitSides, visitSpreads } from './patterns.js';
import { parse, parseExactly } from './script_parser.js';
import { makeClass } from './sloppy_class.js';
import { markStatements } from './statement_places.js';
import { CAUGHT } from './v8_errors.js';

const NEEDS_WORK = /\b(?:class|let|const|export|catch)\b|\bexports\b|use strict/;

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
    program = parse(source);
  } catch {
    return unchanged(source);
  }
  const work = { source, edits: [], assigned: new Set(), declared: new Set(), exported: false, visit, visitChildren, ...findEarlyUses(program) };
  loosen(program, work);
  rewriteModuleSyntax(program, work);
  visit(program, work, { strictClass: false, constructor: null });
  return {
    code: applied(work),
    globals: [...work.assigned].filter((name) => !work.declared.has(name)),
    exported: work.exported,
    shifts: shiftsOf(work),
  };
}

/** Returns where a source stops making sense, which the engine tells less exactly, or undefined. */
export function syntaxError(source) {
  try {
    return moduleSyntax(source, parseExactly(source).body);
  } catch (error) {
    if (error.loc) {
      const message = error.message.replace(/ \(\d+:\d+\)$/, '');
      return { message, line: error.loc.line, column: error.loc.column + 1 };
    }
  }
  return undefined;
}

function unchanged(source) {
  return { code: source, globals: [], exported: false, shifts: [] };
}

/** Takes a leading "use strict" away: Rocket.Chat put scripts behind other statements, where it means nothing. */
function loosen({ body: [first] }, work) {
  if (first?.directive === 'use strict') edit(work, first.start, first.end, '0;');
}

// --- the walk

function visit(node, work, scope) {
  switch (node.type) {
    // The usual ones first: the engine compares one after the other.
    case 'Identifier':
    case 'Literal':
    case 'TemplateElement':
      return;
    case 'MemberExpression':
      visit(node.object, work, scope);
      if (node.computed) visit(node.property, work, scope);
      return;
    case 'ExpressionStatement':
      visit(node.expression, work, scope);
      return;
    case 'ClassDeclaration':
    case 'ClassExpression':
      visitClass(node, work, scope);
      return;
    case 'ThisExpression':
      if (scope.constructor) edit(work, node.start, node.end, '__this');
      return;
    case 'ReturnStatement':
      if (scope.constructor && !scope.arrow && !node.argument) {
        edit(work, node.start + 6, node.start + 6, ' __this');
      }
      break;
    case 'CallExpression':
      if (scope.constructor && node.callee.type === 'Super') {
        edit(work, node.callee.start, node.callee.end, '__super');
      }
      if (node.callee.name !== 'eval') break;
      visitEval(node, work, scope);
      return;
    case 'FunctionDeclaration':
    case 'FunctionExpression':
      declare(node.id, work);
      visitFunction(node, work, { ...scope, constructor: null });
      return;
    case 'ArrowFunctionExpression':
      visitFunction(node, work, { ...scope, arrow: true });
      return;
    case 'VariableDeclaration':
      if (!work.rewritten.has(node)) break;
      visitAsAssignment(node, work, scope);
      return;
    case 'VariableDeclarator':
      declare(node.id, work);
      nameClass(node.init, node.id);
      visitSides(node.id, node.init, work, scope);
      return;
    case 'ObjectPattern':
    case 'ArrayPattern':
      visitPattern(node, work, scope);
      return;
    case 'BinaryExpression':
      rewriteIn(node, work, () => visitChildren(node, work, scope));
      return;
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
      visitCatch(node, work, scope);
      return;
    case 'AssignmentExpression':
      nameClass(node.right, node.left);
      if (scope.strictClass) assign(node.left, work);
      visitSides(node.left, node.right, work, scope);
      return;
    case 'Property':
      if (!node.computed) nameClass(node.value, node.key);
      break;
    case 'ForInStatement':
      if (scope.strictClass) assign(node.left, work);
      break;
    case 'ForOfStatement':
      visitForOf(node, work, scope);
      return;
    case 'ObjectExpression':
      visitSpreads(node, work, scope);
      return;
    case 'UpdateExpression':
      if (scope.strictClass) assign(node.argument, work);
      break;
    default:
  }
  visitChildren(node, work, scope);
}

/** Has the text of an `eval` shown to what puts its errors into words. */
function visitEval(node, work, scope) {
  const [text] = node.arguments;
  const isOne = node.arguments.length === 1 && text.type !== 'SpreadElement';
  if (isOne) edit(work, text.start, text.start, `${TEXT}(`);
  visitChildren(node, work, scope);
  if (isOne) edit(work, text.end, text.end, ')');
}

function visitFunction(node, work, scope) {
  node.params.forEach((parameter) => declare(parameter, work));
  visitParameters(node.params, work, scope);
  visit(node.body, work, scope);
}

/** Has the error reworded before anything else looks at it. */
function visitCatch({ param, body }, work, scope) {
  if (param) declare(param, work);
  const stand = param && caughtPattern(param, work, scope);
  if (param && !stand) visit(param, work, scope);
  const name = stand?.name ?? param?.name;
  if (name) edit(work, body.start + 1, body.start + 1, `${CAUGHT}(${name});${stand?.declaration ?? ''}`);
  visit(body, work, scope);
}

function markPlaces(statements, work) {
  markStatements(statements, work.source, (start, end, text) => editInPlace(work, start, end, text));
}

/** Writes a declaration as an assignment to names that its block declares. */
function visitAsAssignment(node, work, scope) {
  blank(work, node.start, node.declarations[0].start, ';(');
  visitChildren(node, work, scope);
  const end = work.source[node.end - 1] === ';' ? node.end - 1 : node.end;
  edit(work, end, end, end === node.end ? ');' : ')');
}

function visitBlock(node, work, scope) {
  const names = `let ${[...new Set(work.hoisted.get(node))].join(',')};`;
  if (node.type === 'SwitchStatement') {
    edit(work, node.start, node.start, `{${names}`);
    visitChildren(node, work, scope);
    edit(work, node.end, node.end, '}');
    return;
  }
  const { start } = node.body.find((statement) => !statement.directive);
  edit(work, start, start, names);
  visitChildren(node, work, scope);
}

function visitChildren(node, work, scope) {
  for (const key of childKeys(node)) {
    const child = node[key];
    if (typeof child !== 'object' || child === null) continue;
    if (Array.isArray(child)) {
      for (const item of child) if (item) visit(item, work, scope);
    } else if (typeof child.type === 'string') {
      visit(child, work, scope);
    }
  }
}
