// What locales need to write dates, times and names of time zones, as Node.js has it.
import { combinations, TIME_STYLES } from './widths.js';

const SAMPLE = [2001, 1, 3, 4, 5, 6, 789]; // a Saturday; each part is another number
const ZONES = [
  'UTC', 'Europe/London', 'Europe/Dublin', 'Europe/Lisbon', 'Europe/Paris', 'Europe/Athens', 'Europe/Moscow', 'Europe/Istanbul',
  'America/New_York', 'America/Chicago', 'America/Denver', 'America/Phoenix', 'America/Los_Angeles', 'America/Anchorage', 'Pacific/Honolulu',
  'America/Halifax', 'America/Sao_Paulo', 'America/Argentina/Buenos_Aires', 'America/Bogota', 'America/Mexico_City', 'Asia/Tokyo', 'Asia/Seoul',
  'Asia/Shanghai', 'Asia/Hong_Kong', 'Asia/Kolkata', 'Asia/Singapore', 'Asia/Dubai', 'Asia/Jakarta', 'Asia/Manila', 'Australia/Sydney',
  'Australia/Brisbane', 'Australia/Adelaide', 'Australia/Perth', 'Pacific/Auckland', 'Africa/Johannesburg', 'Africa/Lagos', 'Africa/Nairobi',
];
const WINTER = Date.UTC(2024, 0, 15, 12);
const SUMMER = Date.UTC(2024, 6, 15, 12);
const DATE_FIELDS = { year: 'numeric', month: 'numeric', day: 'numeric' };

class Pool {
  constructor() {
    this.items = [];
    this.numbers = new Map();
  }

  add(item) {
    const key = JSON.stringify(item);
    if (!this.numbers.has(key)) {
      this.numbers.set(key, this.items.length);
      this.items.push(item);
    }
    return this.numbers.get(key);
  }
}

function vector(format, type, index, count, change) {
  return Array.from({ length: count }, (_item, number) => {
    const fields = [...SAMPLE];
    change(fields, number);
    return format.formatToParts(Date.UTC(...fields)).filter((part) => part.type === type)[index].value;
  });
}

/** Returns a pattern: texts, and in braces what stands for a part of the date. */
function patternOf(format, vectors) {
  const seen = {};
  const texts = format.formatToParts(Date.UTC(...SAMPLE)).map(({ type, value }) => {
    const index = (seen[type] = (seen[type] ?? -1) + 1);
    const number = (letter) => `{${/^0\d/.test(value) ? letter + letter : letter}}`;
    switch (type) {
      case 'literal': return value;
      case 'year': return value === '01' ? '{yy}' : '{y}';
      case 'day': return number('d');
      case 'hour': return number('h');
      case 'minute': return number('i');
      case 'second': return number('s');
      case 'timeZoneName': return '{z}';
      case 'month': return /^0?2$/.test(value) ? number('n') : `{m${vectors.add(vector(format, type, index, 12, (fields, month) => { fields[1] = month; }))}}`;
      case 'weekday': return `{w${vectors.add(vector(format, type, index, 7, (fields, day) => { fields[2] = 4 + day; }))}}`;
      case 'dayPeriod': return `{a${vectors.add(vector(format, type, index, 24, (fields, hour) => { fields[3] = hour; }))}}`;
      default: throw new Error(`unexpected part ${type}`);
    }
  });
  return texts.join('');
}

/** Returns how date {1} and time {0} stand together, or undefined if they are not simply side by side. */
function glueOf(whole, date, time) {
  if (whole.startsWith(date) && whole.endsWith(time)) return `{1}${whole.slice(date.length, whole.length - time.length)}{0}`;
  if (whole.startsWith(time) && whole.endsWith(date)) return `{0}${whole.slice(time.length, whole.length - date.length)}{1}`;
  return undefined;
}

export function datesOf(tag) {
  const vectors = new Pool();
  const patterns = new Pool();
  const make = (options) => patternOf(new Intl.DateTimeFormat(tag, { ...options, timeZone: 'UTC' }), vectors);
  const some = (options) => (Object.keys(options).length ? make(options) : '');
  const joint = { hour: 'numeric', minute: '2-digit' };
  const time = make(joint);
  const usual = glueOf(make({ ...DATE_FIELDS, ...joint }), make(DATE_FIELDS), time) ?? '{1}, {0}';
  const data = { date: [], glue: [], time: [[], []], zoned: [[], []] };
  for (const options of combinations(['weekday', 'year', 'month', 'day'])) {
    const date = some(options);
    data.date.push(patterns.add(date));
    data.glue.push(patterns.add((date && glueOf(make({ ...options, ...joint }), date, time)) ?? usual));
  }
  for (const hour12 of [false, true]) {
    for (const options of combinations(['hour', 'minute', 'second'])) {
      const any = Object.keys(options).length;
      data.time[Number(hour12)].push(patterns.add(any ? make({ ...options, hour12 }) : ''));
      data.zoned[Number(hour12)].push(patterns.add(any ? make({ ...options, hour12, timeZoneName: 'short' }) : ''));
    }
  }
  const styled = TIME_STYLES.map((dateStyle) => make({ dateStyle }));
  const short = make({ timeStyle: 'short' });
  return {
    ...data,
    dateStyle: styled.map((date) => patterns.add(date)),
    timeStyle: [false, true].map((hour12) => TIME_STYLES.map((timeStyle) => patterns.add(make({ timeStyle, hour12 })))),
    styleGlue: TIME_STYLES.map((dateStyle, at) => patterns.add(glueOf(make({ dateStyle, timeStyle: 'short' }), styled[at], short) ?? usual)),
    dateZone: glueOf(make({ ...DATE_FIELDS, timeZoneName: 'short' }), make(DATE_FIELDS), '{z}') ?? '{1}, {0}',
    cycle: new Intl.DateTimeFormat(tag, { hour: 'numeric' }).resolvedOptions().hourCycle,
    vectors: vectors.items,
    patterns: patterns.items,
    zones: zonesOf(tag),
    offsets: offsetsOf(tag),
  };
}

function zoneName(tag, timeZone, style, at) {
  const format = new Intl.DateTimeFormat(tag, { timeZone, timeZoneName: style });
  return format.formatToParts(at).find(({ type }) => type === 'timeZoneName').value;
}

/** Names of time zones: long and short, in winter and summer; short ones that are offsets are left out. */
function zonesOf(tag) {
  return ZONES.map((zone) => {
    const [winter, summer, ...short] = ['long', 'short'].flatMap((style) => [WINTER, SUMMER].map((at) => zoneName(tag, zone, style, at)));
    const known = short.map((name) => (/\d|^UTC$|^GMT$/.test(name) && zone !== 'UTC' && !(name === 'GMT' && tag === 'en-GB') ? '' : name));
    return [winter, summer === winter ? '' : summer, ...known];
  });
}

/** How the distance from UTC is written: east and west of it, none, and what stands before minutes. */
function offsetsOf(tag) {
  const name = (zone) => zoneName(tag, zone, 'shortOffset', WINTER);
  return [
    name('Asia/Tokyo').replace('9', '#'),
    name('America/Bogota').replace('5', '#'),
    name('UTC'),
    name('Asia/Kolkata').replace(/.*5(.)30.*/, '$1'),
  ];
}

/** For each zone that is named like one of ZONES, the number of that. */
export function zoneGroups() {
  const name = (zone) => [WINTER, SUMMER].map((at) => zoneName('en-US', zone, 'long', at)).join();
  const known = ZONES.map(name);
  const groups = {};
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    const group = known.indexOf(name(zone));
    if (group >= 0) groups[zone] = group;
  }
  ZONES.forEach((zone, group) => { groups[zone] = group; });
  return groups;
}
