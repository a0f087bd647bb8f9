// What the tools of script authors ask for: a review of the source, the values in the Store, and a
// clock and chance that stand still.
import { EngineDate } from './date_texts.js';
import { describe } from './faults.js';
import { inspect } from './inspect.js';
import { toData } from './results.js';

const evaluateGlobally = eval;

/** Runs the checker, which comes with the order: it is needed too rarely to be in each process. */
export function review({ checker, skip_transpile: strictClasses }, source) {
  try {
    const found = evaluateGlobally(`${checker};__checker`).review(source, { strictClasses });
    return { type: 'array', value: found };
  } catch (error) {
    return { fault: describe(error, 'exception') };
  }
}

/** Returns the Store as data; what is no data is shown as text. */
export function showStore(store) {
  const values = Object.create(null);
  for (const [key, value] of store ?? []) {
    try {
      values[key] = toData(value);
    } catch {
      values[key] = inspect(value);
    }
  }
  return { type: 'object', value: values };
}

export function holdStill({ now, random }) {
  if (typeof now === 'number') holdTime(now);
  if (typeof random === 'number') Math.random = () => random;
}

/** Has `new Date()`, `Date()` and `Date.now()`, and with them moment, tell one time for ever. */
function holdTime(milliseconds) {
  const Real = Date;
  const Held = new Proxy(Real, {
    construct: (_target, values, type) => Reflect.construct(Real, values.length ? values : [milliseconds], type === Held ? Real : type),
    apply: () => new Real(milliseconds).toString(),
  });
  Real.now = EngineDate.now = globalThis._.now = () => milliseconds;
  Real.prototype.constructor = Held;
  globalThis.Date = Held;
}
