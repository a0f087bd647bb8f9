// Acorn, with what it does for each token written out for the usual tokens: names, and punctuation of one
// character. Of the time that a script takes to be rewritten, most is calls: in this engine a call
// costs as much as all else that is done for one character.
import { keywordTypes, Parser, tokTypes } from 'acorn';

const { name: NAME, dot: DOT } = tokTypes;
const KEYWORDS = new Map(Object.entries(keywordTypes));
const SPACE = 32;
const NEW_LINE = 10;
const BACKSLASH = 92;
const LAST_ASCII = 127;

// By character code: what a name may begin with, what it may go on with, and punctuation's types.
const STARTS = new Uint8Array(LAST_ASCII + 1);
const PARTS = new Uint8Array(LAST_ASCII + 1);
for (let code = 0; code <= LAST_ASCII; code += 1) {
  const character = String.fromCharCode(code);
  STARTS[code] = /[A-Za-z_$]/.test(character);
  PARTS[code] = /[\w$]/.test(character);
}
const PUNCTUATION = [];
for (const type of ['parenL', 'parenR', 'semi', 'comma', 'bracketL', 'bracketR', 'braceL', 'braceR', 'colon']) {
  PUNCTUATION[tokTypes[type].label.charCodeAt(0)] = tokTypes[type];
}

class ScriptParser extends Parser {
  nextToken() {
    const { context, input } = this;
    if (context[context.length - 1]?.preserveSpace) return super.nextToken();
    let start = this.pos;
    let code = input.charCodeAt(start);
    while (code === SPACE || code === NEW_LINE) code = input.charCodeAt((start += 1));
    this.pos = start;
    if (STARTS[code]) return this.readName(start, input) ?? super.nextToken();
    const type = PUNCTUATION[code];
    if (type === undefined) return super.nextToken();
    this.start = start;
    this.pos = start + 1;
    return this.finishToken(type);
  }

  /** Reads a name or keyword; returns null if not all of it is plain ASCII. */
  readName(start, input) {
    let end = start + 1;
    let code = input.charCodeAt(end);
    while (PARTS[code]) code = input.charCodeAt((end += 1));
    if (code === BACKSLASH || code > LAST_ASCII) return null;
    const word = input.slice(start, end);
    this.start = start;
    this.pos = end;
    this.containsEsc = false;
    return this.finishToken(KEYWORDS.get(word) ?? NAME, word);
  }

  finishToken(type, value) {
    this.end = this.pos;
    const before = this.type;
    this.type = type;
    this.value = value;
    if (type.keyword !== undefined && before === DOT) this.exprAllowed = false;
    else if (type === NAME && value !== 'of' && value !== 'yield') this.exprAllowed = false;
    else if (type.updateContext === null) this.exprAllowed = type.beforeExpr;
    else type.updateContext.call(this, before);
    return true;
  }
}

/** Returns the syntax tree that acorn's own `parse` returns, or throws its error; without `locations`. */
export function parse(source, options) {
  return ScriptParser.parse(source, options);
}
