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
const MODULE = /\b(?:import|export)\b/;

/** Returns the syntax tree of a script, with positions only, or throws acorn's error with `loc`. */
export function parse(source) {
  if (MODULE.test(source)) return parseExactly(source, ACORN);
  try {
    return parseFast(source, MERIYAH);
  } catch {
    return parseExactly(source, ACORN);
  }
}
