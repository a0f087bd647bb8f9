// setTimeout and its like. They run while a call waits for its Promise, and at no other time.
import { received } from './received.js';

const TICKS = 64;
const LONGEST_NAP = 20;
// Scripts may be shown another time.
const { now: clock } = Date;

export function makeTimers(nap, report, fetches) {
  const timers = new Map();
  let lastId = 0;
  let wake = () => {};

  function add(run, delay, values, every) {
    if (typeof run !== 'function') throw new TypeError(`The "callback" argument must be of type function. ${received(run)}`);
    const wait = Math.max(Number(delay) || 0, 1);
    lastId += 1;
    timers.set(lastId, { due: clock() + wait, run, values, every: every ? wait : 0 });
    wake();
    return lastId;
  }

  function runDue() {
    const now = clock();
    const due = [...timers].filter(([, timer]) => timer.due <= now).sort(([, one], [, other]) => one.due - other.due);
    for (const [id, timer] of due) {
      if (!timers.has(id)) continue;
      if (timer.every) timer.due = now + timer.every;
      else timers.delete(id);
      try {
        timer.run(...timer.values);
      } catch (error) {
        report(error);
      }
    }
    return due.length > 0;
  }

  function untilNext() {
    let next = Infinity;
    for (const { due } of timers.values()) next = Math.min(next, due);
    return next - clock();
  }

  /** Waits for a Promise. Never comes back if it can't settle: the process around sees that. */
  async function settle(promise) {
    let pending = true;
    const settled = () => {
      pending = false;
    };
    promise.then(settled, settled);
    while (pending) {
      if (!timers.size && !fetches.any()) {
        const added = new Promise((resolve) => {
          wake = resolve;
          fetches.onNext(resolve);
        });
        await Promise.race([promise.then(settled, settled), added]);
        continue;
      }
      for (let tick = 0; tick < TICKS && pending; tick += 1) await null;
      if (pending && !fetches.make() && !runDue()) nap(Math.max(Math.min(untilNext(), LONGEST_NAP), 0));
    }
    return promise;
  }

  const clear = (id) => {
    timers.delete(Number(id));
  };
  return {
    settle,
    globals: {
      setTimeout: (run, delay, ...values) => add(run, delay, values, false),
      setInterval: (run, delay, ...values) => add(run, delay, values, true),
      setImmediate: (run, ...values) => add(run, 0, values, false),
      clearTimeout: clear,
      clearInterval: clear,
      clearImmediate: clear,
    },
  };
}
