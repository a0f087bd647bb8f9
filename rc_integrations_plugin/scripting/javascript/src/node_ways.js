// Small things that Node does and that the engine or a library in this bundle does otherwise.
import { Buffer } from 'buffer';

import { received } from './received.js';

const URL_SAFE = 'base64url';
const SOURCES = 'The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object';

const BASE64 = /^[\sA-Za-z0-9+/=]*$/;

export function installNodeWays(addGlobal) {
  Math.cbrt = betterRoot(Math.cbrt);
  nameTimeZone();
  addUrlSafeBase64();
  addGlobal('TextDecoder', TextDecoder);
  const { encode } = TextEncoder.prototype;
  replace(TextEncoder.prototype, 'encode', { encode(text = '') { return encode.call(this, `${text}`); } }.encode);
  for (const name of ['atob', 'btoa']) addGlobal(name, withNodesWords(globalThis[name]));
}

/** Takes the last bit of the C library's cube roots right. */
function betterRoot(root) {
  return function cbrt(value) {
    const near = root(value);
    return near && Number.isFinite(near) ? near - (near * near * near - value) / (3 * near * near) : near;
  };
}

function nameTimeZone() {
  for (const name of ['toString', 'toTimeString']) {
    const original = Date.prototype[name];
    replace(Date.prototype, name, function text() {
      return original.call(this).replace(/GMT[+-]\d{4}$/, (offset) => `${offset} (${longNameOf(this)})`);
    });
  }
}

let isUtc;

/** Returns what the zone of the process is called at a time. */
function longNameOf(date) {
  isUtc ??= new Intl.DateTimeFormat().resolvedOptions().timeZone === 'UTC';
  if (isUtc) return 'Coordinated Universal Time';
  return new Intl.DateTimeFormat('en-US', { timeZoneName: 'long' }).formatToParts(date).find(({ type }) => type === 'timeZoneName').value;
}

/** Returns one of the functions for base64 that fails as Node's do. */
function withNodesWords(convert) {
  return {
    [convert.name](text) {
      try {
        return convert(...arguments);
      } catch (error) {
        if (error?.name !== 'InvalidCharacterError') throw error;
        const isCut = convert.name === 'atob' && BASE64.test(text);
        throw new DOMException(isCut ? 'The string to be decoded is not correctly encoded.' : 'Invalid character', error.name);
      }
    },
  }[convert.name];
}

function addUrlSafeBase64() {
  const { from, isEncoding } = Buffer;
  const { toString } = Buffer.prototype;
  Buffer.from = (value, encoding, ...rest) => {
    try {
      return from(value, encoding === URL_SAFE ? 'base64' : encoding, ...rest);
    } catch (error) {
      if (error instanceof TypeError && typeof value !== 'string') throw new TypeError(`${SOURCES}. ${received(value)}`);
      throw error;
    }
  };
  Object.defineProperty(Buffer, 'name', { value: 'Buffer', configurable: true });
  Buffer.isEncoding = (name) => name === URL_SAFE || isEncoding(name);
  Buffer.prototype.toString = function text(encoding, ...range) {
    if (encoding !== URL_SAFE) return toString.call(this, encoding, ...range);
    return toString.call(this, 'base64', ...range).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  };
}

function replace(target, name, value) {
  Object.defineProperty(value, 'name', { value: name, configurable: true });
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}

const ENCODINGS = {
  'utf-8': 'utf8',
  utf8: 'utf8',
  'utf-16le': 'utf16le',
  latin1: 'latin1',
  'iso-8859-1': 'latin1',
  'windows-1252': 'latin1',
  ascii: 'latin1',
};

class TextDecoder {
  #encoding;

  constructor(label = 'utf-8', { fatal = false, ignoreBOM = false } = {}) {
    this.encoding = String(label).trim().toLowerCase();
    this.#encoding = ENCODINGS[this.encoding];
    if (!this.#encoding) throw new RangeError(`The "${label}" encoding is not supported`);
    if (this.encoding === 'utf8') this.encoding = 'utf-8';
    this.fatal = fatal;
    this.ignoreBOM = ignoreBOM;
  }

  decode(input = new Uint8Array()) {
    const bytes = ArrayBuffer.isView(input)
      ? Buffer.from(input.buffer, input.byteOffset, input.byteLength)
      : Buffer.from(input);
    const text = bytes.toString(this.#encoding);
    if (this.fatal && this.#encoding === 'utf8' && !Buffer.from(text).equals(bytes)) {
      throw new TypeError('The encoded data was not valid for encoding utf-8');
    }
    return this.ignoreBOM ? text : text.replace(/^\ufeff/, '');
  }
}

/** Returns a structuredClone that says in Node's way what it can't copy. */
export function withDataCloneError(clone) {
  return (value) => {
    try {
      return clone(value);
    } catch (error) {
      if (error instanceof TypeError) throw new DOMException(`${describe(value)} could not be cloned.`, 'DataCloneError');
      throw error;
    }
  };
}

function describe(value) {
  return typeof value === 'object' ? '#<Object>' : String(value);
}
