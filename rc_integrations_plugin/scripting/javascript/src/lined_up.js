// How node lays out the parts of a value that it prints: on one line while they are short and not nested
// deeply, many items of an array in columns, and else one below the other.
const LINE = 80;
const LEVELS_ON_A_LINE = 3;
const MOST_COLUMNS = 12;
const SEPARATOR = 2;
const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const WITHOUT_WIDTH = /[\p{M}\u200b-\u200f\ufe00-\ufe0f]/u;

/**
 * Returns the parts between the braces, after what is said of the value itself.
 * `levels`: how many levels of objects are within it; `items`: what they show, of an array;
 * `isOneLine`: never breaks a line, whatever the length.
 */
export function lineUp(parts, { said, open, close, levels, indentation, items, more, isOneLine }) {
  const start = said ? `${said} ${open}` : open;
  if (isOneLine) return `${start} ${parts.join(', ')} ${close}`;
  const lines = items && parts.length > 6 ? inColumns(parts, { items, more, indentation }) : parts;
  if (lines === parts && levels < LEVELS_ON_A_LINE && isShort(parts, parts.length + indentation + open.length + said.length + 10, said)) {
    const line = parts.join(', ');
    if (!line.includes('\n')) return `${start} ${line} ${close}`;
  }
  const below = `\n${' '.repeat(indentation)}`;
  return `${start}${below}  ${lines.join(`,${below}  `)}${below}${close}`;
}

function isShort(parts, start, said) {
  let length = parts.length + start;
  if (length + parts.length > LINE) return false;
  for (const part of parts) {
    length += part.length;
    if (length > LINE) return false;
  }
  return !said.includes('\n');
}

/** Returns lines of several parts each, or the parts where they don't fit so. `more`: the last one tells how many are left out. */
function inColumns(parts, { items, more, indentation }) {
  const shown = more ? parts.slice(0, -1) : parts;
  const widths = shown.map(widthOf);
  const widest = Math.max(...widths) + SEPARATOR;
  const total = widths.reduce((sum, width) => sum + width + SEPARATOR, 0);
  if (widest * 3 + indentation >= LINE || (total / widest <= 5 && widest > 8)) return parts;
  const biased = Math.max(widest - 3 - Math.sqrt(widest - total / parts.length), 1);
  const ideal = Math.round(Math.sqrt(2.5 * biased * shown.length) / biased);
  const columns = Math.min(ideal, Math.floor((LINE - indentation) / widest), MOST_COLUMNS);
  if (columns <= 1) return parts;
  const areNumbers = parts.every((_part, at) => typeof items[at] === 'number' || typeof items[at] === 'bigint');
  const room = Array.from({ length: columns }, (_, column) => (
    Math.max(...widths.filter((_width, at) => at % columns === column)) + SEPARATOR));
  const lines = [];
  for (let at = 0; at < shown.length; at += columns) {
    const row = shown.slice(at, at + columns);
    lines.push(row.map((part, column) => {
      const isLast = column === row.length - 1;
      const length = room[column] + part.length - widths[at + column];
      if (areNumbers) return isLast ? part.padStart(length - SEPARATOR) : `${part}, `.padStart(length);
      return isLast ? part : `${part}, `.padEnd(length);
    }).join(''));
  }
  return more ? [...lines, parts.at(-1)] : lines;
}

function widthOf(text) {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) {
    if (!WITHOUT_WIDTH.test(character)) width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}
