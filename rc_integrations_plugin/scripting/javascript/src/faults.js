// Why a script gave no result, in the shape that the process around the engine passes on.

import { framesOf, OUT_OF_MEMORY, reword } from './v8_errors.js';

const MAX_FRAMES = 20;

export class Fault extends Error {
  constructor(kind, name, message) {
    super(message);
    this.kind = kind;
    this.faultName = name;
  }
}

export function describe(error, kind) {
  if (error instanceof Fault) {
    return { kind: error.kind, name: error.faultName, message: error.message };
  }
  // The engine throws null when there is no memory left even for an error; so may a script.
  if (error === null && isShortOfMemory()) return outOfMemory();
  reword(error);
  const name = text(() => error?.name) || 'Error';
  const message = text(() => error?.message) ?? readable(error);
  if (name === 'InternalError' && OUT_OF_MEMORY.test(message)) {
    return outOfMemory();
  }
  const frames = framesOf(text(() => error?.stack) ?? '').slice(0, MAX_FRAMES);
  return {
    kind: kind === 'evaluation' && error instanceof SyntaxError ? 'syntax' : kind,
    name,
    message,
    line: frames[0]?.line ?? null,
    column: frames[0]?.column ?? null,
    stack: frames.map(({ name: where, line, column }) => `    at ${where} (script:${line}:${column})`).join('\n'),
  };
}

let isShortOfMemory = () => true;

/** Sets what tells whether the script has taken so much memory that it may have run out of it. */
export function askAboutMemory(ask) {
  isShortOfMemory = ask;
}

let memoryMessage = 'the script needs more memory than allowed';

/** Says how much memory scripts may take, for the words. */
export function nameMemory(megabytes) {
  memoryMessage = `the script needs more than ${megabytes} MB of memory`;
}

function outOfMemory() {
  return { kind: 'memory', name: 'ScriptMemory', message: memoryMessage };
}

function readable(error) {
  try {
    return String(error).slice(0, 4000);
  } catch {
    return 'unknown';
  }
}

// Scripts throw anything: proxies, objects with getters that throw, symbols.
function text(read) {
  try {
    const value = read();
    return value === undefined || value === null ? undefined : String(value).slice(0, 4000);
  } catch {
    return undefined;
  }
}
