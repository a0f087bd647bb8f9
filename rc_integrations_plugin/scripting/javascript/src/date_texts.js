// Dates that Node.js reads and the engine does not, or the other way round.
const SMALL_T = /^(\d{4}-\d\d-\d\d)t(?=\d\d:)/;
const SMALL_Z = /^(\d{4}-\d\d-\d\dT[\d:.]+)z$/;
// An hour alone is no zone behind an ISO time.
const SHORT_ZONE = /^\d{4}-\d\d-\d\dT[\d:.]+[+-]\d\d$/;

/** The engine's own, of which the other one makes instances. */
export const EngineDate = Date;

/** Replaces Date by one that reads texts as Node.js does. */
export function installDateTexts(addGlobal) {
  const Real = EngineDate;
  const { parse } = Real;
  function Own(...values) {
    if (new.target === undefined) return Real();
    if (values.length === 1 && typeof values[0] === 'string') values[0] = readable(values[0]);
    return Reflect.construct(Real, values, new.target);
  }
  Object.defineProperty(Own, 'name', { value: 'Date', configurable: true });
  Object.defineProperty(Own, 'length', { value: Real.length, configurable: true });
  Object.defineProperty(Own, 'prototype', { value: Real.prototype, writable: false });
  Object.defineProperty(Real.prototype, 'constructor', { value: Own, writable: true, configurable: true, enumerable: false });
  put(Own, 'now', Real.now);
  put(Own, 'UTC', Real.UTC);
  put(Own, 'parse', { parse: (text) => parse(readable(String(text))) }.parse);
  addGlobal('Date', Own);
}

function readable(text) {
  if (SHORT_ZONE.test(text)) return '';
  return text.replace(SMALL_T, '$1T').replace(SMALL_Z, '$1Z');
}

function put(target, name, value) {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}
