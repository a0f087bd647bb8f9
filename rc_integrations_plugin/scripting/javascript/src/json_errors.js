// Says what is wrong with a text that is no JSON, in V8's words: scripts post these messages.

/** Returns a JSON.parse whose errors have V8's messages. */
export function withV8Messages(parse) {
  return (text, reviver) => {
    try {
      return parse(text, reviver);
    } catch (error) {
      if (error instanceof SyntaxError && typeof text !== 'symbol') {
        const source = String(text);
        const message = problemWith(source);
        if (message) throw new SyntaxError(message);
      }
      throw error;
    }
  };
}

// What becomes of values that are no texts, so V8 names them whole.
const NO_VALUES = new Set(['undefined', 'NaN', 'Infinity', '[object Object]']);

class Problem {
  constructor(message) {
    this.message = message;
  }
}

function problemWith(source) {
  if (NO_VALUES.has(source)) return `"${source}" is not valid JSON`;
  try {
    const end = skipSpace(source, value(source, skipSpace(source, 0), 0));
    if (end < source.length) fail('Unexpected non-whitespace character after JSON', end);
  } catch (problem) {
    if (problem instanceof Problem) return problem.message;
  }
  return undefined;
}

function fail(what, at) {
  throw new Problem(`${what} in JSON at position ${at}`.replace('after JSON in JSON', 'after JSON'));
}

function failAt(source, at) {
  if (at >= source.length) throw new Problem('Unexpected end of JSON input');
  if (source[at] === '"') fail('Unexpected string', at);
  if (source[at] === '-' || isDigit(source[at])) fail('Unexpected number', at);
  throw new Problem(`Unexpected token '${source[at]}', ${around(source, at)} is not valid JSON`);
}

function around(source, at) {
  if (source.length <= 20) return `"${source}"`;
  const start = Math.max(at - 10, 0);
  const end = at >= source.length - 10 ? source.length : at + 10;
  return `${at >= 10 ? '...' : ''}"${source.slice(start, end)}"${end < source.length ? '...' : ''}`;
}

function skipSpace(source, start) {
  let at = start;
  while (at < source.length && ' \t\n\r'.includes(source[at])) at += 1;
  return at;
}

/** Each of these returns where its part ends, or throws a Problem. */
function value(source, at, depth) {
  const first = source[at];
  // The engine has its own words for what is nested too deeply.
  if (depth > 1000) throw new RangeError();
  if (first === '{') return members(source, at + 1, depth + 1);
  if (first === '[') return items(source, at + 1, depth + 1);
  if (first === '"') return string(source, at);
  if (first === '-' || isDigit(first)) return number(source, at);
  for (const word of ['true', 'false', 'null']) {
    if (first !== word[0]) continue;
    for (let index = 1; index < word.length; index += 1) {
      if (source[at + index] !== word[index]) failAt(source, at + index);
    }
    return at + word.length;
  }
  return failAt(source, at);
}

function members(source, start, depth) {
  let at = skipSpace(source, start);
  if (source[at] === '}') return at + 1;
  for (let first = true; ; first = false) {
    if (source[at] !== '"') fail(first ? "Expected property name or '}'" : 'Expected double-quoted property name', at);
    at = skipSpace(source, string(source, at));
    if (source[at] !== ':' && !first) failAt(source, at);
    if (source[at] !== ':') fail("Expected ':' after property name", at);
    at = skipSpace(source, value(source, skipSpace(source, at + 1), depth));
    if (source[at] === '}') return at + 1;
    if (source[at] !== ',') fail("Expected ',' or '}' after property value", at);
    at = skipSpace(source, at + 1);
  }
}

function items(source, start, depth) {
  let at = skipSpace(source, start);
  if (source[at] === ']') return at + 1;
  for (;;) {
    at = skipSpace(source, value(source, at, depth));
    if (source[at] === ']') return at + 1;
    if (source[at] !== ',') fail("Expected ',' or ']' after array element", at);
    at = skipSpace(source, at + 1);
  }
}

function string(source, start) {
  for (let at = start + 1; at < source.length; at += 1) {
    if (source[at] === '"') return at + 1;
    if (source[at] < ' ') fail('Bad control character in string literal', at);
    if (source[at] !== '\\') continue;
    at += 1;
    if (at >= source.length) failAt(source, at);
    if (source[at] === 'u') {
      for (let digit = 1; digit <= 4; digit += 1, at += 1) {
        if (!/[\da-f]/i.test(source[at + 1] ?? 'x')) fail('Bad Unicode escape', at + 1);
      }
    } else if (!'"\\/bfnrt'.includes(source[at])) fail('Bad escaped character', at);
  }
  return fail('Unterminated string', source.length);
}

function number(source, start) {
  let at = start;
  if (source[at] === '-') at += 1;
  if (!isDigit(source[at])) fail('No number after minus sign', at);
  if (source[at] === '0' && isDigit(source[at + 1])) fail('Unexpected number', at + 1);
  at = digits(source, at);
  if (source[at] === '.') {
    if (!isDigit(source[at + 1])) fail('Unterminated fractional number', at + 1);
    at = digits(source, at + 1);
  }
  if (source[at] === 'e' || source[at] === 'E') {
    at += '+-'.includes(source[at + 1] || ' ') ? 2 : 1;
    if (!isDigit(source[at])) fail('Exponent part is missing a number', at);
    at = digits(source, at);
  }
  return at;
}

function digits(source, start) {
  let at = start;
  while (isDigit(source[at])) at += 1;
  return at;
}

function isDigit(character) {
  return character >= '0' && character <= '9';
}
