// Obeys the orders of the process around the engine, one after the other, for as long as it lives.
//
// One single evaluation waits for orders inside `host('next')`. Each new evaluation would make the
// engine collect its garbage twice, which costs more than a usual script and would copy the memory
// that the processes share.
import { describe, Fault } from './faults.js';
import { toData, typeName } from './results.js';

// Compiles a whole script and stops before its first statement.
const STOP = 'throw globalThis;';
const STRICT = /^(?:\s|\/\/[^\n]*\n|\/\*[^]*?\*\/)*(['"])use strict\1/;
const evaluateGlobally = eval;

export async function serve(host) {
  let instance;
  for (;;) {
    let order;
    try {
      order = host('next');
    } catch {
      host('reply', { fault: describe(new Fault('input', 'ScriptInput', 'the argument cannot be read')) });
      continue;
    }
    if (order.op === 'check') {
      host('reply', check(order.source));
      continue;
    }
    const fresh = order.source !== undefined;
    if (fresh) {
      try {
        instance = instantiate(order.source);
      } catch (error) {
        host('reply', { fresh, fault: describe(error, 'evaluation') });
        continue;
      }
    }
    let answer;
    try {
      answer = await call(instance, order.method, order.argument);
    } catch (error) {
      answer = { fault: describe(error, 'exception') };
    }
    answer.fresh = fresh;
    host('reply', answer);
  }
}

function check(source) {
  try {
    evaluateGlobally((STRICT.test(source) ? '"use strict";' : '') + STOP + source);
  } catch (error) {
    if (error === globalThis) return {};
    const fault = describe(error, 'syntax');
    if (fault.line === 1) fault.column = null;
    return { fault };
  }
  return {};
}

function instantiate(source) {
  const [Script] = evaluateGlobally(`${source}\n;[typeof Script === 'undefined' ? undefined : Script]`);
  if (typeof Script !== 'function') {
    throw new Fault('no-class', 'ScriptClassMissing', 'the script defines no class named Script');
  }
  return new Script();
}

async function call(instance, method, argument) {
  if (typeof instance?.[method] !== 'function') {
    throw new Fault('no-method', 'ScriptMethodMissing', `the class Script has no method ${method}`);
  }
  const value = await instance[method](argument);
  return { type: typeName(value), value: toData(value) };
}
