// `import`, `export` and `module.exports`, which scripts have that were cut out of a project.
import { getLineInfo } from 'acorn';

import { edit } from './edits.js';

/** Returns the first `import`, which works in no script, or `export`, which works in those that are rewritten. */
export function moduleSyntax(source, statements) {
  const found = statements.find(({ type }) => type === 'ImportDeclaration') ?? statements.find(({ type }) => type.startsWith('Export'));
  if (!found) return undefined;
  const { line, column } = getLineInfo(source, found.start);
  const message = found.type === 'ImportDeclaration' ? 'Cannot use import statement outside a module' : "Unexpected token 'export'";
  return { message, line, column: column + 1 };
}

/** Turns what is exported at the top level into assignments to `module.exports`, where it is not in scope anyway. */
export function rewriteModuleSyntax(program, work) {
  for (const statement of program.body) {
    if (statement.type === 'ExportNamedDeclaration') exportNamed(statement, program, work);
    else if (statement.type === 'ExportDefaultDeclaration') exportDefault(statement, work);
    else if (setsModuleExports(statement)) work.exported = true;
  }
}

function exportNamed(statement, program, work) {
  const { declaration, specifiers, source } = statement;
  edit(work, statement.start, declaration ? declaration.start : statement.end, '');
  for (const { local, exported } of source ? [] : specifiers) {
    const name = exported.name ?? exported.value;
    if (local.name === name || (name !== 'Script' && name !== 'default')) continue;
    // What is exported may be declared further down.
    edit(work, program.end, program.end, `\n;module.exports.${name}=${local.name};`);
    work.exported = true;
  }
}

function exportDefault(statement, work) {
  const { declaration } = statement;
  const isNamed = declaration.type.endsWith('Declaration') && declaration.id;
  edit(work, statement.start, declaration.start, isNamed ? '' : 'module.exports=');
  work.exported ||= !isNamed;
}

/** Tells whether a statement sets an export; within a function it is a library's way to find out where it is. */
function setsModuleExports(statement) {
  switch (statement?.type) {
    case 'BlockStatement': return statement.body.some(setsModuleExports);
    case 'IfStatement': return setsModuleExports(statement.consequent) || setsModuleExports(statement.alternate);
    case 'ExpressionStatement': return isExport(statement.expression);
    default: return false;
  }
}

function isExport({ type, left, right }) {
  if (type !== 'AssignmentExpression') return false;
  return isExportsMember(left) || isExport(right);
}

function isExportsMember(left) {
  let place = left;
  while (place.type === 'MemberExpression' && place.object.type === 'MemberExpression') place = place.object;
  if (place.type !== 'MemberExpression' || place.object.type !== 'Identifier') return false;
  return place.object.name === 'exports' || (place.object.name === 'module' && place.property.name === 'exports');
}
