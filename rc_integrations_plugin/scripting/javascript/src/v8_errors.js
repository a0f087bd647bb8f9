// Errors as Node.js words them. Scripts put `error.message` and `error.stack` into the texts they post, and
// whoever reads a fault knows these words.
import { notCallable } from './call_printer.js';
import { inV8Words } from './engine_words.js';
import { wordsForSyntax } from './eval_words.js';
import { refusedChange } from './refused_changes.js';
import { columnOfByte } from './script_source.js';
import { takenFromNull, withoutItems } from './taken_apart.js';

const PROPERTY = /^cannot (read|set) property '([^]*)' of (null|undefined)$/;
export const CAUGHT = '__script_caught__';
const FRAME = /^ {4}at (?:(.*?) \()?(<input>|script):(\d+):(\d+)\)?$/gm;
const FRAME_OF_ENGINE = /^ {4}at .*(?:<input>|<dukpy>|native)|^$/m;
const FIRST_OWN_FRAME = /^ {4}at (?:.*? \()?<input>/;
const FIRST_NATIVE_FRAME = /^ {4}at (\w+) \(native\)/;
// The second is what the engine says where there is no memory left for the words.
export const OUT_OF_MEMORY = /^out of memory|^Invalid error message$/;
const NoMemory = InternalError;

/** Gives scripts what their `catch` clauses call first (see `sloppy.js`), and `Promise.then` the same. */
export function installErrorTexts(addGlobal, endWithoutMemory) {
  // Who catches that there is no memory would fail at whatever he does next.
  const own = (error) => {
    if (error instanceof NoMemory && OUT_OF_MEMORY.test(error.message)) endWithoutMemory();
    return reword(error);
  };
  addGlobal(CAUGHT, (error) => {
    own(error);
  });
  const { then } = Promise.prototype;
  hide(Promise.prototype, 'then', { then(run, runAfterError) {
    return then.call(this, run, typeof runAfterError === 'function' ? (error) => runAfterError(own(error)) : runAfterError);
  } }.then);
}

function hide(target, name, value) {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
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
  if (error instanceof AggregateError && error.message === '') hide(error, 'message', 'All promises were rejected');
  const stack = Object.getOwnPropertyDescriptor(error, 'stack');
  if (typeof stack?.value !== 'string' || !FRAME_OF_ENGINE.test(stack.value)) return;
  const frames = framesOf(stack.value);
  const message = Object.getOwnPropertyDescriptor(error, 'message');
  if (typeof message?.value === 'string') {
    // An error that is thrown within a method of the engine has no frame of the script in front.
    const place = FIRST_OWN_FRAME.test(stack.value) ? frames[0] : undefined;
    const [, method] = FIRST_NATIVE_FRAME.exec(stack.value) ?? [];
    const better = betterMessage(message.value, error, { method, place });
    if (better !== message.value) Object.defineProperty(error, 'message', { ...message, value: better });
  }
  Object.defineProperty(error, 'stack', { ...stack, value: [`${error.name}: ${error.message}`, ...linesOf(frames)].join('\n') });
}

/** Returns the lines of a stack that tell of places in the script. */
export function frameLines(stack) {
  return linesOf(framesOf(stack));
}

function linesOf(frames) {
  return frames.map(({ name, line, column }) => `    at ${name} (script:${line}:${column})`);
}

/** Returns the places in the script that a stack tells of. */
export function framesOf(stack) {
  return [...stack.matchAll(FRAME)].map(([, name, file, line, column]) => ({
    name: name || '<anonymous>',
    line: Number(line),
    column: file === '<input>' ? columnOf(Number(line), Number(column)) : Number(column),
  }));
}

function columnOf(line, column) {
  // The engine counts columns from 1, but from 0 in the first line.
  return columnOfByte(line, line === 1 ? column + 1 : column);
}

function betterMessage(message, error, { method, place }) {
  if (error.name === 'InternalError' && message === 'stack overflow') {
    Object.setPrototypeOf(error, RangeError.prototype);
    return 'Maximum call stack size exceeded';
  }
  if (error.constructor === Error) return message;
  if (error instanceof SyntaxError) return wordsForSyntax(message);
  const [, verb, name, value] = PROPERTY.exec(message) ?? [];
  if (verb === 'read' && name === 'Symbol.iterator') return withoutItems(place, value);
  if (verb) return `Cannot ${verb} properties of ${value} (${verb === 'read' ? 'reading' : 'setting'} '${inWords(name)}')`;
  // A method of the engine was given no function to call.
  if (message === 'not a function' && place) return notCallable(place, 'function');
  if (error instanceof URIError) return 'URI malformed';
  if (!place) return inV8Words(message, method);
  if (message === 'not a constructor') return notCallable(place, 'constructor');
  if (message === 'value is not iterable') return withoutItems(place);
  if (message === 'Cannot convert undefined or null to object') return takenFromNull(place);
  return refusedChange(message, place) ?? inV8Words(message);
}

function inWords(name) {
  return name.startsWith('Symbol.') ? `Symbol(${name})` : name;
}
