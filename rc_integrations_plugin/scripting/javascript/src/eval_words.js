// Words for what `eval` can't compile: the engine tells of `a b` that it expects a semicolon, V8 names the token.
// So the rewritten script shows each text here first.
import { parse, tokenizer } from 'acorn';

import { inV8Words } from './engine_words.js';

export const TEXT = '__script_text__';
const OPTIONS = { ecmaVersion: 'latest', allowReturnOutsideFunction: true };
const MAX_TEXT = 100_000;
// What the engine tells as exactly as V8.
const EXACT = 'missing initializer for const variable';
const DECLARED = /^Identifier '.*' has already been declared/;

let last;

export function installEvalWords(addGlobal) {
  addGlobal(TEXT, (text) => {
    last = text;
    return text;
  });
}

/** Returns V8's words for what the engine could not compile. */
export function wordsForSyntax(message) {
  const text = last;
  last = undefined;
  const canTell = typeof text === 'string' && text.length <= MAX_TEXT && message !== EXACT;
  return (canTell && problemWith(text)) || inV8Words(message);
}

function problemWith(text) {
  try {
    parse(text, OPTIONS);
  } catch (error) {
    if (DECLARED.test(error.message)) return error.message.replace(/ \(\d+:\d+\)$/, '');
    return error.message.startsWith('Unexpected token') ? nameToken(text, error.pos) : undefined;
  }
  return undefined;
}

function nameToken(text, at) {
  let token;
  try {
    token = tokenizer(text.slice(at), OPTIONS).getToken();
  } catch {
    return undefined;
  }
  switch (token.type.label) {
    case 'eof': return 'Unexpected end of input';
    case 'name': return `Unexpected identifier '${token.value}'`;
    case 'num': return 'Unexpected number';
    case 'string': return 'Unexpected string';
    default: return `Unexpected token '${text.slice(at + token.start, at + token.end)}'`;
  }
}
