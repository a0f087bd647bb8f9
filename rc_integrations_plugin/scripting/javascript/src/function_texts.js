// What the text of a function of the language is: `function sort() { [native code] }`, as in V8, also where
// this bundle has one of its own in the place of the engine's. Scripts print them without meaning to:
// `${change.toString}` of a change without that field.
const LIBRARIES = ['_', 's', 'moment', 'global', 'globalThis'];
const NATIVE = /^function ([^(]*)\(\) \{\n {4}\[native code\]\n\}$/;

/** To be called when all else is in its place. */
export function installFunctionTexts() {
  const { toString } = Function.prototype;
  const names = new WeakMap();
  const own = { toString() {
    const name = names.get(this);
    if (name !== undefined) return asNative(name);
    return toString.call(this).replace(NATIVE, (_, given) => asNative(given.startsWith('bound ') ? '' : given));
  } };
  Object.defineProperty(Function.prototype, 'toString', { value: own.toString, writable: true, configurable: true, enumerable: false });
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(globalThis))) {
    if (!LIBRARIES.includes(name)) collect(name, value, names, toString);
  }
}

function asNative(name) {
  return `function ${name}() { [native code] }`;
}

/** Notes the names of a global's functions that are not the engine's. */
function collect(global, value, names, toString) {
  for (const owner of [{ [global]: value }, value, value?.prototype]) {
    if (Object(owner) !== owner) continue;
    for (const key of Reflect.ownKeys(owner)) {
      const { value: method, get, set } = Object.getOwnPropertyDescriptor(owner, key);
      for (const each of [method, get, set]) {
        if (typeof each !== 'function' || names.has(each) || NATIVE.test(toString.call(each))) continue;
        names.set(each, (key !== global && each.name) || String(key));
      }
    }
  }
}
