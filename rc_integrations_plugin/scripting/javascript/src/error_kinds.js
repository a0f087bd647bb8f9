// Errors that scripts make: their stack begins with name and message, as in Node.js, which writes it when it
// is read first. The engine writes the frames only.
import { frameLines } from './v8_errors.js';

const KINDS = ['Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError', 'AggregateError'];
const { toString } = Error.prototype;

/** Replaces the constructors of errors; must come when all other code of the world has its own. */
export function installErrorKinds(addGlobal) {
  const [First, ...others] = KINDS.map((name) => standIn(globalThis[name]));
  const { captureStackTrace } = Error;
  hide(First, 'captureStackTrace', { captureStackTrace(target, upTo) {
    captureStackTrace(target, upTo);
    withHeader(target);
  } }.captureStackTrace);
  // The engine looks for these at its own.
  for (const name of ['stackTraceLimit', 'prepareStackTrace']) pass(Error, First, name);
  for (const kind of [...others, InternalError]) Object.setPrototypeOf(kind, First);
  for (const kind of [First, ...others]) addGlobal(kind.name, kind);
}

function standIn(Real) {
  function Own(...values) {
    return withHeader(Reflect.construct(Real, values, new.target ?? Own));
  }
  Object.defineProperty(Own, 'prototype', { value: Real.prototype, writable: false });
  Object.defineProperty(Own, 'name', { value: Real.name, configurable: true });
  Object.defineProperty(Own, 'length', { value: Real.length, configurable: true });
  hide(Real.prototype, 'constructor', Own);
  return Own;
}

function hide(target, name, value) {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}

function pass(from, to, name) {
  Object.defineProperty(to, name, {
    get: () => from[name],
    set(value) {
      from[name] = value;
    },
    configurable: true,
    enumerable: false,
  });
}

function withHeader(error) {
  const { stack } = error;
  if (typeof stack !== 'string') return error;
  let written;
  Object.defineProperty(error, 'stack', {
    get() {
      written ??= [toString.call(error), ...frameLines(stack)].join('\n');
      return written;
    },
    set(value) {
      hide(error, 'stack', value);
    },
    configurable: true,
    enumerable: false,
  });
  return error;
}
