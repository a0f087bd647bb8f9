// Two parsers that give the same tree: meriyah, which is the faster one, and acorn, for what meriyah
// refuses: modules' syntax in scripts, and mistakes, whose places acorn tells as we show them.
import { parse as parseExactly } from 'acorn';
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
  if (hasModuleSyntax(source)) return parseExactly(source, ACORN);
  try {
    return parseFast(source, MERIYAH);
  } catch {
    return parseExactly(source, ACORN);
  }
}

/** Tells whether meriyah may refuse it; the whole of a script is searched faster for a text than for a pattern. */
function hasModuleSyntax(source) {
  return (source.includes('import') || source.includes('export')) && /\b(?:import|export)\b/.test(source);
}
