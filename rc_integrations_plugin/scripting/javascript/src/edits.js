// Changes to a source text, noted first and made all at once. Lines stay where they are; columns can be
// mapped back.

/** Notes that a range is replaced by a text. */
export function edit(work, start, end, text) {
  const lineStart = work.source.lastIndexOf('\n', start - 1) + 1;
  const lines = work.lines ??= lineStarts(work.source);
  work.edits.push({ start, end, text, order: work.edits.length, line: lines.get(lineStart), column: start - lineStart });
}

/** The same for a text that is as long as the range, so that columns stay. */
export function editInPlace(work, start, end, text) {
  work.edits.push({ start, end, text, order: work.edits.length, isMark: true });
}

/** Notes that a range is replaced by a text, but for the line breaks in it. */
export function blank(work, start, end, text) {
  const breaks = work.source.slice(start, end).replace(/[^\n]/g, '');
  edit(work, start, end, text + breaks);
}

function lineStarts(source) {
  const lines = new Map([[0, 1]]);
  for (let at = source.indexOf('\n'), line = 2; at >= 0; at = source.indexOf('\n', at + 1), line += 1) {
    lines.set(at + 1, line);
  }
  return lines;
}

/** Returns the changed source. */
export function applied({ source, edits }) {
  edits.sort((one, other) => one.start - other.start || one.order - other.order);
  const parts = [];
  let at = 0;
  for (const { start, end, text } of edits) {
    parts.push(source.slice(at, start), text);
    at = Math.max(at, end);
  }
  parts.push(source.slice(at));
  return parts.join('');
}

/** Returns how columns moved, as `originalColumn` wants it; after `applied`. */
export function shiftsOf({ edits }) {
  return edits.filter(({ isMark }) => !isMark).map(({ line, column, start, end, text }) => [line, column, end - start, text.length]);
}

/** Returns the column that something in the rewritten code has in the script as it was saved. */
export function originalColumn(shifts, line, column) {
  let shift = 0;
  for (const [editedLine, editedColumn, removed, added] of shifts) {
    if (editedLine !== line) continue;
    if (column - 1 < editedColumn + shift + added) return Math.min(column - shift, editedColumn + 1);
    shift += added - removed;
  }
  return column - shift;
}
