// Says where a value contains itself, as V8 does when it cannot be written as JSON.
const SHOWN_FIRST = 2;

export function inspectCircle(value) {
  const above = [];
  const closing = find(value, undefined, above);
  const text = 'Converting circular structure to JSON';
  if (!closing) return text;
  const [start, ...rest] = above.slice(above.findIndex(({ node }) => node === closing.node));
  const lines = rest.map(({ key, node }) => `|     ${named(key)} -> object with constructor '${makerOf(node)}'`);
  if (lines.length > SHOWN_FIRST + 1) lines.splice(SHOWN_FIRST, lines.length - SHOWN_FIRST - 1, '|     ...');
  const all = [`--> starting at object with constructor '${makerOf(start.node)}'`, ...lines, `--- ${named(closing.key)} closes the circle`];
  return [text, ...all].join('\n    ');
}

/** Returns the first member that is one of the objects around it; those are then in `above`. */
function find(node, key, above) {
  if (typeof node !== 'object' || node === null) return undefined;
  if (above.some((other) => other.node === node)) return { node, key };
  if (typeof node.toJSON === 'function') return undefined;
  above.push({ node, key });
  const keys = Array.isArray(node) ? node.keys() : Object.keys(node);
  for (const inner of keys) {
    const found = find(node[inner], inner, above);
    if (found) return found;
  }
  above.pop();
  return undefined;
}

function named(key) {
  return typeof key === 'number' ? `index ${key}` : `property '${key}'`;
}

function makerOf(node) {
  return node.constructor?.name || 'Object';
}
