// Numbers as decimal digits, rounded as people round them: half away from zero, of the shortest digits
// that stand for the number, so that 1.005 becomes 1.01.

/** Returns `{negative, digits, point}`: the digits without leading zeros, and how many are whole. */
export function decimalOf(value) {
  const text = typeof value === 'bigint' ? value.toString() : Object.is(value, -0) ? '-0' : String(value);
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(text);
  const all = whole + fraction;
  const digits = all.replace(/^0+/, '');
  const point = whole.length + Number(exponent) - (all.length - digits.length);
  return { negative: sign === '-', digits: digits.replace(/0+$/, ''), point: digits ? point : 0 };
}

export function shifted(number, places) {
  return { ...number, point: number.digits ? number.point + places : 0 };
}

/** Keeps so many digits behind the point; a negative number rounds before it. */
export function roundTo({ negative, digits, point }, places) {
  const kept = point + places;
  if (kept >= digits.length) return { negative, digits, point };
  if (kept < 0) return { negative, digits: '', point: 0 };
  const up = digits[kept] >= '5';
  if (!up) return trimmed(negative, digits.slice(0, kept), point);
  const grown = (BigInt(digits.slice(0, kept) || '0') + 1n).toString().padStart(kept, '0');
  return trimmed(negative, grown, point + grown.length - kept);
}

function trimmed(negative, text, point) {
  const digits = text.replace(/0+$/, '');
  return { negative, digits, point: digits ? point : 0 };
}

/** Returns the whole digits and those behind the point, at least so many. */
export function writeOut({ digits, point }, minimumWhole, minimumFraction) {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '';
  const fraction = point >= digits.length ? '' : '0'.repeat(Math.max(-point, 0)) + digits.slice(Math.max(point, 0));
  return [whole.padStart(minimumWhole, '0'), fraction.padEnd(minimumFraction, '0')];
}
