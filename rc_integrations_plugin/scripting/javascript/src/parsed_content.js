// `response.content` is the parsed value, as documented. Scripts of the years in which it was a text
// call `JSON.parse(response.content)`: for that very value, and no other, it does what it did for the
// text. An answer that is a text in quotes is no JSON once it is parsed; it too is given back.
const { stringify } = JSON;
const parsed = new WeakSet();
let parsedText;

export function noteContent(argument) {
  const { content, content_raw: raw } = argument?.response ?? {};
  if (typeof content === 'object' && content !== null) parsed.add(content);
  else parsedText = typeof raw === 'string' && content !== raw ? content : undefined;
}

export function makeParse(parse) {
  return function JSONparse(text, reviver) {
    if (typeof text === 'object' && text !== null && parsed.has(text)) return parse(stringify(text), reviver);
    if (text === parsedText && text !== undefined) return parse(isJson(text) ? text : stringify(text), reviver);
    return parse(text, reviver);
  };

  function isJson(text) {
    try {
      parse(text);
      return true;
    } catch {
      return false;
    }
  }
}
