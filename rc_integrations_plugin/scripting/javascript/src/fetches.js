// Calls of `fetch` that wait to be made. What a script asks for before it waits for anything is made
// side by side: the process around the engine gets all of it at once.
const MOST_ROUNDS = 20;
const TICKS = 16;

export function makeFetches(send) {
  let waiting = [];
  let wake = () => {};

  /** Makes the calls that wait; returns whether there were any. Their Promises settle afterwards. */
  function make() {
    if (!waiting.length) return false;
    const calls = waiting;
    waiting = [];
    try {
      const answers = send(calls.map((call) => call.request));
      calls.forEach((call, at) => call.resolve(answers[at]));
    } catch (error) {
      calls.forEach((call) => call.reject(error));
    }
    return true;
  }

  /** Makes calls that a script did not wait for, and those that follow from them. */
  async function makeLeftBehind() {
    for (let round = 0; round < MOST_ROUNDS && make(); round += 1) {
      for (let tick = 0; tick < TICKS; tick += 1) await null;
    }
  }

  return {
    make,
    makeLeftBehind,
    any: () => waiting.length > 0,
    sendSoon: (request) => new Promise((resolve, reject) => {
      waiting.push({ request, resolve, reject });
      wake();
    }),
    onNext: (run) => {
      wake = run;
    },
  };
}
