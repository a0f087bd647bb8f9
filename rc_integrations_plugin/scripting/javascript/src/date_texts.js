// A Date that reads texts as Node.js does. The engine reads the usual ones alike and faster.
import { parseDate } from './date_parser.js';

const USUAL = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?)?$/;

/** The engine's own, of which the other one makes instances. */
export const EngineDate = Date;

/** Replaces Date by one that reads texts as Node.js does. */
export function installDateTexts(addGlobal) {
  const Real = EngineDate;
  const { parse } = Real;
  const local = (year, month, day, ...time) => {
    const at = new Real(Math.max(year, 100), month, day, ...time);
    if (year < 100) at.setFullYear(year, month, day);
    return year < 100 ? at.setHours(...time) : at.getTime();
  };
  const read = (text) => (USUAL.test(text) ? parse(text) : new Real(parseDate(text, local)).getTime());
  function Own(...values) {
    if (new.target === undefined) return Real();
    if (values.length === 1 && typeof values[0] === 'string') values[0] = read(values[0]);
    return Reflect.construct(Real, values, new.target);
  }
  Object.defineProperty(Own, 'name', { value: 'Date', configurable: true });
  Object.defineProperty(Own, 'length', { value: Real.length, configurable: true });
  Object.defineProperty(Own, 'prototype', { value: Real.prototype, writable: false });
  Object.defineProperty(Real.prototype, 'constructor', { value: Own, writable: true, configurable: true, enumerable: false });
  put(Own, 'now', Real.now);
  put(Own, 'UTC', Real.UTC);
  put(Own, 'parse', { parse: (text) => read(String(text)) }.parse);
  addGlobal('Date', Own);
}

function put(target, name, value) {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}
