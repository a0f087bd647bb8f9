// `console` as scripts expect it; each call hands one line to the process around the engine.
import { inspect } from './inspect.js';
import { drawTable } from './table.js';

const MAX_LINE = 64 * 1024;

export function makeConsole(write) {
  const counts = new Map();
  const timers = new Map();
  let indent = '';

  function emit(level, values) {
    let text = format(values);
    if (indent) text = indent + text.replaceAll('\n', `\n${indent}`);
    write(level, text.slice(0, MAX_LINE));
  }

  function elapsed(label) {
    const started = timers.get(String(label));
    return started === undefined
      ? `No such label '${label}'`
      : `${label}: ${(performance.now() - started).toFixed(3)}ms`;
  }

  const methods = {
    log: (...values) => emit('log', values),
    info: (...values) => emit('info', values),
    warn: (...values) => emit('warn', values),
    error: (...values) => emit('error', values),
    debug: (...values) => emit('debug', values),
    dir: (value) => emit('log', [inspect(value)]),
    dirxml: (...values) => emit('log', values),
    table: (data, columns) => emit('log', [table(data, columns)]),
    trace: (...values) => emit('debug', ['Trace:', ...values]),
    assert: (condition, ...values) => {
      if (!condition) emit('error', ['Assertion failed', ...values]);
    },
    count: (label = 'default') => {
      const count = (counts.get(String(label)) ?? 0) + 1;
      counts.set(String(label), count);
      emit('log', [`${label}: ${count}`]);
    },
    countReset: (label = 'default') => {
      counts.delete(String(label));
    },
    group: (...values) => {
      if (values.length) emit('log', values);
      indent = (indent + '  ').slice(0, 40);
    },
    groupEnd: () => {
      indent = indent.slice(2);
    },
    time: (label = 'default') => {
      timers.set(String(label), performance.now());
    },
    timeLog: (label = 'default', ...values) => emit('log', [elapsed(label), ...values]),
    timeEnd: (label = 'default') => {
      emit('log', [elapsed(label)]);
      timers.delete(String(label));
    },
    clear: () => {},
  };
  methods.groupCollapsed = methods.group;
  methods.exception = methods.error;
  return methods;
}

function format(values) {
  const [first, ...rest] = values;
  if (typeof first !== 'string' || !rest.length || !first.includes('%')) {
    return values.map(plain).join(' ');
  }
  const text = first.replace(/%[sdifjoOc%]/g, (directive) => {
    if (directive === '%%') return '%';
    if (!rest.length) return directive;
    const value = rest.shift();
    switch (directive) {
      case '%s': return plain(value);
      case '%d': return String(Number(value));
      case '%i': return String(Number.parseInt(value, 10));
      case '%f': return String(Number.parseFloat(value));
      case '%j': return JSON.stringify(value);
      case '%c': return '';
      default: return inspect(value);
    }
  });
  return [text, ...rest.map(plain)].join(' ');
}

function plain(value) {
  return typeof value === 'string' ? value : inspect(value);
}

function table(data, columns) {
  if (typeof data !== 'object' || data === null) return plain(data);
  try {
    return drawTable(data, columns);
  } catch {
    return inspect(data);
  }
}
