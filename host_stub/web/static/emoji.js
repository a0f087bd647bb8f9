// Short codes such as :ghost: and the characters they stand for. The server makes the table.

let table = {};

/** Fetch the table; without it short codes stay as they are written. */
export async function loadEmoji(address) {
  try {
    const response = await fetch(address);
    if (response.ok) table = await response.json();
  } catch {
    table = {};
  }
}

/** Return the character for `ghost` or `:ghost:`, or null. */
export function findEmoji(code) {
  const name = code.replace(/^:|:$/g, "").toLowerCase();
  return Object.hasOwn(table, name) ? table[name] : null;
}

/** Return up to `limit` codes that begin with, or else contain, what was typed. */
export function suggestEmoji(typed, limit = 6) {
  const wanted = typed.toLowerCase();
  const names = Object.keys(table);
  const found = names.filter((name) => name.startsWith(wanted));
  if (found.length < limit) {
    found.push(...names.filter((name) => !name.startsWith(wanted) && name.includes(wanted)));
  }
  return found.slice(0, limit).map((name) => ({ name, character: table[name] }));
}
