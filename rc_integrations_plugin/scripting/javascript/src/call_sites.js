// What `Error.prepareStackTrace` is given, without the way to the functions that are running: some of
// them are ours, and one leads to the process around the engine.
export function hideRunningFunctions() {
  const before = Error.prepareStackTrace;
  Error.prepareStackTrace = (_error, sites) => sites;
  const [site] = new Error('for its call sites').stack;
  Error.prepareStackTrace = before;
  Object.defineProperty(Object.getPrototypeOf(site), 'getFunction', {
    value: { getFunction() {} }.getFunction,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}
