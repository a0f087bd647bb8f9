// Obeys the orders of the process around the engine, one after the other, for as long as it lives.
//
// One single evaluation waits for orders inside `host('next')`. Each new evaluation would make the
// engine collect its garbage twice, which costs more than a usual script and would copy the memory
// that the processes share.
import { originalColumn } from './edits.js';
import { describe, Fault } from './faults.js';
import { noteContent } from './parsed_content.js';
import { installRegExpStatics } from './regexp_statics.js';
import { expectResultsOf, toText, typeName } from './results.js';
import { quoteFrom } from './script_source.js';
import { compile, syntaxError } from './sloppy.js';
import { columnAfterMark } from './statement_places.js';
import { holdStill, review, showStore } from './workbench.js';

// Compiles a whole script and stops before its first statement.
const STOP = 'throw globalThis;';
const STRICT = /^(?:\s|\/\/[^\n]*\n|\/\*[^]*?\*\/)*(['"])use strict\1/;
const METHODS = ['process_incoming_request', 'prepare_outgoing_request', 'process_outgoing_response'];
// Orders whose answers grow with the script.
const GROWING = new Set(['compile', 'rewrite']);
const evaluateGlobally = eval;
const { hasOwn } = Object;

export async function serve({ host, settle, fetches, addGlobal }) {
  const world = { settle, addGlobal, instance: undefined, store: undefined, code: '', shifts: [] };
  // Now the evaluation of the libraries ends and frees what only it needed, before any fork.
  await null;
  for (;;) {
    let order;
    try {
      order = host('next');
    } catch {
      host('reply', { fault: describe(new Fault('input', 'ScriptInput', 'the argument cannot be read')) });
      continue;
    }
    const reply = order.op === 'call' ? answer(world, order) : answerAuthor(world, order);
    // Most methods are not async; to wait for nothing would leave garbage behind each call.
    const told = typeof reply.then === 'function' ? await reply : reply;
    if (fetches.any()) await fetches.makeLeftBehind();
    try {
      if (typeof told === 'string') host(told);
      else host(GROWING.has(order.op) ? 'compiled' : 'reply', told);
    } catch (error) {
      // The memory may just have been enough until here.
      host('reply', { fault: describe(error, 'bad-result') });
    }
    // Work that a script left behind gets its turn.
    await null;
  }
}

function answerAuthor({ store }, order) {
  switch (order.op) {
    case 'compile': return compileOnly(order);
    case 'rewrite': return { type: 'object', value: compile(withoutInterpreter(order.source)) };
    case 'review': return review(order, withoutInterpreter(order.source));
    default: return showStore(store);
  }
}

/** Turns a first line for Unix into a comment of the same length. */
function withoutInterpreter(source) {
  return source.startsWith('#!') ? `//${source.slice(2)}` : source;
}

/** Returns what the script is to be run as, if that compiles; nothing of it is run. */
function compileOnly({ source: given, skip_transpile: asItIs }) {
  const source = withoutInterpreter(given);
  const compiled = asItIs ? { code: source } : compile(source);
  try {
    evaluateGlobally((STRICT.test(compiled.code) ? '"use strict";' : '') + STOP + compiled.code);
  } catch (error) {
    return error === globalThis ? { type: 'object', value: compiled } : { fault: syntaxFault(error, source) };
  }
  return { type: 'object', value: compiled };
}

function syntaxFault(error, source) {
  const fault = describe(error, 'syntax');
  const place = syntaxError(source);
  if (!place) return { ...fault, column: null };
  return { ...fault, ...place, stack: `    at script:${place.line}:${place.column}` };
}

function answer(world, order) {
  const fresh = hasOwn(order, 'compiled');
  if (fresh) {
    try {
      instantiate(world, order);
    } catch (error) {
      const fault = describe(error, 'evaluation');
      return { fresh, fault: fault.kind === 'syntax' ? syntaxFault(error, order.compiled.code) : placed(fault, world) };
    }
  }
  try {
    const value = call(world.instance, order);
    return typeof value?.then === 'function' ? later(world, fresh, value) : result(fresh, value);
  } catch (error) {
    return failure(world, fresh, error);
  }
}

async function later(world, fresh, promise) {
  try {
    return result(fresh, await world.settle(Promise.resolve(promise)));
  } catch (error) {
    return failure(world, fresh, error);
  }
}

/** Returns an answer as text: as data, it would be written a second time. */
function result(fresh, value) {
  const text = toText(value);
  return `{"fresh":${fresh},"type":"${typeName(value)}"${text === undefined ? '' : `,"value":${text}`}}`;
}

function failure(world, fresh, error) {
  return { fresh, fault: placed(describe(error, 'exception'), world) };
}

function placed(fault, world) {
  if (fault.line && fault.column) fault.column = columnAsSaved(world, fault.line, fault.column);
  if (fault.stack) {
    fault.stack = fault.stack.replace(
      /script:(\d+):(\d+)/g,
      (_all, line, column) => `script:${line}:${columnAsSaved(world, Number(line), Number(column))}`,
    );
  }
  return fault;
}

function columnAsSaved({ code, shifts }, line, column) {
  return originalColumn(shifts, line, columnAfterMark(code, line, column));
}

function instantiate(world, order) {
  const { code: given, globals = [], exported = false, shifts = [] } = order.compiled;
  const code = withoutInterpreter(given);
  holdStill(order);
  expectResultsOf(code);
  Object.assign(world, { code, shifts });
  world.store = addStore(world.addGlobal);
  installRegExpStatics(code);
  for (const name of globals) {
    if (!(name in globalThis)) globalThis[name] = undefined;
  }
  const module = { exports: {} };
  if (exported) {
    world.addGlobal('module', module);
    world.addGlobal('exports', module.exports);
  }
  quoteFrom(code);
  const [declared] = evaluateGlobally(`${code}\n;[typeof Script === 'undefined' ? undefined : Script]`);
  const found = [declared, module.exports, module.exports?.Script, module.exports?.default];
  world.instance = instanceOf(found, [order.method, ...METHODS]);
}

/** Returns an instance of the first class that was found, or the first object that has one of the methods. */
function instanceOf(found, methods) {
  const Script = found.find((one) => typeof one === 'function');
  if (Script) return new Script();
  const instance = found.find((one) => methods.some((name) => typeof one?.[name] === 'function'));
  if (!instance) throw new Fault('no-class', 'ScriptClassMissing', 'the script defines no class named Script');
  return instance;
}

function addStore(addGlobal) {
  const values = new Map();
  addGlobal('Store', {
    set(key, value) {
      values.set(String(key), value);
      return value;
    },
    get(key) {
      return values.get(String(key));
    },
  });
  return values;
}

function call(instance, { method, argument }) {
  if (typeof instance?.[method] !== 'function') {
    throw new Fault('no-method', 'ScriptMethodMissing', `the class Script has no method ${method}`);
  }
  noteContent(argument);
  return instance[method](argument);
}
