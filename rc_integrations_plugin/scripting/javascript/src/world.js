// The world that scripts live in: evaluated once in the parent of all script processes, which forks
// one child for each integration while `serve` waits for its first order.
import moment from 'moment';
import _ from 'underscore';
import s from 'underscore.string/dist/underscore.string.js';

import { makeConsole } from './console.js';
import { serve } from './serve.js';

const host = globalThis.call_python;
delete globalThis.call_python;
delete globalThis.dukpy;

function addGlobal(name, value) {
  Object.defineProperty(globalThis, name, {
    value,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

addGlobal('console', makeConsole((level, text) => host('console', level, text)));
addGlobal('_', _);
addGlobal('s', s);
addGlobal('moment', moment);

serve(host);
