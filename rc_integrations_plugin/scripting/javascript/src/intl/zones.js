// Time zones: what the process around the engine knows of them, asked for as seldom as possible.
import { sharedData } from './locale.js';

const QUARTER = 15 * 60 * 1000;
const MOST_KEPT = 5000;
const MINUTE = 60 * 1000;
const FIXED = /^([+-])(\d\d)(?::?(\d\d))?$/;

export function makeZones(host) {
  const names = new Map();
  const offsets = new Map();
  let own;

  /** Returns the proper name of a zone, or undefined. */
  function find(name) {
    const text = String(name);
    const key = text.toLowerCase();
    if (!names.has(key)) names.set(key, FIXED.test(text) ? fixedName(text) : (host('zone', text) ?? undefined));
    return names.get(key);
  }

  /** Returns how many minutes a zone is ahead of UTC. */
  function offset(zone, time) {
    if (zone === 'UTC') return 0;
    const fixed = FIXED.exec(zone);
    if (fixed) return (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3] ?? 0));
    const key = `${zone} ${Math.floor(time / QUARTER)}`;
    if (!offsets.has(key)) {
      if (offsets.size >= MOST_KEPT) offsets.clear();
      offsets.set(key, host('offset', zone, time));
    }
    return offsets.get(key);
  }

  function isSummer(zone, time) {
    const year = new Date(time).getUTCFullYear();
    const [winter, summer] = [Date.UTC(year, 0, 1), Date.UTC(year, 6, 1)].map((at) => offset(zone, at));
    return winter !== summer && offset(zone, time) === Math.max(winter, summer);
  }

  function name(data, zone, time, style) {
    const group = sharedData().zoneGroups[zone];
    const names = data.zones[group];
    const summer = names && isSummer(zone, time) ? 1 : 0;
    if (style === 'long' && names) return names[summer] || names[0];
    if (style === 'short' && names?.[2 + summer]) return names[2 + summer];
    return offsetName(data.offsets, offset(zone, time), style.startsWith('long'));
  }

  return {
    find,
    offset,
    name,
    own: () => (own ??= host('zone', null) ?? 'UTC'),
  };
}

function fixedName(text) {
  const [, sign, hours, minutes = '00'] = FIXED.exec(text);
  return Number(hours) < 24 && Number(minutes) < 60 ? `${sign}${hours}:${minutes}` : undefined;
}

function offsetName([east, west, none, colon], minutes, long) {
  if (!minutes) return none;
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.floor(Math.abs(minutes) % 60)];
  const two = (number) => String(number).padStart(2, '0');
  const text = long ? `${two(hours)}${colon}${two(rest)}` : rest ? `${hours}${colon}${two(rest)}` : `${hours}`;
  return (minutes > 0 ? east : west).replace('#', text);
}

export { MINUTE };
