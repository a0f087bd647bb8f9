// `response.content` is the parsed value, as documented. Scripts of the years in which it was a text
// call `JSON.parse(response.content)`: for that very value, and no other, it gives the value back.
const parsed = new WeakSet();

export function noteContent(argument) {
  const content = argument?.response?.content;
  if (typeof content === 'object' && content !== null) parsed.add(content);
}

export function makeParse(parse) {
  return function JSONparse(text, reviver) {
    return typeof text === 'object' && text !== null && parsed.has(text) ? text : parse(text, reviver);
  };
}
