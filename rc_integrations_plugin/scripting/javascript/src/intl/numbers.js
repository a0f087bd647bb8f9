import { decimalOf, shifted } from './decimal.js';
import { digitsOptions, rounded, shown } from './digits.js';
import { choice, optionsOf, resolve, supportedLocalesOf } from './locale.js';
import { chosen } from './plurals.js';

const NO_CENTS = /^(?:BIF|CLP|DJF|GNF|ISK|JPY|KMF|KRW|PYG|RWF|UGX|UYI|VND|VUV|XAF|XOF|XPF)$/;
const THREE = /^(?:BHD|IQD|JOD|KWD|LYD|OMR|TND)$/;
const UNKNOWN = 'XTS';
const UNIT_DISPLAYS = ['short', 'long', 'narrow'];

export class NumberFormat {
  #locale;

  #options;

  #digits;

  constructor(locales, options) {
    const given = optionsOf(options);
    this.#locale = resolve(locales);
    this.#options = read(given);
    const { style, currency, notation } = this.#options;
    const cents = style !== 'currency' || notation !== 'standard' ? undefined : NO_CENTS.test(currency) ? 0 : THREE.test(currency) ? 3 : 2;
    const most = cents ?? (style === 'percent' || style === 'currency' ? 0 : 3);
    this.#digits = digitsOptions(given, cents ?? 0, most, notation === 'compact');
    if (given.style === 'percent' && notation === 'compact') this.#digits = digitsOptions(given, 0, 0, true);
  }

  static supportedLocalesOf(locales) {
    return supportedLocalesOf(locales);
  }

  get format() {
    return (value) => this.formatToParts(value).map((part) => part.value).join('');
  }

  formatToParts(value) {
    const number = numeric(value);
    const { data } = this.#locale;
    if (Number.isNaN(number)) return this.#around([{ type: 'nan', value: data.nan }], false, true, 'other');
    if (number === Infinity || number === -Infinity) return this.#around([{ type: 'infinity', value: '∞' }], number < 0, false, 'other');
    let decimal = decimalOf(number);
    if (this.#options.style === 'percent') decimal = shifted(decimal, 2);
    const scaled = this.#scaled(decimal);
    const [whole, fraction] = shown(scaled.decimal, this.#digits);
    const parts = this.#grouped(whole);
    if (fraction) parts.push({ type: 'decimal', value: data.decimal }, { type: 'fraction', value: fraction });
    if (scaled.power !== undefined) {
      parts.push({ type: 'exponentSeparator', value: data.exponent });
      if (scaled.power < 0) parts.push({ type: 'exponentMinusSign', value: data.minus });
      parts.push({ type: 'exponentInteger', value: String(Math.abs(scaled.power)) });
    }
    const written = fraction ? `${whole}.${fraction}` : whole;
    return this.#around(parts, scaled.decimal.negative, !scaled.decimal.digits, written, scaled.words);
  }

  /** Returns the number as it is shown, in thousands or powers of ten where that is asked for. */
  #scaled(decimal) {
    const { notation, compactDisplay } = this.#options;
    if (notation === 'standard') return { decimal: rounded(decimal, this.#digits) };
    if (notation !== 'compact') {
      const step = notation === 'engineering' ? 3 : 1;
      let power = decimal.digits ? Math.floor((decimal.point - 1) / step) * step : 0;
      let mantissa = rounded(shifted(decimal, -power), this.#digits);
      if (mantissa.point > step) {
        power += step;
        mantissa = rounded(shifted(decimal, -power), this.#digits);
      }
      return { decimal: mantissa, power };
    }
    const table = this.#locale.data.compact[compactDisplay === 'long' ? 1 : 0];
    const at = (exponent) => table[Math.min(Math.max(exponent - 3, -1), table.length - 1)];
    const scale = (exponent) => (exponent < 3 ? 0 : Math.min(exponent, 14) - at(exponent)[0] + 1);
    let exponent = decimal.point - 1;
    let result = rounded(shifted(decimal, -scale(exponent)), this.#digits);
    const grown = result.point + scale(exponent) - 1;
    if (grown > exponent && scale(grown) !== scale(exponent)) {
      exponent = grown;
      result = rounded(shifted(decimal, -scale(exponent)), this.#digits);
    }
    return { decimal: result, words: exponent < 3 ? undefined : at(exponent)[1] };
  }

  #grouped(whole) {
    const { data } = this.#locale;
    const { useGrouping, style } = this.#options;
    const separator = style === 'currency' ? data.currencyGroup : data.group;
    const least = useGrouping === 'always' ? 1 : useGrouping === 'min2' ? 2 : data.minimumGrouping;
    if (useGrouping === false || !separator || whole.length < 3 + least) return [{ type: 'integer', value: whole }];
    const groups = [whole.slice(-3)];
    const size = data.lakh ? 2 : 3;
    for (let rest = whole.slice(0, -3); rest; rest = rest.slice(0, -size)) groups.unshift(rest.slice(-size));
    return groups.flatMap((group, at) => (at ? [{ type: 'group', value: separator }, { type: 'integer', value: group }] : [{ type: 'integer', value: group }]));
  }

  #around(number, negative, zero, written, words) {
    const sign = this.#sign(negative, zero);
    let pattern = this.#pattern(sign, written);
    if (words) pattern = pattern.replace('#', () => chosen(words, this.#locale, written));
    const at = pattern.indexOf('#');
    return [...this.#affix(pattern.slice(0, at)), ...number, ...this.#affix(pattern.slice(at + 1))];
  }

  #sign(negative, zero) {
    switch (this.#options.signDisplay) {
      case 'never': return '';
      case 'always': return negative ? '-' : '+';
      case 'exceptZero': return zero ? '' : negative ? '-' : '+';
      case 'negative': return negative && !zero ? '-' : '';
      default: return negative ? '-' : '';
    }
  }

  #pattern(sign, written) {
    const { data } = this.#locale;
    const [positive, negative] = this.#patterns(written);
    if (!sign) return positive;
    if (sign === '-') return negative;
    return negative.includes(data.minus) ? negative.replace(data.minus, data.plus) : data.plus + positive;
  }

  #patterns(written) {
    const { style, currency, currencyDisplay, currencySign, unit, unitDisplay } = this.#options;
    const { data } = this.#locale;
    const signed = (pattern) => [pattern, pattern.replace('#', `${data.minus}#`)];
    if (style === 'percent') return data.percent;
    if (style === 'unit') {
      const words = data.units[unit]?.[UNIT_DISPLAYS.indexOf(unitDisplay)];
      return signed(words ? chosen(words, this.#locale, written) : `# ${unit}`);
    }
    if (style !== 'currency') return signed('#');
    const byCode = currencyDisplay === 'code' || !data.currencies[currency];
    const [positive, minus, account, accountMinus, narrow, narrowMinus, name] = data.currencies[byCode ? UNKNOWN : currency];
    const named = (text) => (byCode ? text.replace(UNKNOWN, currency) : text);
    if (currencyDisplay === 'name') {
      return signed(byCode ? `# ${currency}` : chosen(name, this.#locale, written));
    }
    if (currencyDisplay === 'narrowSymbol' && !byCode) return [narrow || positive, narrowMinus || minus];
    return (currencySign === 'accounting' ? [account || positive, accountMinus] : [positive, minus]).map(named);
  }

  #affix(text) {
    const { data } = this.#locale;
    const { style, notation } = this.#options;
    const word = style === 'currency' ? 'currency' : style === 'unit' ? 'unit' : notation === 'compact' ? 'compact' : 'literal';
    const parts = [];
    for (const [piece] of text.matchAll(/[\s\u200e\u200f]+|[^\s\u200e\u200f]+/g)) {
      if (!piece.trim()) parts.push({ type: 'literal', value: piece });
      else parts.push(...signs(piece, data, word));
    }
    return parts;
  }

  resolvedOptions() {
    const { compact, ...digits } = this.#digits;
    const options = Object.fromEntries(Object.entries(this.#options).filter(([, value]) => value !== undefined));
    const { style } = options;
    if (style !== 'currency') ['currency', 'currencyDisplay', 'currencySign'].forEach((name) => delete options[name]);
    if (style !== 'unit') ['unit', 'unitDisplay'].forEach((name) => delete options[name]);
    if (options.notation !== 'compact') delete options.compactDisplay;
    return {
      locale: this.#locale.tag,
      numberingSystem: 'latn',
      ...options,
      ...(compact ? { ...digits, minimumFractionDigits: 0, maximumFractionDigits: 0 } : digits),
      roundingIncrement: 1,
      roundingMode: 'halfExpand',
      roundingPriority: compact ? 'morePrecision' : 'auto',
      trailingZeroDisplay: 'auto',
    };
  }
}

function signs(piece, { minus, plus }, word) {
  const kinds = { [minus]: 'minusSign', [plus]: 'plusSign', '%': 'percentSign' };
  const [, before, body, after] = /^([-+\u2212]?)([^]*?)([-+\u2212%]?)$/.exec(piece);
  return [before, body, after].filter(Boolean).map((value) => ({ type: kinds[value] ?? word, value }));
}

function numeric(value) {
  if (typeof value === 'bigint') return value;
  return Number(value);
}

function read(given) {
  const style = choice(given, 'style', ['decimal', 'percent', 'currency', 'unit'], 'decimal');
  const { currency, unit } = given;
  if (currency !== undefined && !/^[a-z]{3}$/i.test(currency)) throw new RangeError(`Invalid currency code : ${currency}`);
  if (style === 'currency' && currency === undefined) throw new TypeError('Currency code is required with currency style.');
  if (style === 'unit' && unit === undefined) throw new TypeError('Required unit option is missing.');
  const notation = choice(given, 'notation', ['standard', 'scientific', 'engineering', 'compact'], 'standard');
  return {
    style,
    currency: currency === undefined ? undefined : String(currency).toUpperCase(),
    currencyDisplay: choice(given, 'currencyDisplay', ['code', 'symbol', 'narrowSymbol', 'name'], 'symbol'),
    currencySign: choice(given, 'currencySign', ['standard', 'accounting'], 'standard'),
    unit: unit === undefined ? undefined : String(unit),
    unitDisplay: choice(given, 'unitDisplay', UNIT_DISPLAYS, 'short'),
    notation,
    compactDisplay: choice(given, 'compactDisplay', ['short', 'long'], 'short'),
    useGrouping: grouping(given.useGrouping, notation),
    signDisplay: choice(given, 'signDisplay', ['auto', 'never', 'always', 'exceptZero', 'negative'], 'auto'),
  };
}

function grouping(value, notation) {
  if (value === undefined || value === 'true' || value === 'false') return notation === 'compact' ? 'min2' : 'auto';
  if (value === true) return 'always';
  if (!value) return false;
  if (!['min2', 'auto', 'always'].includes(String(value))) throw new RangeError(`Value ${value} out of range for Intl.NumberFormat options property useGrouping`);
  return String(value);
}
