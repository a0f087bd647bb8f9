// Builds a class from the member list that `class_rewriting.js` writes: pairs of a kind and an object
// literal. Its errors are those of Babel's classes.
const [METHOD, STATIC_METHOD, FIELD, STATIC_FIELD, CONSTRUCTOR] = [0, 1, 2, 3, 4];
const CALLED_AS_FUNCTION = 'Cannot call a class as a function';
const { defineProperty, getOwnPropertyDescriptor, setPrototypeOf } = Object;

/** Returns the class; `given` is the list of members, after the parent where there is one. */
export function makeClass(name, staticLater, ...given) {
  const members = given.at(-1);
  const isDerived = given.length === 2;
  const [parent] = given;
  const fields = [];
  const statics = [];
  let target;
  for (let at = 0; at < members.length; at += 2) {
    if (members[at] === CONSTRUCTOR) target = members[at + 1].run;
    if (members[at] === FIELD) fields.push(members[at + 1].run);
  }
  target ??= isDerived ? makeDerived() : makeRoot();
  defineProperty(target, 'name', { value: name, configurable: true });
  if (isDerived) inherit(target, parent);
  hide(target, '__prepare', (instance, newTarget) => {
    if (newTarget === undefined) throw new TypeError(CALLED_AS_FUNCTION);
    for (const run of fields) run.call(instance);
    return instance;
  });
  hide(target, '__construct', (newTarget, values) => {
    if (newTarget === undefined) throw new TypeError(CALLED_AS_FUNCTION);
    return target.__prepare(Reflect.construct(Object.getPrototypeOf(target), values, newTarget), newTarget);
  });
  hide(target, '__made', (instance) => {
    if (instance !== undefined) return instance;
    throw new ReferenceError("this hasn't been initialised - super() hasn't been called");
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

function inherit(target, parent) {
  if (parent !== null && typeof parent !== 'function') {
    throw new TypeError('Super expression must either be null or a function');
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
