// Builds a class from the member list that `sloppy.js` writes: pairs of a kind and an object literal.
const [METHOD, STATIC_METHOD, FIELD, STATIC_FIELD, CONSTRUCTOR] = [0, 1, 2, 3, 4];
const { defineProperty, getOwnPropertyDescriptor, setPrototypeOf } = Object;

export function makeClass(name, staticLater, parent, members) {
  const fields = [];
  const statics = [];
  let target;
  for (let at = 0; at < members.length; at += 2) {
    if (members[at] === CONSTRUCTOR) target = members[at + 1].run;
    if (members[at] === FIELD) fields.push(members[at + 1].run);
  }
  target ??= parent === undefined ? makeRoot() : makeDerived();
  inherit(target, name, parent);
  hide(target, '__prepare', (instance, newTarget) => {
    if (newTarget === undefined) throw new TypeError(`Class constructor ${name} cannot be invoked without 'new'`);
    for (const run of fields) run.call(instance);
    return instance;
  });
  hide(target, '__construct', (newTarget, values) => {
    if (newTarget === undefined) throw new TypeError(`Class constructor ${name} cannot be invoked without 'new'`);
    return target.__prepare(Reflect.construct(Object.getPrototypeOf(target), values, newTarget), newTarget);
  });
  hide(target, '__made', (instance) => {
    if (instance !== undefined) return instance;
    throw new ReferenceError("Must call super constructor in derived class before accessing 'this' or returning from derived constructor");
  });
  for (let at = 0; at < members.length; at += 2) {
    const literal = members[at + 1];
    if (members[at] === METHOD) adopt(target.prototype, literal);
    if (members[at] === STATIC_METHOD) adopt(target, literal);
    if (members[at] === STATIC_FIELD) statics.push(literal.run);
  }
  const runStatics = () => statics.forEach((run) => run.call(target));
  if (staticLater) hide(target, '__static', runStatics);
  else runStatics();
  return target;
}

function makeRoot() {
  return function root() {
    root.__prepare(this, new.target);
  };
}

function makeDerived() {
  return function derived(...values) {
    return derived.__construct(new.target, values);
  };
}

function inherit(target, name, parent) {
  defineProperty(target, 'name', { value: name, configurable: true });
  if (parent === undefined) return;
  if (parent !== null && typeof parent !== 'function') {
    throw new TypeError('Class extends value is not a constructor or null');
  }
  if (parent !== null) setPrototypeOf(target, parent);
  const prototype = Object.create(parent === null ? null : parent.prototype);
  defineProperty(prototype, 'constructor', { value: target, writable: true, configurable: true });
  target.prototype = prototype;
}

/** Moves the one method of a literal; `super` in it means the parent of its new home. */
function adopt(home, literal) {
  for (const key of Reflect.ownKeys(literal)) {
    const descriptor = getOwnPropertyDescriptor(literal, key);
    const other = getOwnPropertyDescriptor(home, key);
    descriptor.enumerable = false;
    if (descriptor.get) descriptor.set ??= other?.set;
    else if (descriptor.set) descriptor.get ??= other?.get;
    defineProperty(home, key, descriptor);
  }
  setPrototypeOf(literal, Object.getPrototypeOf(home));
}

function hide(target, key, value) {
  defineProperty(target, key, { value, writable: false, enumerable: false, configurable: true });
}
