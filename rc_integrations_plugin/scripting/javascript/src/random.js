// Math.random with a seed of its own for each process: they are forks of one engine, whose own
// generator would give all of them the same numbers.
export function makeRandom(seed) {
  let state;

  function next() {
    state ??= new Uint32Array(seed());
    // sfc32, public domain (PractRand)
    const sum = (((state[0] + state[1]) | 0) + state[3]) | 0;
    state[3] += 1;
    state[0] = state[1] ^ (state[1] >>> 9);
    state[1] = (state[2] + (state[2] << 3)) | 0;
    state[2] = ((state[2] << 21) | (state[2] >>> 11)) + sum;
    return sum >>> 0;
  }

  return function random() {
    return ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992;
  };
}
