// `require` for the few modules that there are.
export function makeRequire(modules) {
  return function require(name) {
    const key = String(name).replace(/^node:/, '');
    if (!Object.hasOwn(modules, key)) {
      throw Object.assign(
        new Error(`Cannot find module '${name}'; there are: ${Object.keys(modules).join(', ')}`),
        { code: 'MODULE_NOT_FOUND' },
      );
    }
    return modules[key];
  };
}
