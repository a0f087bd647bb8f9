// The parts of a date that can be asked for, each with its widths, in the order in which the data has
// the patterns for all combinations.
const NUMBERS = [undefined, 'numeric', '2-digit'];
const WORDS = ['long', 'short', 'narrow'];

export const WIDTHS = {
  weekday: [undefined, ...WORDS],
  year: NUMBERS,
  month: [...NUMBERS, ...WORDS],
  day: NUMBERS,
  hour: NUMBERS,
  minute: NUMBERS,
  second: NUMBERS,
};
export const TIME_STYLES = ['full', 'long', 'medium', 'short'];

export function* combinations([first, ...rest]) {
  if (first === undefined) {
    yield {};
    return;
  }
  for (const width of WIDTHS[first]) {
    for (const others of combinations(rest)) yield width ? { [first]: width, ...others } : others;
  }
}

/** Returns the number of a combination. */
export function combinationOf(names, options) {
  return names.reduce((number, name) => number * WIDTHS[name].length + WIDTHS[name].indexOf(options[name]), 0);
}
