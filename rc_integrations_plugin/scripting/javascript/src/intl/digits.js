// How many digits of a number are shown.
import { decimalOf, roundTo, writeOut } from './decimal.js';
import { whole } from './locale.js';

/** Returns the options of digits, with a formatter's own defaults for those behind the point. */
export function digitsOptions(options, least, most, compact = false) {
  const minimumIntegerDigits = whole(options, 'minimumIntegerDigits', 1, 21, 1);
  if (options.minimumSignificantDigits !== undefined || options.maximumSignificantDigits !== undefined) {
    const minimumSignificantDigits = whole(options, 'minimumSignificantDigits', 1, 21, 1);
    const maximumSignificantDigits = whole(options, 'maximumSignificantDigits', minimumSignificantDigits, 21, 21);
    return { minimumIntegerDigits, minimumSignificantDigits, maximumSignificantDigits };
  }
  let minimum = whole(options, 'minimumFractionDigits', 0, 100);
  let maximum = whole(options, 'maximumFractionDigits', 0, 100);
  if (compact && minimum === undefined && maximum === undefined) return { minimumIntegerDigits, compact: true };
  minimum ??= Math.min(least, maximum ?? least);
  maximum ??= Math.max(most, minimum);
  if (minimum > maximum) throw new RangeError('maximumFractionDigits value is out of range.');
  return { minimumIntegerDigits, minimumFractionDigits: minimum, maximumFractionDigits: maximum };
}

export function rounded(decimal, digits) {
  if (digits.compact) return roundTo(decimal, decimal.point >= 2 ? 0 : 2 - decimal.point);
  if (digits.maximumSignificantDigits) return roundTo(decimal, digits.maximumSignificantDigits - decimal.point);
  return roundTo(decimal, digits.maximumFractionDigits);
}

/** Returns the whole digits and those behind the point of a number that has been rounded. */
export function shown(decimal, digits) {
  const least = digits.minimumSignificantDigits ? digits.minimumSignificantDigits - Math.max(decimal.point, decimal.digits ? -Infinity : 1) : (digits.minimumFractionDigits ?? 0);
  return writeOut(decimal, digits.minimumIntegerDigits, Math.max(least, 0));
}

export function visible(value, digits) {
  return shown(rounded(decimalOf(value), digits), digits);
}
