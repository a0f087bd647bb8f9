// Errors as V8 words them. Scripts put `error.message` and `error.stack` into the texts they post, and
// whoever reads a fault knows these words.
const PROPERTY = /^cannot (read|set) property '([^]*)' of (null|undefined)$/;
export const CAUGHT = '__script_caught__';
const FRAME = /^ {4}at (?:(.*?) \()?(<input>|script):(\d+):(\d+)\)?$/gm;
const FRAME_OF_ENGINE = /^ {4}at .*(?:<input>|<dukpy>|native)|^$/m;
const FIRST_OWN_FRAME = /^ {4}at (?:.*? \()?<input>/;
const CALLED = /^([A-Za-z_$][\w$]*(?:\[[^\]\n]*\])?)\s*(?:\?\.)?\s*[(`]/;
const CONSTRUCTED = /^([A-Za-z_$][\w$.]*)/;
const MAX_NAME = 200;
// The second is what the engine says where there is no memory left for the words.
export const OUT_OF_MEMORY = /^out of memory|^Invalid error message$/;
const NoMemory = InternalError;

const WORDS = {
  'empty array': 'Reduce of empty array with no initial value',
  'invalid array length': 'Invalid array length',
  'Date value is NaN': 'Invalid time value',
  'circular reference': 'Converting circular structure to JSON',
  'BigInt are forbidden in JSON.stringify': 'Do not know how to serialize a BigInt',
  'cannot convert symbol to string': 'Cannot convert a Symbol value to a string',
  'cannot convert BigInt to number': 'Cannot mix BigInt and other types, use explicit conversions',
  'Invalid scheme': 'Invalid URL',
  'Invalid host': 'Invalid URL',
  'Invalid port': 'Invalid URL',
  'object is not extensible': 'Cannot add property, object is not extensible',
};

let source = '';

/** Has later errors name what is no function, as it stands in this source. */
export function quoteFrom(code) {
  source = code;
}

/** Gives scripts what their `catch` clauses call first (see `sloppy.js`), and `Promise.catch` the same. */
export function installErrorTexts(addGlobal, endWithoutMemory) {
  // Who catches that there is no memory would fail at whatever he does next.
  const own = (error) => {
    if (error instanceof NoMemory && OUT_OF_MEMORY.test(error.message)) endWithoutMemory();
    return reword(error);
  };
  addGlobal(CAUGHT, (error) => {
    own(error);
  });
  const { catch: caught } = Promise.prototype;
  Object.defineProperty(Promise.prototype, 'catch', {
    value: { catch(run) {
      return caught.call(this, typeof run === 'function' ? (error) => run(own(error)) : run);
    } }.catch,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

/** Rewrites message and stack of an error that the engine threw, and returns it. */
export function reword(error) {
  try {
    if (error instanceof Error) rewordOwn(error);
  } catch {
    // A frozen error, or no memory: it stays as it is.
  }
  return error;
}

function rewordOwn(error) {
  const stack = Object.getOwnPropertyDescriptor(error, 'stack');
  if (typeof stack?.value !== 'string' || !FRAME_OF_ENGINE.test(stack.value)) return;
  const frames = framesOf(stack.value);
  const message = Object.getOwnPropertyDescriptor(error, 'message');
  if (typeof message?.value === 'string') {
    // An error that is thrown within a method of the engine has no frame of the script in front.
    const place = FIRST_OWN_FRAME.test(stack.value) ? frames[0] : undefined;
    const better = inV8Words(message.value, error, place);
    if (better !== message.value) Object.defineProperty(error, 'message', { ...message, value: better });
  }
  const lines = frames.map(({ name, line, column }) => `    at ${name} (script:${line}:${column})`);
  Object.defineProperty(error, 'stack', { ...stack, value: [`${error.name}: ${error.message}`, ...lines].join('\n') });
}

/** Returns the places in the script that a stack tells of. */
export function framesOf(stack) {
  return [...stack.matchAll(FRAME)].map(([, name, file, line, column]) => ({
    name: name || '<anonymous>',
    line: Number(line),
    // The engine counts columns from 1, but from 0 in the first line.
    column: Number(column) + (file === '<input>' && line === '1' ? 1 : 0),
  }));
}

function inV8Words(message, error, place) {
  if (error.name === 'InternalError' && message === 'stack overflow') {
    Object.setPrototypeOf(error, RangeError.prototype);
    return 'Maximum call stack size exceeded';
  }
  if (error.constructor === Error) return message;
  const [, verb, name, value] = PROPERTY.exec(message) ?? [];
  if (name === 'Symbol.iterator') return `${value} is not iterable (cannot read property Symbol(Symbol.iterator))`;
  if (verb) return `Cannot ${verb} properties of ${value} (${verb === 'read' ? 'reading' : 'setting'} '${name}')`;
  if (message === 'not a function') return notAFunction(place);
  if (error instanceof URIError && message.startsWith('expecting')) return 'URI malformed';
  return Object.hasOwn(WORDS, message) ? WORDS[message] : message;
}

function notAFunction(place) {
  // A method of the engine was given no function to call.
  if (!place) return 'undefined is not a function';
  const lines = source.split('\n');
  const line = lines[place.line - 1] ?? '';
  const at = place.column - 1;
  const before = lines.slice(Math.max(place.line - 4, 0), place.line - 1).concat(line.slice(0, at)).join('\n');
  const start = chainStart(before);
  const isNew = /\bnew\s+$/.test(before.slice(0, start));
  const [, word] = (isNew ? CONSTRUCTED : CALLED).exec(line.slice(at)) ?? [];
  if (!word) return 'not a function';
  const chain = shortened(before.slice(start)) + word;
  return `${chain.slice(-MAX_NAME)} is not a ${isNew ? 'constructor' : 'function'}`;
}

/** Returns where the chain of names, indexes and calls begins that ends with a dot. */
function chainStart(text) {
  let at = text.length;
  for (;;) {
    const dot = /\??\.\s*$/.exec(text.slice(0, at));
    if (!dot) return at;
    let end = dot.index;
    end -= /\s*$/.exec(text.slice(0, end))[0].length;
    while (text[end - 1] === ')' || text[end - 1] === ']') end = opening(text, end - 1);
    const word = /[\w$]*$/.exec(text.slice(0, end))[0];
    if (!word && end === dot.index) return at;
    at = end - word.length;
  }
}

function opening(text, close) {
  let depth = 0;
  for (let at = close; at >= 0; at -= 1) {
    if (text[at] === ')' || text[at] === ']') depth += 1;
    if (text[at] === '(' || text[at] === '[') depth -= 1;
    if (depth === 0) return at;
  }
  return 0;
}

/** Leaves white space and the arguments of calls out. */
function shortened(chain) {
  let text = chain.replace(/\s+/g, '').replaceAll('?.', '.');
  for (let at = text.length - 1; at >= 0; at -= 1) {
    if (text[at] !== ')') continue;
    const open = opening(text, at);
    text = `${text.slice(0, open)}(...)${text.slice(at + 1)}`;
    at = open;
  }
  return text;
}
