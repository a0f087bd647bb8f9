// Names what was called and is no function, as V8 prints it (CallPrinter in V8's ast/prettyprinter.cc)
// for what Babel makes of the script.
import { failedCall } from './call_places.js';
import { atPlace, isFunction, walk } from './script_source.js';

const VALUE = '(intermediate value)';
const WORDY = new Set(['void', 'typeof', 'delete']);
const NAME = /^[A-Za-z_$][\w$]*$/;

/** Returns `a.b is not a function`, or `not a function` where the place tells too little. */
export function notCallable(place, what) {
  const found = atPlace(place, what, (program, offset, code) => {
    const call = failedCall(program, code, offset, what === 'constructor');
    return call && describe(call, program);
  });
  return found ?? `not a ${what}`;
}

function describe({ type, callee, tag, optional, arguments: given }, program) {
  if (type === 'NewExpression') return `${print(callee, program)} is not a constructor`;
  // Babel calls these by other methods.
  if (given?.some((item) => item.type === 'SpreadElement')) return "Cannot read properties of undefined (reading 'apply')";
  if (callee?.type === 'MemberExpression' && callee.object.type === 'Super') return '_superPropGet(...) is not a function';
  if (optional && callee.type === 'MemberExpression') return `${nameOfObject(callee, program)}.call is not a function`;
  return `${print(callee ?? tag, program)} is not a function`;
}

function print(node, program) {
  const { type } = node;
  switch (type) {
    case 'Identifier': return node.name;
    case 'ThisExpression': return nameOfThis(node, program);
    case 'Literal': return typeof node.value === 'string' ? `"${node.value}"` : node.raw;
    case 'TemplateLiteral': return printTemplate(node);
    case 'MemberExpression': return printMember(node, program);
    case 'CallExpression': return `${print(node.callee, program)}(...)`;
    case 'ChainExpression':
    case 'ParenthesizedExpression': return print(node.expression, program);
    case 'ArrayExpression': return `[${node.elements.map((item) => (item ? print(item, program) : '')).join(',')}]`;
    case 'ObjectExpression': return `{${node.properties.map((item) => print(item.value ?? item, program)).join('')}}`;
    case 'UnaryExpression': return `(${node.operator}${WORDY.has(node.operator) ? ' ' : ''}${print(node.argument, program)})`;
    case 'BinaryExpression':
    case 'LogicalExpression': return `(${printSides(node, program)})`;
    case 'SequenceExpression': return `(${node.expressions.map((item) => print(item, program)).join(' , ')})`;
    case 'ConditionalExpression': return VALUE.repeat(3);
    default: return VALUE;
  }
}

function printSides({ operator, left, right }, program) {
  const before = left.operator === operator && 'right' in left ? printSides(left, program) : print(left, program);
  return `${before} ${operator} ${print(right, program)}`;
}

function printTemplate({ quasis }) {
  const [first] = quasis;
  return quasis.length === 1 ? `"${first.value.cooked}"` : `"${first.value.cooked}".concat(...)`;
}

function printMember({ object, property, computed, optional }, program) {
  const before = optional ? nameOfObject(object, program) : print(object, program);
  if (!computed) return `${before}.${property.name}`;
  if (property.type === 'Literal' && typeof property.value === 'string') return `${before}.${property.value}`;
  return `${before}[${print(property, program)}]`;
}

/** Returns how Babel calls the object in `object?.name`, which it puts into a variable unless it is one. */
function nameOfObject(node, program) {
  const text = print(node, program);
  if (node.type === 'Identifier') return text;
  const parts = text.replace(/\(\.\.\.\)/g, '').split(/[^\w$]+/).filter((part) => NAME.test(part));
  return `_${parts.join('$').slice(0, 80).replace(/^_+/, '')}`;
}

/** Returns `_this`, or `_this2` and so on, where Babel puts `this` into a variable for what is within a function. */
function nameOfThis(wanted, program) {
  let count = 0;
  let name = 'this';
  const visitFunction = (owner) => {
    let number = 0;
    const look = (node, isInner) => {
      if (node.type === 'ThisExpression' && isInner) {
        number ||= count += 1;
        if (node === wanted) name = number === 1 ? '_this' : `_this${number}`;
      }
      for (const key in node) {
        const child = node[key];
        for (const item of Array.isArray(child) ? child : [child]) {
          if (typeof item?.type !== 'string') continue;
          if (item.type === 'ArrowFunctionExpression') look(item, true);
          else if (!isFunction(item)) look(item, isInner);
        }
      }
    };
    look(owner.body, Boolean(owner.async));
  };
  walk(program, (node) => {
    if (isFunction(node) && node.type !== 'ArrowFunctionExpression') visitFunction(node);
    return false;
  });
  return name;
}
