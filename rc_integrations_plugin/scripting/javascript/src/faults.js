// Why a script gave no result, in the shape that the process around the engine passes on.

// The second is what the engine says where there is no memory left for the words.
const OUT_OF_MEMORY = /^out of memory|^Invalid error message$/;

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
  // The engine throws null when there is no memory left even for an error.
  if (error === null) return outOfMemory();
  const name = text(() => error?.name) || 'Error';
  const message = text(() => error?.message) ?? readable(error);
  if (name === 'InternalError' && OUT_OF_MEMORY.test(message)) {
    return outOfMemory();
  }
  const frames = ownFrames(text(() => error?.stack) ?? '').map(withColumnFromOne);
  const [, line, column] = /<input>:(\d+)(?::(\d+))?/.exec(frames[0] ?? '') ?? [];
  return {
    kind: kind === 'evaluation' && error instanceof SyntaxError ? 'syntax' : kind,
    name,
    message,
    line: line ? Number(line) : null,
    column: column ? Number(column) : null,
    stack: frames.join('\n').replaceAll('<input>', 'script'),
  };
}

function outOfMemory() {
  return { kind: 'memory', name: 'ScriptMemory', message: 'the script needs more memory than allowed' };
}

/** The engine counts columns from 1, but from 0 in the first line. */
function withColumnFromOne(frame) {
  return frame.replace(/<input>:1:(\d+)/g, (_all, column) => `<input>:1:${Number(column) + 1}`);
}

function ownFrames(stack) {
  return stack
    .split('\n')
    .filter((frame) => frame.includes('<input>'))
    .slice(0, 20);
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
