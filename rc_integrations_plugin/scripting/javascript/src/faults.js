// Why a script gave no result, in the shape that the process around the engine passes on.

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
  const name = text(() => error.name) || 'Error';
  const message = text(() => error.message) ?? text(() => error) ?? 'unknown';
  if (name === 'InternalError' && message === 'out of memory') {
    return { kind: 'memory', name: 'ScriptMemory', message: 'the script needs more memory than allowed' };
  }
  const frames = ownFrames(text(() => error.stack) ?? '');
  const [, line, column] = /<input>:(\d+)(?::(\d+))?/.exec(frames[0] ?? '') ?? [];
  return {
    kind,
    name,
    message,
    line: line ? Number(line) : null,
    column: column ? Number(column) : null,
    stack: frames.join('\n').replaceAll('<input>', 'script'),
  };
}

function ownFrames(stack) {
  return stack
    .split('\n')
    .filter((frame) => frame.includes('<input>'))
    .slice(0, 20);
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
