// Two parsers that give the same tree: meriyah, which is the faster one, and acorn, for what meriyah
// refuses: modules' syntax in scripts, and mistakes, whose places acorn tells as we show them.
import { parse as acorn } from 'acorn';
import { parse as parseFast } from 'meriyah';

const ACORN = {
  ecmaVersion: 'latest',
  sourceType: 'script',
  allowImportExportEverywhere: true,
  allowHashBang: true,
};
const MERIYAH = {
  webcompat: true,
  ranges: { start: true, end: true, range: false },
  // Else names that are declared twice would pass, and be rewritten into something that runs.
  lexical: true,
  // The engine does that when it compiles them.
  validateRegex: false,
};

/** Returns the syntax tree of a script, with positions only, or throws acorn's error with `loc`. */
export function parse(source) {
  try {
    return parseFast(source, MERIYAH);
  } catch {
    return parseExactly(source);
  }
}

/** Returns acorn's tree: meriyah passes some mistakes, and would tell nothing of them. */
export function parseExactly(source) {
  return acorn(source, ACORN);
}
