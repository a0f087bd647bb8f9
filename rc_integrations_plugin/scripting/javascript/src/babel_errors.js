// What Babel's output says where destructuring and the like find nothing to take apart. Rocket.Chat ran
// such output, so this is what scripts put into their messages.
export const OPEN = '__script_open__';
export const NOTHING = '__script_nothing__';
export const HAS = '__script_in__';
/** What an array pattern asks for, in place of the name of a property. */
export const ITEMS = 0;

const OF_NO_ITEMS = 'instance.\nIn order to be iterable, non-array objects must have a [Symbol.iterator]() method.';

/** Returns what is said of something that has no items. */
export function noItems(verb) {
  return `Invalid attempt to ${verb} non-iterable ${OF_NO_ITEMS}`;
}

/** Returns what is said of a pattern that is given nothing. */
export function nothingToTake(wanted, value) {
  if (wanted === ITEMS) return noItems('destructure');
  if (wanted === null) return `Cannot destructure ${value}`;
  return `Cannot read properties of ${value} (reading '${wanted}')`;
}

/** Gives scripts what their code calls after it was rewritten (see `patterns.js`). */
export function installBabelErrors(addGlobal) {
  addGlobal(OPEN, (value, wanted) => {
    const isNothing = value === null || value === undefined;
    if (isNothing || (wanted === ITEMS && typeof value[Symbol.iterator] !== 'function')) {
      throw new TypeError(nothingToTake(wanted, value));
    }
    return value;
  });
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
