// What Node.js says of an argument that is of a wrong type.
const SHOWN = 25;

/** Returns the end of such a message: `Received type number (5)`. */
export function received(value) {
  if (value === undefined || value === null) return `Received ${value}`;
  if (typeof value === 'function') return `Received function ${value.name}`;
  if (typeof value === 'object') return `Received an instance of ${value.constructor?.name || 'Object'}`;
  const text = String(value);
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
  return `Received type ${typeof value} (${typeof value === 'string' ? `'${shown}'` : shown})`;
}
