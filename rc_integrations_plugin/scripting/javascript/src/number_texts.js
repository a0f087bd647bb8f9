// Numbers in bases other than ten, with as many digits as V8 writes (its
// DoubleToRadixCString): `Math.random().toString(36)` is what many scripts make ids of.
const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz';
const { toString } = Number.prototype;
const view = new DataView(new ArrayBuffer(8));

export function installNumberTexts() {
  const value = {
    toString(radix) {
      const number = typeof this === 'number' ? this : toString.call(this) && Number(this);
      if (radix === undefined || radix === 10 || Number.isSafeInteger(number)) {
        return toString.call(this, radix);
      }
      const base = Math.trunc(Number(radix));
      if (!(base >= 2 && base <= 36) || base === 10 || !Number.isFinite(number)) return toString.call(this, radix);
      return (number < 0 ? '-' : '') + inBase(Math.abs(number), base);
    },
  }.toString;
  Object.defineProperty(Number.prototype, 'toString', { value, writable: true, configurable: true, enumerable: false });
}

function inBase(value, base) {
  let integer = Math.floor(value);
  let fraction = value - integer;
  // Half of the distance to the next number: digits below it tell nothing.
  let delta = Math.max(0.5 * (nextAfter(value) - value), Number.MIN_VALUE);
  const digits = [];
  if (fraction >= delta) {
    do {
      fraction *= base;
      delta *= base;
      const digit = Math.trunc(fraction);
      digits.push(digit);
      fraction -= digit;
      if ((fraction > 0.5 || (fraction === 0.5 && digit % 2 === 1)) && fraction + delta > 1) {
        integer += roundUp(digits, base);
        break;
      }
    } while (fraction >= delta);
  }
  return integerInBase(integer, base) + (digits.length ? `.${digits.map((digit) => DIGITS[digit]).join('')}` : '');
}

/** Digits that a large number does not tell are zeros. */
function integerInBase(value, base) {
  let rest = value;
  let digits = '';
  for (; rest / base > Number.MAX_SAFE_INTEGER; rest /= base) digits += '0';
  do {
    const last = rest % base;
    digits = DIGITS[Math.trunc(last)] + digits;
    rest = (rest - last) / base;
  } while (rest > 0);
  return digits;
}

/** Adds one to the last digit, and returns what that carries over the point. */
function roundUp(digits, base) {
  while (digits.length) {
    const digit = digits.pop() + 1;
    if (digit < base) {
      digits.push(digit);
      return 0;
    }
  }
  return 1;
}

function nextAfter(value) {
  view.setFloat64(0, value);
  view.setBigUint64(0, view.getBigUint64(0) + 1n);
  return view.getFloat64(0);
}
