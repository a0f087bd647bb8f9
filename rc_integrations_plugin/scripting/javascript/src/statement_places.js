// The engine notes the places of calls and of statements that are expressions. For an error anywhere
// else it tells the place of the call before, which may be many lines above. A number in front of a
// statement makes it note where the statement begins. It takes the place of two blanks, so that
// columns stay as they are, and no time: the engine leaves out a value that nothing uses.
const MARK = '0;';
const ROOM = /^[ \t]{2}$/;
const UNNOTED = new Set([
  'VariableDeclaration',
  'ReturnStatement',
  'IfStatement',
  'SwitchStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
]);

/** Calls `mark(start, end, text)` for each statement of a list that the engine would not note. */
export function markStatements(statements, source, mark) {
  for (const { type, start } of statements) {
    if (UNNOTED.has(type) && ROOM.test(source.slice(start - MARK.length, start))) mark(start - MARK.length, start, MARK);
  }
}

/** Returns the column of the statement, if the column in the rewritten code is that of a mark. */
export function columnAfterMark(code, line, column) {
  const text = code.split('\n', line)[line - 1] ?? '';
  return text.startsWith(MARK, column - 1) ? column + MARK.length : column;
}
