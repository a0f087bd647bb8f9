// Runs scripts in Node.js for the comparison: `node node_child.js vm|isolated-vm`.
//
// Standard input is a socket. A frame is four bytes of length and as many bytes: a line of JSON that
// says what to do, then, for a call, the argument as JSON text. The answer's frame is the result as
// JSON text, made where the script lives. Reading and writing block: nothing is faster in Node.js.
'use strict';

const fs = require('fs');

const SOCKET = 0;
// Makes the instance of a script and returns what calls its methods, from text to text.
const LOADER = `((source) => {
  const Script = (0, eval)(source + '\\n;Script');
  const instance = new Script();
  return (method, argument) => JSON.stringify(instance[method](JSON.parse(argument)) ?? null);
})`;

class VmPlace {
  constructor() {
    this.vm = require('vm');
    this.context = this.vm.createContext({});
  }

  load(source) {
    this.run = this.vm.runInContext(LOADER, this.context)(source);
  }

  dispose() {}
}

class IsolatePlace {
  constructor() {
    const { Isolate } = require('isolated-vm');
    this.isolate = new Isolate({ memoryLimit: 64 });
    this.context = this.isolate.createContextSync();
  }

  load(source) {
    const load = this.context.evalSync(LOADER, { reference: true });
    const call = load.applySync(undefined, [source], { result: { reference: true } });
    this.run = (method, argument) => call.applySync(undefined, [method, argument], { timeout: 3000 });
  }

  dispose() {
    this.isolate.dispose();
  }
}

const Place = { vm: VmPlace, 'isolated-vm': IsolatePlace }[process.argv[2]];
const places = new Map();

function obey(order, argument) {
  switch (order.op) {
    case 'add':
      places.set(order.id, new Place());
      return 'null';
    case 'collect':
      global.gc();
      return 'null';
    case 'drop':
      places.get(order.id).dispose();
      places.delete(order.id);
      return 'null';
    default:
      if (order.source !== undefined) places.get(order.id).load(order.source);
      return places.get(order.id).run(order.method, argument);
  }
}

function read(size) {
  const bytes = Buffer.allocUnsafe(size);
  for (let at = 0; at < size; ) {
    const count = fs.readSync(SOCKET, bytes, at, size - at);
    if (count === 0) process.exit(0);
    at += count;
  }
  return bytes;
}

function write(text) {
  const bytes = Buffer.allocUnsafe(4 + Buffer.byteLength(text));
  bytes.writeUInt32BE(bytes.length - 4);
  bytes.write(text, 4);
  for (let at = 0; at < bytes.length; ) at += fs.writeSync(SOCKET, bytes, at);
}

new Place().dispose();
write('"ready"');
for (;;) {
  const frame = read(read(4).readUInt32BE());
  const end = frame.indexOf(10);
  write(obey(JSON.parse(frame.toString('utf8', 0, end)), frame.toString('utf8', end + 1)));
}
