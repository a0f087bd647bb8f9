// What Babel's output says where destructuring and the like find nothing to take apart. Rocket.Chat ran
// such output, so this is what scripts put into their messages.
export const OPEN = '__script_open__';
export const NOTHING = '__script_nothing__';
export const HAS = '__script_in__';
export const ITERATE = '__script_iterate__';
export const SPREAD = '__script_spread__';
/** What an array pattern asks for, in place of the name of a property: the second if it takes all that are left. */
export const ITEMS = 0;
export const ALL_ITEMS = 1;

const OF_NO_ITEMS = 'instance.\nIn order to be iterable, non-array objects must have a [Symbol.iterator]() method.';

/** Returns what is said of something that has no items. */
export function noItems(verb) {
  return `Invalid attempt to ${verb} non-iterable ${OF_NO_ITEMS}`;
}

/** Returns what is said of null or undefined where items are wanted of it. */
export function nothingToIterate(value) {
  return `${value === null ? 'object null' : value} is not iterable (cannot read property Symbol(Symbol.iterator))`;
}

/**
 * Returns what is said of a pattern that is given nothing.
 *
 * @param wanted The name of a property, a list of the symbol or name if that was computed, ITEMS or ALL_ITEMS;
 * null if nothing is wanted by name.
 */
export function nothingToTake(wanted, value) {
  if (wanted === ALL_ITEMS && (value === null || value === undefined)) return nothingToIterate(value);
  if (wanted === ALL_ITEMS) return noItems('destructure');
  if (wanted === ITEMS) return noItems('destructure');
  if (wanted === null) return `Cannot destructure ${value}`;
  return `Cannot read properties of ${value} (reading '${String(typeof wanted === 'object' ? wanted[0] : wanted)}')`;
}

/** Gives scripts what their code calls after it was rewritten (see `patterns.js`). */
export function installBabelErrors(addGlobal) {
  addGlobal(OPEN, (value, wanted) => {
    const isNothing = value === null || value === undefined;
    if (isNothing || (typeof wanted === 'number' && typeof value[Symbol.iterator] !== 'function')) {
      throw new TypeError(nothingToTake(wanted, value));
    }
    return value;
  });
  addGlobal(ITERATE, (value) => {
    if (value === null || value === undefined) throw new TypeError(nothingToIterate(value));
    if (typeof (value[Symbol.iterator] ?? value[Symbol.asyncIterator]) !== 'function') throw new TypeError(noItems('iterate'));
    return value;
  });
  // The engine finds no characters in a text that is spread into an object.
  addGlobal(SPREAD, (value) => (typeof value === 'string' ? Object(value) : value));
  addGlobal(NOTHING, (wanted) => {
    throw new TypeError(nothingToTake(wanted, undefined));
  });
  addGlobal(HAS, (key, object) => {
    if ((typeof object !== 'object' && typeof object !== 'function') || object === null) {
      throw new TypeError(`Cannot use 'in' operator to search for '${String(key)}' in ${String(object)}`);
    }
    return key in object;
  });
}
