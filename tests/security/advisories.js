// Published ways out of JavaScript sandboxes, written anew after what advisories and issues say of
// them. Each stands under a line with its name; what it gets hold of, it hands to `steal`.

//# vm2 CVE-2019-10761: an error of the engine from deep recursion
const deep = () => { new Error().stack; deep() };
try { deep() } catch (e) { steal(e) }

//# vm2 CVE-2021-23449: the promise of a dynamic import
const p = import('./foo.js'); steal(p); try { await p } catch (e) { steal(e) }

//# vm2 CVE-2022-25893: a Proxy as the prototype of a WeakMap
WeakMap.prototype.set = new Proxy(WeakMap.prototype.set,
    { apply(target, self, list) { list.concat(self, target).forEach(steal) } });
new WeakMap().set({}, 1); structuredClone({ a: {} })

//# vm2 CVE-2022-36067: call sites through prepareStackTrace
Error.prepareStackTrace = (e, sites) => { (sites || []).forEach(site => {
    steal(site); for (const f of ['getThis', 'getFunction']) try { steal(site[f]()) } catch (x) {}
}) };
try { null.x } catch (e) { e.stack }; setTimeout(() => new Error().stack, 1)

//# vm2 CVE-2023-29017: prepareStackTrace in an async error
Error.prepareStackTrace = (e, sites) => { steal(e); steal(sites) };
await (async () => { oddError() })().catch(steal)

//# vm2 CVE-2023-29199: a catch clause that the rewriting may miss
const deep = () => deep();
try { deep() } catch ({ constructor }) { steal(constructor) }
try { (0, eval)('try { null.x } catch (__script_caught__) { throw __script_caught__ }') }
catch (e) { steal(e) }
new Function('steal', 'try { null.x } catch (e) { steal(e) }')(steal)

//# vm2 CVE-2023-30547: the trap getPrototypeOf of a thrown Proxy
const e = new Proxy(new Error(), { getPrototypeOf(t) { steal(t); (function f() { f() })() } });
try { throw e } catch (x) { steal(x) } try { e instanceof Error } catch (x) { steal(x) }

//# vm2 CVE-2023-32313: what inspecting a value calls
const o = { get [Symbol.toStringTag]() { steal(this); return 'x' },
    [Symbol.toPrimitive](hint) { steal(hint); return 'x' } };
console.log(o, [o], new Map([[o, o]])); console.table([o]); console.log('%s %o', o, o)

//# vm2 CVE-2023-32314: a Proxy as the text of an error's name
const e = new Error('x'); e.name = { toString: new Proxy(() => 'n', { apply(t, self, list) {
    [t, self, list].forEach(steal); return 'n' } }) };
try { e.stack; String(e); console.log(e) } catch (x) { steal(x) }

//# vm2 CVE-2023-37466: the species of a rejected promise
const p = (async () => oddError())();
p.constructor = { [Symbol.species]: class { constructor(run) { run(steal, steal) } } };
try { p.then() } catch (e) { steal(e) }

//# vm2 CVE-2023-37903: node's symbol for inspecting
const o = { [Symbol.for('nodejs.util.inspect.custom')](...list) { list.forEach(steal) } };
console.log(o); console.error(Object.assign(new Error(), o)); throw o

//# vm2 CVE-2026-22709: then and catch of an async function's promise
const { then, catch: caught } = Promise.prototype;
Promise.prototype.then = function (...list) { steal(this); return then.apply(this, list.map(f =>
    v => { steal(v); return f && f(v) })) };
await (async () => oddError())().catch(steal); caught.call(fetch('http://x/missing'), steal)

//# vm2 CVE-2026-44000: what a promise of the host resolves to
const r = await fetch('http://x/'); steal(r); steal(r.headers); steal(await r.json())

//# vm2 CVE-2026-45411: yield* of an async generator that returns a thenable
const g = (async function* () { yield* { [Symbol.asyncIterator]: () => ({
    next: () => ({ value: 1, done: false }),
    return: () => ({ then(resolve, reject) { steal(resolve); steal(reject); oddError() } }) }) } })();
await g.next(); await g.return({ then(f) { steal(f); throw 1 } }).catch(steal)

//# vm2 CVE-2026-47140: modules that a list of forbidden ones forgot
for (const name of ['process', 'node:process', 'inspector/promises', 'module', 'vm', 'fs',
    'worker_threads', 'child_process', 'constructor', '__proto__', 'toString', '', '../wire.js'])
    try { got.push(name + ' ' + typeof require(name)) } catch (e) { steal(e) }

//# vm2 CVE-2026-47210: species through finally
class P extends Promise { constructor(run) { super((a, b) => { steal(a); steal(b); run(a, b) }) } }
const p = fetch('http://x/missing'); p.constructor = P; await p.finally(() => {}).catch(steal)

//# vm2 GHSA-grj5-jjm8-h35p: __lookupGetter__ up the prototypes
const get = Buffer.apply.apply({}.__lookupGetter__, [Buffer, ['__proto__']]);
for (let at = Buffer.of(1), i = 0; at && i < 9; i++, at = get.call(at)) steal(at)

//# vm2 GHSA-55hx-c926-fr95: errors that hide each other
const all = typeof DisposableStack === 'undefined' ? null : new DisposableStack();
if (all) { all.defer(() => { throw null }); all.defer(oddError);
    try { all.dispose() } catch (e) { steal(e); steal(e.suppressed) } }
try { (0, eval)('{ using a = { [Symbol.dispose]() { throw 1 } }; throw 2 }') } catch (e) { steal(e) }
try { await Promise.any([(async () => oddError())(), Promise.reject(1)]) }
catch (e) { steal(e); (e.errors || []).forEach(steal) }

//# vm2 GHSA-v27g-jcqj-v8rw: Array.fromAsync
const p = Array.fromAsync([0], () => { throw oddError() }); steal(p); await p.catch(steal)

//# vm2 GHSA-m283-3h24-438v: the cause of an error
try { HTTP.get('http://x/missing') } catch (e) { for (let at = e; at; at = at.cause) steal(at);
    Object.values(e).forEach(steal) }

//# vm2 GHSA-m5q2-4fm3-vfqp: symbols that realms share
for (const name of ['nodejs.util.promisify.custom', 'nodejs.rejection', 'nodejs.dispose'])
    for (const f of [HTTP, fetch, setTimeout, console.log]) {
        f[Symbol.for(name)] = steal; steal(f[Symbol.for(name)]); }
Object.getOwnPropertySymbols(Buffer.prototype).forEach(s => steal(Buffer.prototype[s]))

//# vm2: static methods of Promise on another class
function Fake(run) { run(steal, steal) } Fake.resolve = () => ({ then: oddError });
for (const name of ['all', 'race', 'any', 'allSettled', 'try', 'withResolvers', 'reject'])
    if (Promise[name]) try { Promise[name].call(Fake, { [Symbol.iterator]: oddError }) }
    catch (e) { steal(e) }

//# vm2: a promise of another class by Reflect.construct
function Fake(run) { run(steal, steal) } Fake[Symbol.species] = Fake;
const p = Reflect.construct(Promise, [() => { oddError() }], Fake);
p.then = Promise.prototype.then; try { p.then() } catch (e) { steal(e) }

//# vm2: who called a function
const spy = function () { steal(spy.caller); steal(spy.arguments); steal(arguments.callee.caller) };
for (const run of [() => [1].sort(spy), () => [1, 2].map(spy), () => JSON.stringify({ toJSON: spy }),
    () => console.log({ toString: spy }), () => 'a'.replace(/a/, spy), () => new Promise(spy),
    () => setTimeout(spy, 0)]) try { run() } catch (e) { steal(e) }

//# vm2: instanceof that is always true
for (const C of [Object, Function, Promise, Error, Map, Date, Buffer]) try {
    Object.defineProperty(C, Symbol.hasInstance, { value: v => { steal(v); return true } }) } catch (e) {}
console.log({}, new Date()); structuredClone({})

//# vm2: an array whose species is itself
const list = [1, 2, 3]; list.constructor = { [Symbol.species]: function () { return list } };
steal(list.map(x => x)); steal(list.concat(list)); steal(list.splice(0)); steal(_.map(list, x => x))

//# vm2: descriptors that inherit from a changed Object.prototype
for (const key of ['get', 'set', 'value', 'writable', 'configurable']) Object.defineProperty(
    Object.prototype, key, { configurable: true, get() { steal(this); return undefined } });
try { Store.set('a', {}); console.log({}); Object.defineProperty({}, 'x', {}) } catch (e) { steal(e) }
for (const key of ['get', 'set', 'value', 'writable', 'configurable']) delete Object.prototype[key]

//# vm2: Function.prototype.call that tells who is called
const { call, apply } = Function.prototype;
Function.prototype.call = function (...list) { steal(this); return Reflect.apply(this, list[0], list.slice(1)) };
Function.prototype.apply = function (self, list) { steal(this); return Reflect.apply(this, self, list || []) };
try { console.log('x'); moment(); _.each([1], x => x); await fetch('http://x/') } finally {
    Object.assign(Function.prototype, { call, apply }) }

//# vm2 and node's vm: the constructor of the global object
steal(globalThis); steal(this); steal(global); steal(Object.getPrototypeOf(globalThis));
steal((function () { return this })()); steal(Reflect.ownKeys(globalThis).map(k => globalThis[k]))

//# node's vm: what is left of a function's constructor for each kind
for (const f of [function () {}, async function () {}, function* () {}, async function* () {}, class {}])
    steal(f)

//# vm2: an exception through WebAssembly
steal(globalThis.WebAssembly && WebAssembly.JSTag)

//# isolated-vm CVE-2022-39266: code that was compiled elsewhere
for (const name of ['v8', 'vm', 'isolated-vm', 'bytenode']) try { got.push(typeof require(name)) }
catch (e) { steal(e) }
steal(globalThis.bjson); steal(Function.prototype.toString.call(HTTP.get))

//# isolated-vm CVE-2021-21413: references to objects of the host
for (const name of Reflect.ownKeys(globalThis)) {
    const value = globalThis[name];
    for (const key of ['applySync', 'getSync', 'derefInto', 'copySync', 'deref'])
        if (value && value[key]) got.push(String(name)) }

//# QuickJS: its modules std and os
for (const name of ['std', 'os', 'qjs:std', 'qjs:os', 'qjs:bjson']) {
    try { got.push(typeof await import(name)) } catch (e) { steal(e) }
    try { got.push(typeof require(name)) } catch (e) { steal(e) } }

//# QuickJS: a module with a Worker or a loader
try { (0, eval)('import * as os from "os"') } catch (e) { steal(e) }
try { got.push(typeof await import('data:text/javascript,export default 1')) } catch (e) { steal(e) }

//# dukpy: Python's functions by any name
for (const name of ['call_python', 'dukpy.require', 'dukpy.lookup_module', 'reply', 'http', 'next'])
    try { got.push(typeof (0, eval)(name.split('.')[0] === 'http' ? 'undefined_http' : 'call_python')(name)) }
    catch (e) { steal(e) }

//# dukpy: the environment in process.env
for (const path of ['process', 'globalThis.process', 'this.process', 'global.process', 'self', 'window'])
    try { const v = (0, eval)(path); if (v && v.env) got.push(path) } catch (e) { steal(e) }

//# the name in front of what the rewriting adds
for (const f of [__script_class__, __script_caught__]) { steal(f); try { steal(f(oddError, 1, [], {})) }
    catch (e) { steal(e) } }

//# an argument that reaches out of its copy
steal(data); for (let at = data; at; at = Object.getPrototypeOf(at)) steal(at);
Object.prototype.polluted = steal; got.push(...(data.polluted === steal ? [] : ['copy']));
delete Object.prototype.polluted

//# timers and texts that are code
for (const f of [setTimeout, setInterval, setImmediate]) try { f('globalThis.ran = 1', 0);
    got.push('text ran') } catch (e) { steal(e) }

//# a time zone, a locale and an address that are paths
for (const path of ['../../../etc/passwd', '/proc/self/environ', 'file:///etc/passwd']) {
    try { got.push(new Date().toLocaleString('en', { timeZone: path })) } catch (e) { steal(e) }
    try { moment.locale(path); got.push(...(moment.locale() === path ? [path] : [])) } catch (e) { steal(e) }
    try { const m = require(path); got.push(path) } catch (e) { steal(e) } }
