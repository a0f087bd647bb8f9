// Writes classes as calls of a function that builds them: `__script_class__(name, later, parent, [...])`,
// whose list has pairs of a kind of member and an object literal with the member (see `sloppy_class.js`).
import { blank, edit } from './edits.js';
import { declare } from './names.js';
import { visitParameters } from './patterns.js';

export const HELPER = '__script_class__';

/** Writes a class as a call that builds it from a list of its members. */
export function visitClass(node, work, scope) {
  declare(node.id, work);
  const declared = work.rewritten.has(node);
  if (!canBeSloppy(node)) {
    if (declared) edit(work, node.start, node.start, `;${node.id.name}=`);
    work.visitChildren(node, work, { ...scope, strictClass: true, constructor: null });
    if (declared) edit(work, node.end, node.end, ';');
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
    work.visit(node.superClass, work, scope);
    blank(work, node.superClass.end, node.body.start + 1, ',[');
  } else {
    edit(work, headEnd, headEnd, '[');
  }
  let at = node.body.start + 1;
  for (const member of body) {
    removeSemicolons(work, at, member.start);
    visitMember(member, work, scope, derived);
    at = member.end;
  }
  removeSemicolons(work, at, node.body.end - 1);
  edit(work, node.body.end - 1, node.body.end, `])${close}`);
}

function removeSemicolons(work, start, end) {
  const gap = work.source.slice(start, end);
  for (const match of gap.matchAll(/\/\*[^]*?\*\/|\/\/[^\n]*|;/g)) {
    if (match[0] === ';') edit(work, start + match.index, start + match.index + 1, '');
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
    if (member.computed) work.visit(member.key, work, scope);
    work.visit(member.value, work, inner);
    edit(work, member.end, member.end, '},');
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
    if (access[1]) edit(work, member.key.end, member.key.end, access[1]);
    work.visit(member.value, work, inner);
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
  edit(work, value.body.start + 1, value.body.start + 1, prologue);
  const scope = { ...inner, constructor: derived ? member : null };
  value.params.forEach((parameter) => declare(parameter, work));
  visitParameters(value.params, work, inner);
  work.visit(value.body, work, scope);
  const end = value.body.end - 1;
  edit(work, end, end, derived ? ';return __class.__made(__this)' : '');
  edit(work, member.end, member.end, '},');
}
