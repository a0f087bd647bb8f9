import { choice, optionsOf, resolve, supportedLocalesOf, whole } from './locale.js';
import { MINUTE } from './zones.js';
import { combinationOf, TIME_STYLES, WIDTHS } from './widths.js';

const DATE_PARTS = ['weekday', 'year', 'month', 'day'];
const TIME_PARTS = ['hour', 'minute', 'second'];
const CYCLES = ['h11', 'h12', 'h23', 'h24'];
const ZONE_STYLES = ['short', 'long', 'shortOffset', 'longOffset', 'shortGeneric', 'longGeneric'];
const TYPES = { y: 'year', n: 'month', m: 'month', d: 'day', w: 'weekday', h: 'hour', i: 'minute', s: 'second', a: 'dayPeriod', z: 'timeZoneName' };
const END_OF_TIME = 8.64e15;
const Real = Date;

/** Fills in what is written if nothing is asked for: `need` is what counts as being asked for. */
export function withDefaults(options, need, fill) {
  const wanted = [...(need === 'time' ? [] : DATE_PARTS), ...(need === 'date' ? [] : ['dayPeriod', ...TIME_PARTS, 'fractionalSecondDigits'])];
  if (options.dateStyle !== undefined || options.timeStyle !== undefined) {
    const wrong = need === 'date' ? 'timeStyle' : need === 'time' ? 'dateStyle' : undefined;
    if (wrong && options[wrong] !== undefined) throw new TypeError(`Invalid option : ${wrong}`);
    return options;
  }
  if (wanted.some((name) => options[name] !== undefined)) return options;
  const filled = Object.create(options);
  if (fill !== 'time') Object.assign(filled, { year: 'numeric', month: 'numeric', day: 'numeric' });
  if (fill !== 'date') Object.assign(filled, { hour: 'numeric', minute: 'numeric', second: 'numeric' });
  return filled;
}

export function makeDateTimeFormat(zones) {
  return class DateTimeFormat {
    #locale;

    #options;

    #pattern;

    constructor(locales, options) {
      const given = withDefaults(optionsOf(options), 'any', 'date');
      this.#locale = resolve(locales);
      this.#options = read(given, this.#locale, zones);
      this.#pattern = patternOf(this.#locale.data, this.#options);
    }

    static supportedLocalesOf(locales) {
      return supportedLocalesOf(locales);
    }

    get format() {
      // With usual spaces, as V8 has it for programs that read such texts again.
      return (date) => this.formatToParts(date).map((part) => part.value).join('').replaceAll('\u202f', ' ');
    }

    formatToParts(date) {
      const time = date === undefined ? Real.now() : Number(date);
      if (!(Math.abs(time) <= END_OF_TIME)) throw new RangeError('Invalid time value');
      const { timeZone } = this.#options;
      const shifted = time + Math.round(zones.offset(timeZone, time) * MINUTE);
      const local = new Real(Math.max(Math.min(shifted, END_OF_TIME), -END_OF_TIME));
      const context = { ...this.#options, data: this.#locale.data, local, zones, time };
      return this.#pattern.flatMap((token) => partsOf(token, context));
    }

    formatRange(start, end) {
      const [first, last] = [this.format(start), this.format(end)];
      return first === last ? first : `${first} – ${last}`;
    }

    resolvedOptions() {
      const { hourCycle, hasHour, ...options } = this.#options;
      const shown = Object.entries(options).filter(([, value]) => value !== undefined);
      const cycle = hasHour ? { hourCycle, hour12: hourCycle === 'h11' || hourCycle === 'h12' } : {};
      return { locale: this.#locale.tag, calendar: 'gregory', numberingSystem: 'latn', ...cycle, ...Object.fromEntries(shown) };
    }
  };
}

function read(given, { data, keywords }, zones) {
  const options = { timeZone: zoneOf(given.timeZone, zones) };
  for (const [name, widths] of Object.entries(WIDTHS)) options[name] = choice(given, name, widths.slice(1));
  options.fractionalSecondDigits = whole(given, 'fractionalSecondDigits', 1, 3);
  options.timeZoneName = choice(given, 'timeZoneName', ZONE_STYLES);
  options.dateStyle = choice(given, 'dateStyle', TIME_STYLES);
  options.timeStyle = choice(given, 'timeStyle', TIME_STYLES);
  if (options.dateStyle || options.timeStyle) {
    const other = [...DATE_PARTS, ...TIME_PARTS, 'timeZoneName', 'fractionalSecondDigits'].find((name) => options[name] !== undefined);
    if (other) throw new TypeError(`Can't set option ${other} when ${options.dateStyle ? 'dateStyle' : 'timeStyle'} is used`);
  }
  const wish = choice(given, 'hourCycle', CYCLES, CYCLES.find((cycle) => cycle === keywords.hc));
  options.hourCycle = given.hour12 === undefined ? (wish ?? data.cycle) : cycleOf(data.cycle, given.hour12);
  options.hasHour = options.hour !== undefined || options.timeStyle !== undefined;
  return options;
}

/** As up to Node.js 22: midnight is 24:00 in English without AM and PM, noon 0:00 in German with them. */
function cycleOf(usual, hour12) {
  if (usual === 'h11' || usual === 'h23') return hour12 ? 'h11' : 'h23';
  return hour12 ? 'h12' : 'h24';
}

function zoneOf(wanted, zones) {
  if (wanted === undefined) return zones.own();
  const zone = zones.find(wanted);
  if (zone === undefined) throw new RangeError(`Invalid time zone specified: ${wanted}`);
  return zone;
}

/** Returns the texts and the parts in braces that are written one after the other. */
function patternOf(data, options) {
  const { patterns } = data;
  const { dateStyle, timeStyle, timeZoneName, hourCycle } = options;
  const twelve = hourCycle === 'h11' || hourCycle === 'h12' ? 1 : 0;
  let [date, time, glue] = ['', '', '{1}{0}'];
  if (dateStyle || timeStyle) {
    if (dateStyle) date = patterns[data.dateStyle[TIME_STYLES.indexOf(dateStyle)]];
    if (dateStyle) glue = patterns[data.styleGlue[TIME_STYLES.indexOf(dateStyle)]];
    if (timeStyle) time = patterns[data.timeStyle[twelve][TIME_STYLES.indexOf(timeStyle)]];
  } else {
    const number = combinationOf(DATE_PARTS, options);
    date = patterns[data.date[number]];
    glue = patterns[data.glue[number]];
    time = patterns[data[timeZoneName ? 'zoned' : 'time'][twelve][combinationOf(TIME_PARTS, options)]];
    if (options.fractionalSecondDigits && !options.second) time += '{f}';
    if (timeZoneName && !time) [time, glue] = ['{z}', data.dateZone];
  }
  const whole = date && time ? glue.replace('{1}', date).replace('{0}', time) : date + time;
  return whole.split(/(\{\w+\})/).filter(Boolean);
}

function partsOf(token, context) {
  const [, letter, width] = /^\{(\w)(\w*)\}$/.exec(token) ?? [];
  if (!letter) return [{ type: 'literal', value: token }];
  if (letter === 'f') return [fraction(context)];
  const value = valueOf(letter, width, context);
  const part = { type: TYPES[letter], value };
  if (letter !== 's' || !context.fractionalSecondDigits) return [part];
  return [part, { type: 'literal', value: context.data.decimal }, fraction(context)];
}

function fraction({ local, fractionalSecondDigits }) {
  const digits = String(local.getUTCMilliseconds()).padStart(3, '0').slice(0, fractionalSecondDigits);
  return { type: 'fractionalSecond', value: digits };
}

function valueOf(letter, width, context) {
  const { data, local, zones, time } = context;
  const number = (value) => String(value).padStart(width ? 2 : 1, '0');
  switch (letter) {
    case 'y': return width ? String(Math.abs(local.getUTCFullYear()) % 100).padStart(2, '0') : yearOf(local);
    case 'n': return number(local.getUTCMonth() + 1);
    case 'm': return data.vectors[width][local.getUTCMonth()];
    case 'd': return number(local.getUTCDate());
    case 'w': return data.vectors[width][local.getUTCDay()];
    case 'h': return number(hourOf(local.getUTCHours(), context.hourCycle));
    case 'i': return number(local.getUTCMinutes());
    case 's': return number(local.getUTCSeconds());
    case 'a': return data.vectors[width][local.getUTCHours()];
    default: return zones.name(data, context.timeZone, time, zoneStyle(context));
  }
}

function yearOf(local) {
  const year = local.getUTCFullYear();
  return String(year > 0 ? year : 1 - year);
}

function hourOf(hour, cycle) {
  switch (cycle) {
    case 'h11': return hour % 12;
    case 'h12': return hour % 12 || 12;
    case 'h24': return hour || 24;
    default: return hour;
  }
}

function zoneStyle({ timeStyle, timeZoneName }) {
  return timeZoneName ?? (timeStyle === 'full' ? 'long' : 'short');
}
