// `console.table` as node draws it.
import { inspect } from './inspect.js';

const MAX_ROWS = 100;
const VALUES = 'Values';
const CELL = { isOneLine: true };

export function drawTable(data, wanted) {
  const isKeyed = data instanceof Map;
  const isNumbered = isKeyed || data instanceof Set;
  const head = [isNumbered ? '(iteration index)' : '(index)', ...(isKeyed ? ['Key'] : [])];
  const rows = isNumbered ? [...data].map((row, index) => [index, row]) : Object.entries(data);
  const columns = new Set();
  const lines = rows.slice(0, MAX_ROWS).map(([index, item]) => {
    const cells = new Map([[head[0], String(index)]]);
    if (isKeyed) cells.set('Key', inspect(item[0], CELL));
    const row = isKeyed ? item[1] : item;
    if (isNumbered || typeof row !== 'object' || row === null) return cells.set(VALUES, inspect(row, CELL));
    for (const key of wanted ?? Object.keys(row)) {
      columns.add(key);
      if (Object.hasOwn(row, key)) cells.set(`.${key}`, inspect(row[key], CELL));
    }
    return cells;
  });
  const keys = [...head, ...[...columns].map((key) => `.${key}`)];
  if (lines.some((cells) => cells.has(VALUES))) keys.push(VALUES);
  return draw(keys, [keys.map((key) => key.replace(/^\./, '')), ...lines.map((cells) => keys.map((key) => cells.get(key) ?? ''))]);
}

function draw(keys, [head, ...rows]) {
  const widths = keys.map((_key, at) => Math.max(...[head, ...rows].map((row) => row[at].length)));
  const rule = (left, between, right) => left + widths.map((width) => '─'.repeat(width + 2)).join(between) + right;
  const line = (row) => `│${row.map((cell, at) => ` ${cell.padEnd(widths[at])} `).join('│')}│`;
  return [rule('┌', '┬', '┐'), line(head), rule('├', '┼', '┤'), ...rows.map(line), rule('└', '┴', '┘')].join('\n');
}
