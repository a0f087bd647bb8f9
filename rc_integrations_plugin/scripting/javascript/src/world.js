// The world that scripts live in: evaluated once in the parent of all script processes, which forks
// one child for each integration while `serve` waits for its first order.
import 'core-js/stable/atob.js';
import 'core-js/stable/btoa.js';
import 'core-js/web/url.js';
import 'core-js/web/url-search-params.js';
import 'fast-text-encoding';

import structuredClone from '@ungap/structured-clone';
import { Buffer } from 'buffer';
import moment from 'moment';
import _ from 'underscore';
import s from 'underscore.string/dist/underscore.string.js';

import { installBabelErrors } from './babel_errors.js';
import { installBuiltInWords } from './built_in_words.js';
import { hideRunningFunctions } from './call_sites.js';
import { makeConsole } from './console.js';
import { makeCrypto } from './crypto.js';
import { installDateTexts } from './date_texts.js';
import { installErrorKinds } from './error_kinds.js';
import { installEvalWords } from './eval_words.js';
import { askAboutMemory, nameMemory } from './faults.js';
import { makeFetches } from './fetches.js';
import { installFunctionTexts } from './function_texts.js';
import { installIntl } from './intl/install.js';
import { Headers, makeHttp, Response } from './http.js';
import { withV8Messages } from './json_errors.js';
import { makeParse } from './parsed_content.js';
import { narrowEngine } from './narrowed.js';
import { installNodeWays, withDataCloneError } from './node_ways.js';
import { installNumberTexts } from './number_texts.js';
import { makeRandom } from './random.js';
import { makeRequire } from './require.js';
import { limitNesting } from './results.js';
import { serve } from './serve.js';
import { addHelper, compile } from './sloppy.js';
import { installSorting } from './sorting.js';
import { makeTimers } from './timers.js';
import { installErrorTexts } from './v8_errors.js';

hideRunningFunctions();
const host = globalThis.call_python;
delete globalThis.call_python;
delete globalThis.dukpy;
delete globalThis['__core-js_shared__'];
narrowEngine();

function addGlobal(name, value) {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
}

const console = makeConsole((level, text) => host('console', level, text));
const fetches = makeFetches((requests) => host('http', requests));
const timers = makeTimers((milliseconds) => host('nap', milliseconds), (error) => console.error(error), fetches);
const crypto = makeCrypto((size) => host('random', size));
const { HTTP, fetch } = makeHttp((request) => host('http', request), fetches.sendSoon);
const modules = {
  underscore: _,
  'underscore.string': s,
  moment,
  crypto,
  buffer: { Buffer },
  url: { URL, URLSearchParams },
};
const globals = {
  _,
  s,
  moment,
  console,
  crypto,
  HTTP,
  fetch,
  Headers,
  Response,
  Buffer,
  structuredClone: withDataCloneError((value) => structuredClone(value)),
  require: makeRequire(modules),
  global: globalThis,
  ...timers.globals,
};
for (const [name, value] of Object.entries(globals)) addGlobal(name, value);
addHelper(addGlobal);
installBabelErrors(addGlobal);
installEvalWords(addGlobal);
installNodeWays(addGlobal);
installNumberTexts();
installDateTexts(addGlobal);
installIntl(host, addGlobal);
installSorting();
installErrorTexts(addGlobal, () => host('memory'));
installBuiltInWords(addGlobal);
installErrorKinds(addGlobal);
JSON.parse = makeParse(withV8Messages(JSON.parse));
Object.defineProperty(JSON.parse, 'name', { value: 'parse', configurable: true });
Math.random = makeRandom(() => Uint8Array.from(atob(host('random', 16)), (byte) => byte.charCodeAt(0)).buffer);
installFunctionTexts();
// What the first compilation sets up is then shared by all processes.
compile('class Script { constructor() { this.a = `${1}`; } run({ b }) { for (i of b) /x/.test(i); } }');

const limits = host('limits');
limitNesting(limits.nesting);
nameMemory(limits.memory_mb);
askAboutMemory(() => host('short'));

serve({ host, settle: timers.settle, fetches, addGlobal });
