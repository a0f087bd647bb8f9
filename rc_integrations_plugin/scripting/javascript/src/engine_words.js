// The engine's messages and what V8 says in their place: some whatever the engine was doing, others by the
// method of the engine that threw.
const NOT_PRIVATE = 'Private element is not present on this object';
const UNKNOWN_TOKEN = 'Invalid or unexpected token';
const PRIVATE = /^private class field '#[^']*' does not exist$/;
const TOKEN = /^unexpected token in expression: ('[^]+')$/;

export const WORDS = {
  'not a function': 'undefined is not a function',
  'invalid brand on object': NOT_PRIVATE,
  'empty array': 'Reduce of empty array with no initial value',
  'invalid array length': 'Invalid array length',
  'Date value is NaN': 'Invalid time value',
  'circular reference': 'Converting circular structure to JSON',
  'BigInt are forbidden in JSON.stringify': 'Do not know how to serialize a BigInt',
  'cannot convert symbol to string': 'Cannot convert a Symbol value to a string',
  'cannot convert symbol to number': 'Cannot convert a Symbol value to a number',
  'cannot convert BigInt to number': 'Cannot mix BigInt and other types, use explicit conversions',
  'Invalid scheme': 'Invalid URL',
  'Invalid host': 'Invalid URL',
  'Invalid port': 'Invalid URL',
  'object is not extensible': 'Cannot add property, object is not extensible',
  'could not delete property': 'Cannot delete property',
  'circular prototype chain': 'Cyclic __proto__ value',
  'value is not iterable': 'object is not iterable (cannot read property Symbol(Symbol.iterator))',
  'not a object': 'CreateListFromArrayLike called on non-object',
  'not a Date object': 'this is not a Date object.',
  'invalid target': 'WeakRef: invalid target',
  'BigInt division by zero': 'Division by zero',
  'BigInt operands are forbidden for >>>': 'BigInts have no unsigned right shift, use >> instead',
  'out of bound': 'Offset is outside the bounds of the DataView',
  "invalid 'instanceof' right operand": "Right-hand side of 'instanceof' is not an object",
  'bad normalization form': 'The normalization form should be one of NFC, NFD, NFKC, NFKD.',
  toPrimitive: 'Cannot convert object to primitive value',
  'invalid string length': 'Invalid string length',
  'invalid value used as WeakMap key': 'Invalid value used as weak map key',
  'invalid value used as WeakSet key': 'Invalid value used in weak set',
  'bigint argument with unary +': 'Cannot convert a BigInt value to a number',
  'object prototype may only be an Object or null': 'Object prototype may only be an Object or null: undefined',
  'generator is already running': 'Generator is already running',
  'this is not initialized': "this hasn't been initialised - super() hasn't been called",
  'The string is not correctly encoded': 'Invalid character',
  // Of what `eval` and `Function` can't compile.
  "unexpected token in expression: ''": 'Unexpected end of input',
  'unexpected end of string': UNKNOWN_TOKEN,
  'unexpected character': UNKNOWN_TOKEN,
  'invalid number literal': UNKNOWN_TOKEN,
  'invalid first character of private name': UNKNOWN_TOKEN,
  'return not in a function': 'Illegal return statement',
  'break must be inside loop or switch': 'Illegal break statement',
  'continue must be inside loop': 'Illegal continue statement: no surrounding iteration statement',
  'missing initializer for const variable': 'Missing initializer in const declaration',
  'invalid assignment left-hand side': 'Invalid left-hand side in assignment',
  'invalid increment/decrement operand': 'Invalid left-hand side expression in postfix operation',
  'unexpected end of regexp': 'Invalid regular expression: missing /',
  'invalid regular expression flags': 'Invalid regular expression flags',
  'expecting catch or finally': 'Missing catch or finally after try',
  'line terminator not allowed after throw': 'Illegal newline after throw',
  'The string contains characters outside of the Latin1 range': 'Invalid character',
};

const DIGITS = 'invalid number of digits';
const REGEXP = 'regexp not supported';
const NO_GLOBAL = "regexp must have the 'g' flag";
const NO_NEW = 'must be called with new';
const NO_OBJECT = 'not an object';
const NO_FUNCTION = 'not a function';

const NOTHING = new Set(['null or undefined are forbidden', 'cannot convert to object']);

const needsNew = (name) => `Constructor ${name} requires 'new'`;
const noRegExp = (name) => `First argument to String.prototype.${name} must not be a regular expression`;
const noGlobal = (name) => `String.prototype.${name} called with a non-global RegExp argument`;
const noObject = (name) => `Object.${name} called on non-object`;

const BY_METHOD = {
  toFixed: { [DIGITS]: 'toFixed() digits argument must be between 0 and 100' },
  toPrecision: { [DIGITS]: 'toPrecision() argument must be between 1 and 100' },
  toExponential: { [DIGITS]: 'toExponential() argument must be between 0 and 100' },
  startsWith: { [REGEXP]: noRegExp('startsWith') },
  endsWith: { [REGEXP]: noRegExp('endsWith') },
  includes: { [REGEXP]: noRegExp('includes') },
  replaceAll: { [NO_GLOBAL]: noGlobal('replaceAll') },
  matchAll: { [NO_GLOBAL]: noGlobal('matchAll') },
  Map: { [NO_NEW]: needsNew('Map') },
  Set: { [NO_NEW]: needsNew('Set') },
  WeakMap: { [NO_NEW]: needsNew('WeakMap') },
  Proxy: { [NO_OBJECT]: 'Cannot create proxy with a non-object as target or handler' },
  getPrototypeOf: { [NO_OBJECT]: 'Cannot convert undefined or null to object' },
  Promise: {
    [NO_NEW]: "Promise constructor cannot be invoked without 'new'",
    [NO_FUNCTION]: 'Promise resolver undefined is not a function',
  },
  flatMap: { [NO_FUNCTION]: 'flatMap mapper function is not callable' },
  defineProperty: { [NO_OBJECT]: noObject('defineProperty') },
  defineProperties: { [NO_OBJECT]: noObject('defineProperties') },
  setPrototypeOf: { [NO_OBJECT]: 'Object.setPrototypeOf called on null or undefined' },
};

/**
 * Returns V8's words for a message of the engine, or the message.
 *
 * @param method The engine's own method that threw it; undefined if the script's code did.
 */
export function inV8Words(message, method) {
  const own = method && Object.hasOwn(BY_METHOD, method) ? BY_METHOD[method] : undefined;
  if (own && Object.hasOwn(own, message)) return own[message];
  if (NOTHING.has(message) && typeof String.prototype[method] === 'function') return `String.prototype.${method} called on null or undefined`;
  if (PRIVATE.test(message)) return NOT_PRIVATE;
  return Object.hasOwn(WORDS, message) ? WORDS[message] : message.replace(TOKEN, 'Unexpected token $1');
}
