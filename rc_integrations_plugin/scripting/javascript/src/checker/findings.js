// The list of what was found: one entry for each code and name, with all its lines.
const MOST_FINDINGS = 200;
const MOST_LINES = 50;
const LONGEST_NAME = 100;

export function makeFindings(source) {
  const found = new Map();
  const starts = [0, ...Array.from(source.matchAll(/\r\n?|[\n\u2028\u2029]/g), ({ 0: end, index }) => index + end.length)];

  function lineAt(offset) {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  function add(code, name, node) {
    const short = String(name).slice(0, LONGEST_NAME);
    const key = `${code} ${short}`;
    const line = lineAt(node.start);
    const known = found.get(key);
    if (known) {
      if (!known.lines.includes(line) && known.lines.length < MOST_LINES) known.lines.push(line);
    } else if (found.size < MOST_FINDINGS) {
      found.set(key, { code, name: short, line, column: node.start - starts[line - 1] + 1, lines: [line] });
    }
  }

  function list() {
    const entries = [...found.values()];
    for (const entry of entries) entry.lines.sort((one, other) => one - other);
    return entries.sort((one, other) => one.line - other.line || one.column - other.column);
  }

  return { add, list };
}
