// `RegExp.$1` and its like, which engines before 2010 brought in and scripts still use. Only installed
// for scripts that name them: each match is slower with them.
const WANTED = /\bRegExp\s*(?:\.\s*(?:\$[\d&_`'+]|lastMatch|lastParen|leftContext|rightContext|input)|\[)/;

export function installRegExpStatics(source) {
  if (!WANTED.test(source)) return;
  const { exec } = RegExp.prototype;
  let last = { match: [''], input: '' };
  define(RegExp.prototype, 'exec', {
    value(text) {
      const match = exec.call(this, text);
      if (match) last = { match, input: String(text) };
      return match;
    },
    writable: true,
  });
  const statics = {
    input: () => last.input,
    lastMatch: () => last.match[0],
    lastParen: () => last.match.at(-1) ?? '',
    leftContext: () => last.input.slice(0, last.match.index ?? 0),
    rightContext: () => last.input.slice((last.match.index ?? 0) + last.match[0].length),
  };
  const aliases = { $_: 'input', '$&': 'lastMatch', '$+': 'lastParen', '$`': 'leftContext', "$'": 'rightContext' };
  for (const [alias, name] of Object.entries(aliases)) statics[alias] = statics[name];
  for (let group = 1; group <= 9; group += 1) statics[`$${group}`] = () => last.match[group] ?? '';
  for (const [name, get] of Object.entries(statics)) define(RegExp, name, { get, set: () => {} });
}

function define(target, name, descriptor) {
  Object.defineProperty(target, name, { configurable: true, enumerable: false, ...descriptor });
}
