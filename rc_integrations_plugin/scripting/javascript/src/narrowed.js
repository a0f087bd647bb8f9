// What the engine has and scripts do without: shared and resizable memory, and what reports of garbage.
// Most holes that were published of QuickJS-ng lately are a buffer that moves while a method is at work
// on it (issues 1296, 1297, 1301, 1302, 1305), Iterator.concat (1368, 1440), which Node.js 20 has not
// either, and FinalizationRegistry (1318). No script that was written for Rocket.Chat can miss them.
const GLOBALS = ['Atomics', 'SharedArrayBuffer', 'FinalizationRegistry'];
const METHODS = ['resize', 'transfer', 'transferToFixedLength', 'transferToImmutable'];

export function narrowEngine() {
  for (const name of GLOBALS) delete globalThis[name];
  for (const name of METHODS) delete ArrayBuffer.prototype[name];
  if (typeof Iterator === 'function') delete Iterator.concat;
}
