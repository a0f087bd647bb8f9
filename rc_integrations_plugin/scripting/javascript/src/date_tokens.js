// What a text is made of where it may be a date: the tokens of V8's DateStringTokenizer.
const DIGITS = 9;
const SIZE_OF_PREFIX = 3;
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const ZONES = { ut: 0, utc: 0, z: 0, gmt: 0, cdt: -5, cst: -6, edt: -4, est: -5, mdt: -6, mst: -7, pdt: -7, pst: -8 };
const HALVES = { am: 0, pm: 12 };
const TOKEN = /(\d+)|([:+.)-])|((?:(?!\s)[A-\uffff])+)|(\s)|\(|[^]/gy;
export const END = { kind: 'end' };

export class Scanner {
  #text;

  #at = 0;

  constructor(text) {
    this.#text = text;
    this.next();
  }

  /** Returns the token that was next; the one behind it is then `peek`. */
  next() {
    const token = this.peek;
    TOKEN.lastIndex = this.#at;
    const [all, digits, symbol, word, blank] = TOKEN.exec(this.#text) ?? [];
    this.#at += all?.length ?? 0;
    if (all === undefined) this.peek = END;
    else if (digits) this.peek = { kind: 'number', value: numeral(digits), length: digits.length };
    else if (symbol) this.peek = { kind: symbol };
    else if (word) this.peek = keyword(word);
    else this.peek = { kind: blank ? 'blank' : 'unknown' };
    if (all === '(') this.#skipParentheses();
    return token;
  }

  skip(symbol) {
    const is = this.peek.kind === symbol;
    if (is) this.next();
    return is;
  }

  /** Tells whether a number of so many digits comes next, and lies in a range. */
  hasNumber(length, low = 0, high = Infinity) {
    const { kind, value, length: given } = this.peek;
    return kind === 'number' && given === length && value >= low && value <= high;
  }

  #skipParentheses() {
    let open = 1;
    for (; open > 0 && this.#at < this.#text.length; this.#at += 1) {
      if (this.#text[this.#at] === ')') open -= 1;
      else if (this.#text[this.#at] === '(') open += 1;
    }
  }
}

/** Returns the number that the digits are for V8, which reads no more than nine. */
function numeral(digits) {
  return Number(digits.replace(/^0+/, '').slice(0, DIGITS));
}

function keyword(word) {
  const name = word.slice(0, SIZE_OF_PREFIX).toLowerCase();
  const month = MONTHS.indexOf(name) + 1;
  if (month) return { kind: 'month', value: month };
  if (word.length > SIZE_OF_PREFIX) return { kind: 'word' };
  if (name === 't') return { kind: 'T' };
  if (Object.hasOwn(ZONES, name)) return { kind: 'zone', value: ZONES[name], isZ: name === 'z' };
  return Object.hasOwn(HALVES, name) ? { kind: 'half', value: HALVES[name] } : { kind: 'word' };
}
