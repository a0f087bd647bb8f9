// Reads dates in texts as V8 does (its DateParser): what ISO 8601 allows, and else whatever has a number in it.
import { END, Scanner } from './date_tokens.js';

const DIGITS = 9;
const EngineDate = Date;
const INVALID = { kind: 'invalid' };

/** Returns milliseconds since 1970, NaN for no date; `local` says what a time without a zone is. */
export function parseDate(text, local) {
  const found = read(new Scanner(text));
  if (!found) return NaN;
  const { year, month, day, time, offset } = found;
  if (offset === undefined) return local(year, month - 1, day, ...time);
  const at = new EngineDate(0);
  at.setUTCFullYear(year, month - 1, day);
  return at.setUTCHours(...time) - offset * 60_000;
}

function read(scanner) {
  const days = [];
  const clock = { values: [], half: undefined };
  const zone = { sign: undefined, hour: undefined, minute: undefined };
  const first = readIso(scanner, days, clock.values, zone);
  if (first === INVALID) return undefined;
  const isIso = first === END;
  if (!isIso && !readLegacy(scanner, first, { days, clock, zone })) return undefined;
  const day = dayOf(days, isIso);
  const time = day && timeOf(clock);
  if (!time) return undefined;
  const offset = zone.sign === undefined ? undefined : zone.sign * ((zone.hour ?? 0) * 60 + (zone.minute ?? 0));
  return { ...day, time, offset };
}

/** Reads an ISO date; returns the token at which it was none, or INVALID if it can't be another one either. */
function readIso(scanner, days, time, zone) {
  if (scanner.peek.kind === '+' || scanner.peek.kind === '-') {
    const sign = scanner.next();
    if (!scanner.hasNumber(6)) return sign;
    const { value } = scanner.next();
    if (sign.kind === '-' && value === 0) return sign;
    days.push(sign.kind === '-' ? -value : value);
  } else if (scanner.hasNumber(4)) days.push(scanner.next().value);
  else return scanner.next();
  for (const most of [12, 31]) {
    if (!scanner.skip('-')) break;
    if (!scanner.hasNumber(2, 1, most)) return scanner.next();
    days.push(scanner.next().value);
  }
  if (scanner.peek.kind === 'end') Object.assign(zone, { sign: 1, hour: 0, minute: 0 });
  else if (scanner.peek.kind !== 'T') return scanner.next();
  else {
    scanner.next();
    if (!readIsoTime(scanner, time) || !readIsoZone(scanner, zone) || scanner.peek.kind !== 'end') return INVALID;
  }
  return END;
}

function readIsoTime(scanner, time) {
  if (!scanner.hasNumber(2, 0, 24)) return false;
  time.push(scanner.next().value);
  const most = time[0] === 24 ? 0 : 59;
  if (!scanner.skip(':') || !scanner.hasNumber(2, 0, most)) return false;
  time.push(scanner.next().value);
  if (!scanner.skip(':')) return true;
  if (!scanner.hasNumber(2, 0, most)) return false;
  time.push(scanner.next().value);
  if (!scanner.skip('.')) return true;
  if (scanner.peek.kind !== 'number' || (time[0] === 24 && scanner.peek.value > 0)) return false;
  time.push(milliseconds(scanner.next()));
  return true;
}

function readIsoZone(scanner, zone) {
  if (scanner.peek.isZ) {
    scanner.next();
    Object.assign(zone, { sign: 1, hour: 0, minute: 0 });
    return true;
  }
  if (scanner.peek.kind !== '+' && scanner.peek.kind !== '-') return true;
  zone.sign = scanner.next().kind === '+' ? 1 : -1;
  if (scanner.hasNumber(4)) {
    const { value } = scanner.next();
    Object.assign(zone, { hour: Math.floor(value / 100), minute: value % 100 });
  } else {
    if (!scanner.hasNumber(2)) return false;
    zone.hour = scanner.next().value;
    if (!scanner.skip(':') || !scanner.hasNumber(2)) return false;
    zone.minute = scanner.next().value;
  }
  return zone.hour <= 23 && zone.minute <= 59;
}

/** Reads what is no ISO date, from the token on at which that was seen; returns whether it may be a date. */
function readLegacy(scanner, first, { days, clock, zone }) {
  const time = clock.values;
  let hasNumber = days.length > 0;
  for (let token = first; token.kind !== 'end'; token = scanner.next()) {
    const { kind, value } = token;
    const isSign = kind === '+' || kind === '-';
    if (kind === 'number') {
      hasNumber = true;
      if (!readNumber(scanner, value, { days, time, zone })) return false;
    } else if (kind === 'half' && time.length) clock.half = value;
    else if (kind === 'month') {
      days.month = value;
      scanner.skip('-');
    } else if (kind === 'zone' && hasNumber) Object.assign(zone, { sign: value < 0 ? -1 : 1, hour: Math.abs(value), minute: 0 });
    else if (['half', 'zone', 'word', 'T'].includes(kind)) {
      // Other words may stand in front of the numbers, but not against one.
      if (hasNumber || scanner.peek.kind === 'number') return false;
    } else if (isSign && ((zone.hour === 0 && zone.minute === 0) || time.length)) {
      hasNumber = true;
      if (!readOffset(scanner, kind, zone)) return false;
    } else if ((isSign || kind === ')') && hasNumber) return false;
  }
  return true;
}

function readNumber(scanner, value, { days, time, zone }) {
  if (scanner.skip(':')) {
    if (scanner.skip(':')) {
      if (time.length) return false;
      time.push(value, 0);
      return true;
    }
    if (time.length > 3) return false;
    time.push(value);
    scanner.skip('.');
    return true;
  }
  const hasPoint = scanner.skip('.');
  if (hasPoint && awaits(time, value)) {
    time.push(value);
    if (scanner.peek.kind !== 'number') return false;
    finish(time, milliseconds(scanner.next()));
    return true;
  }
  if (zone.hour !== undefined && zone.minute === undefined && value <= 59) zone.minute = value;
  else if (awaits(time, value)) {
    finish(time, value);
    return ['end', 'blank', '+', '-'].includes(scanner.peek.kind) || Boolean(scanner.peek.isZ);
  } else {
    if (days.length > 2) return false;
    days.push(value);
    scanner.skip('-');
  }
  return true;
}

function awaits({ length }, value) {
  return (length === 1 && value <= 59) || (length === 2 && value <= 59) || (length === 3 && value <= 999);
}

function finish(time, value) {
  if (time.length < 4) time.push(value);
  while (time.length < 4) time.push(0);
}

function readOffset(scanner, sign, zone) {
  zone.sign = sign === '+' ? 1 : -1;
  const { value, length } = scanner.peek.kind === 'number' ? scanner.next() : { value: 0, length: 0 };
  if (scanner.peek.kind === ':') Object.assign(zone, { hour: value, minute: undefined });
  else if (length === 1 || length === 2) Object.assign(zone, { hour: value, minute: 0 });
  else if (length === 3 || length === 4) Object.assign(zone, { hour: Math.floor(value / 100), minute: value % 100 });
  else return false;
  return true;
}

function milliseconds({ value, length }) {
  return Math.floor(value * 10 ** (3 - Math.min(length, DIGITS)));
}

function isDay(value) {
  return value >= 1 && value <= 31;
}

function dayOf(days, isIso) {
  if (!days.length) return undefined;
  const [one, two = 1, three = 1] = days;
  let [month, day, year] = [one, two, three];
  if (days.month) [month, day, year] = isDay(one) ? [days.month, one, two] : [days.month, two, one];
  else if (isIso || !isDay(one)) [year, month, day] = [one, two, three];
  if (!isIso && year >= 0 && year <= 99) year += year < 50 ? 2000 : 1900;
  return month >= 1 && month <= 12 && isDay(day) ? { year, month, day } : undefined;
}

function timeOf({ values, half }) {
  let [hour = 0, minute = 0, second = 0, rest = 0] = values;
  if (half !== undefined) {
    if (hour > 12) return undefined;
    hour = (hour % 12) + half;
  }
  const isTime = hour <= 23 && minute <= 59 && second <= 59 && rest <= 999;
  return isTime || (hour === 24 && !minute && !second && !rest) ? [hour, minute, second, rest] : undefined;
}
