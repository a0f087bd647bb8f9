// What locales need to write numbers, spans of time and lists, as Node.js has it.
const CURRENCIES = [
  'USD', 'EUR', 'GBP', 'JPY', 'CNY', 'CHF', 'CAD', 'AUD', 'NZD', 'SEK', 'NOK', 'DKK', 'ISK', 'PLN', 'CZK', 'HUF', 'RON', 'BGN', 'RUB',
  'UAH', 'TRY', 'BRL', 'MXN', 'ARS', 'CLP', 'COP', 'INR', 'KRW', 'SGD', 'HKD', 'TWD', 'THB', 'IDR', 'VND', 'PHP', 'MYR', 'ZAR', 'ILS', 'AED',
  'SAR', 'EGP', 'NGN', 'BTC', 'XTS',
];
const UNITS = [
  'millisecond', 'second', 'minute', 'hour', 'day', 'week', 'month', 'year', 'bit', 'byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte',
  'percent', 'celsius', 'fahrenheit', 'degree', 'meter', 'kilometer', 'centimeter', 'millimeter', 'mile', 'foot', 'inch',
  'kilometer-per-hour', 'mile-per-hour', 'liter', 'milliliter', 'gram', 'kilogram', 'pound', 'megabit-per-second',
];
const SPANS = ['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'];
const NUMERIC = new Set(['integer', 'group', 'decimal', 'fraction', 'nan', 'infinity', 'exponentSeparator', 'exponentInteger', 'exponentMinusSign']);
// Each language's plurals are among these.
const AMOUNTS = [0, 1, 2, 3, 5, 11, 21, 100, 1000000, 1.5];

/** Returns the text around a number, with # in its place. */
function around(parts) {
  const texts = parts.map(({ type, value }) => (NUMERIC.has(type) ? '#' : value)).join('');
  return texts.replace(/#+/, '#');
}

function byPlural(tag, format) {
  const rules = new Intl.PluralRules(tag);
  const found = {};
  for (const amount of AMOUNTS) found[rules.select(amount)] ??= format(amount);
  return compact(found);
}

function compact(found) {
  for (const category of Object.keys(found)) if (category !== 'other' && found[category] === found.other) delete found[category];
  return Object.keys(found).length === 1 && 'other' in found ? found.other : found;
}

export function numbersOf(tag) {
  const parts = (value, options = {}) => new Intl.NumberFormat(tag, options).formatToParts(value);
  const sign = (type, value, options) => parts(value, options).find((part) => part.type === type)?.value;
  const four = sign('group', 1234) !== undefined;
  return {
    decimal: sign('decimal', 0.5),
    group: sign('group', 123456789),
    currencyGroup: sign('group', 123456789, { style: 'currency', currency: 'USD' }),
    minimumGrouping: four ? 1 : 2,
    lakh: parts(123456789).filter((part) => part.type === 'integer')[0].value.length === 2,
    minus: sign('minusSign', -1),
    plus: sign('plusSign', 1, { signDisplay: 'always' }),
    nan: sign('nan', NaN),
    exponent: sign('exponentSeparator', 1e5, { notation: 'scientific' }),
    percent: [1, -1].map((value) => around(parts(value, { style: 'percent' }))),
    currencies: currenciesOf(tag, parts),
    units: unitsOf(tag, parts),
    compact: ['short', 'long'].map((display) => compactOf(tag, display)),
  };
}

function currenciesOf(tag, parts) {
  const found = {};
  for (const currency of CURRENCIES) {
    const options = { style: 'currency', currency };
    const [positive, negative] = [1, -1].map((value) => around(parts(value, options)));
    const narrow = [1, -1].map((value) => around(parts(value, { ...options, currencyDisplay: 'narrowSymbol' })));
    const accounting = [1, -1].map((value) => around(parts(value, { ...options, currencySign: 'accounting' })));
    const name = byPlural(tag, (amount) => around(parts(amount, { ...options, currencyDisplay: 'name' })));
    found[currency] = [positive, negative, accounting[0] === positive ? 0 : accounting[0], accounting[1], narrow[0] === positive ? 0 : narrow[0], narrow[1] === negative ? 0 : narrow[1], name];
  }
  return found;
}

function unitsOf(tag, parts) {
  const found = {};
  for (const unit of UNITS) {
    found[unit] = ['short', 'long', 'narrow'].map((unitDisplay) =>
      byPlural(tag, (amount) => around(parts(amount, { style: 'unit', unit, unitDisplay }))));
  }
  return found;
}

/** For each power of ten from 1000: how many digits stand before the word, and the words. */
function compactOf(tag, compactDisplay) {
  const format = new Intl.NumberFormat(tag, { notation: 'compact', compactDisplay });
  return Array.from({ length: 12 }, (_item, index) => {
    const exponent = index + 3;
    const digits = (value) => format.formatToParts(value).filter((part) => part.type === 'integer').map((part) => part.value).join('').length;
    const kept = digits(10 ** exponent);
    const words = byPluralOfShown(tag, (shown) => around(format.formatToParts(shown * 10 ** (exponent - kept + 1))), kept);
    return [kept, words];
  });
}

function byPluralOfShown(tag, format, kept) {
  const rules = new Intl.PluralRules(tag);
  const found = {};
  const shown = kept === 1 ? [1, 2, 3, 5, 1.5] : kept === 2 ? [10, 11, 12, 21, 22, 25] : [100, 101, 102, 105, 121, 122];
  for (const amount of shown) found[rules.select(amount)] ??= format(amount * 10 ** (kept - 1) / 10 ** (kept - 1));
  found.other ??= Object.values(found).at(-1);
  return compact(found);
}

export function relativeOf(tag) {
  const found = {};
  for (const unit of SPANS) {
    found[unit] = ['long', 'short', 'narrow'].map((style) => {
      const always = new Intl.RelativeTimeFormat(tag, { style });
      const auto = new Intl.RelativeTimeFormat(tag, { style, numeric: 'auto' });
      const words = {};
      for (const value of [-2, -1, 0, 1, 2]) {
        const parts = auto.formatToParts(value, unit);
        if (parts.every((part) => part.type === 'literal')) words[value] = parts.map((part) => part.value).join('');
      }
      const past = byPlural(tag, (amount) => around(always.formatToParts(-amount, unit)));
      const future = byPlural(tag, (amount) => around(always.formatToParts(amount, unit)));
      return [past, future, words];
    });
  }
  return found;
}

export function listsOf(tag) {
  const found = {};
  for (const type of ['conjunction', 'disjunction', 'unit']) {
    found[type] = ['long', 'short', 'narrow'].map((style) => {
      const format = new Intl.ListFormat(tag, { type, style });
      const between = (items) => format.formatToParts(items).filter((part) => part.type === 'literal').map((part) => part.value);
      const [pair] = between(['A', 'B']);
      const [start, middle, end] = between(['A', 'B', 'C', 'D']);
      return [pair, start, middle, end];
    });
  }
  return found;
}
