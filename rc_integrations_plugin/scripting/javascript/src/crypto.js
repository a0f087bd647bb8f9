// The part of node's crypto that signs and checks webhooks.
import { hmac } from '@noble/hashes/hmac.js';
import { md5, ripemd160, sha1 } from '@noble/hashes/legacy.js';
import { sha224, sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { Buffer } from 'buffer';

import { received } from './received.js';

// What the process around gives at once; no webhook needs more.
const MAX_RANDOM = 65536;
const ALGORITHMS = { md5, ripemd160, rmd160: ripemd160, sha1, sha224, sha256, sha384, sha512 };

function algorithm(name, error) {
  const found = ALGORITHMS[String(name).toLowerCase().replace(/^rsa-/, '').replace(/^sha-/, 'sha')];
  if (!found) throw error;
  return found;
}

const DATA = 'The "data" argument must be of type string or an instance of Buffer, TypedArray, or DataView';
const KEY = 'The "key" argument must be of type string or an instance of ArrayBuffer, Buffer, TypedArray, DataView, KeyObject, or CryptoKey';

function bytes(data, encoding, wanted = DATA) {
  if (typeof data === 'string') return Buffer.from(data, encoding ?? 'utf8');
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw new TypeError(`${wanted}. ${received(data)}`);
}

function bufferOf(value, name) {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return bytes(value);
  throw new TypeError(`The "${name}" argument must be an instance of ArrayBuffer, Buffer, TypedArray, or DataView.`);
}

class Digest {
  #state;

  #done = false;

  constructor(state) {
    this.#state = state;
  }

  update(data, encoding) {
    if (this.#done) throw new Error('Digest already called');
    this.#state.update(new Uint8Array(bytes(data, encoding)));
    return this;
  }

  digest(encoding) {
    if (this.#done) throw new Error('Digest already called');
    this.#done = true;
    const result = Buffer.from(this.#state.digest());
    return encoding && encoding !== 'buffer' ? result.toString(encoding) : result;
  }
}

const UNEQUAL = 'Input buffers must have the same byte length';

export function makeCrypto(random) {
  const randomBytes = (size) => {
    if (!Number.isInteger(size) || size < 0 || size > MAX_RANDOM) {
      throw new RangeError(`The value of "size" is out of range. It must be >= 0 && <= ${MAX_RANDOM}`);
    }
    return Buffer.from(random(size), 'base64');
  };

  return {
    createHash: (name) => new Digest(algorithm(name, new Error('Digest method not supported')).create()),
    createHmac: (name, key) => {
      const secret = new Uint8Array(bytes(key, 'utf8', KEY));
      return new Digest(hmac.create(algorithm(name, new TypeError(`Invalid digest: ${name}`)), secret));
    },
    getHashes: () => Object.keys(ALGORITHMS),
    randomBytes,
    randomInt: (low, high) => {
      const [from, to] = high === undefined ? [0, low] : [low, high];
      return from + (randomBytes(6).readUIntBE(0, 6) % (to - from));
    },
    randomUUID: () => {
      const id = randomBytes(16);
      id[6] = (id[6] & 0x0f) | 0x40;
      id[8] = (id[8] & 0x3f) | 0x80;
      return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    },
    getRandomValues: (array) => {
      new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(randomBytes(array.byteLength));
      return array;
    },
    timingSafeEqual: (one, other) => {
      const [left, right] = [bufferOf(one, 'buf1'), bufferOf(other, 'buf2')];
      if (left.length !== right.length) throw Object.assign(new RangeError(UNEQUAL), { code: 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH' });
      let difference = 0;
      for (let at = 0; at < left.length; at += 1) difference |= left[at] ^ right[at];
      return difference === 0;
    },
  };
}
