// Reads a script and lists what it uses that does not work here, or not in each Rocket.Chat. Nothing
// of the script is run. The process around the engine has the words for each code.
import { Node, parse } from 'acorn';
import { fullAncestor } from 'acorn-walk';
import { analyze } from 'eslint-scope';

import { reviewClass } from './classes.js';
import { makeFindings } from './findings.js';
import { reviewNames } from './references.js';
import { reviewResponse } from './responses.js';
import { reviewSyntax } from './syntax.js';

// eslint-scope asks few nodes for it; to keep it in each, and lines and columns too, takes a third of the time.
Object.defineProperty(Node.prototype, 'range', {
  get() {
    return [this.start, this.end];
  },
});

/** Returns the findings; none for a script that can't be parsed, which the engine tells better. */
export function review(source, { strictClasses }) {
  let program;
  try {
    program = parse(source, {
      ecmaVersion: 'latest',
      sourceType: 'script',
      allowImportExportEverywhere: true,
      allowHashBang: true,
    });
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
  const findings = makeFindings(source);
  const script = read(program, strictClasses);
  for (const look of [reviewClass, reviewNames, reviewResponse, reviewSyntax]) look(script, findings.add);
  return findings.list();
}

function read(program, strictClasses) {
  const isModule = program.body.some(({ type }) => type === 'ImportDeclaration');
  const { globalScope } = analyze(program, { ecmaVersion: 2024, sourceType: isModule ? 'module' : 'script', ignoreEval: true });
  // A module's names are those of the scope within the global one.
  const top = (isModule ? globalScope.childScopes[0] : globalScope).set;
  const parents = new Map();
  fullAncestor(program, (node, _state, ancestors) => parents.set(node, ancestors.at(-2)));
  return {
    nodes: [...parents.keys()],
    parents,
    top,
    free: globalScope.through.filter(({ identifier }) => !top.has(identifier.name)),
    strict: strictClasses && program.body.some(({ directive }) => directive === 'use strict'),
    strictClasses,
  };
}
