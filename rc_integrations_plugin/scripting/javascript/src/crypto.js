// The part of node's crypto that signs and checks webhooks.
import { hmac } from '@noble/hashes/hmac.js';
import { md5, ripemd160, sha1 } from '@noble/hashes/legacy.js';
import { pbkdf2 } from '@noble/hashes/pbkdf2.js';
import { sha224, sha256, sha384, sha512, sha512_224, sha512_256 } from '@noble/hashes/sha2.js';
import { sha3_224, sha3_256, sha3_384, sha3_512 } from '@noble/hashes/sha3.js';
import { Buffer } from 'buffer';

import { received } from './received.js';

// What the process around gives at once; no webhook needs more.
const MAX_RANDOM = 65536;
const MOST = 2 ** 31 - 1;
const ALGORITHMS = {
  md5,
  ripemd160,
  rmd160: ripemd160,
  sha1,
  sha224,
  sha256,
  sha384,
  sha512,
  'sha512-224': sha512_224,
  'sha512-256': sha512_256,
  'sha3-224': sha3_224,
  'sha3-256': sha3_256,
  'sha3-384': sha3_384,
  'sha3-512': sha3_512,
};

function algorithm(name, argument, error) {
  if (typeof name !== 'string') throw new TypeError(`The "${argument}" argument must be of type string. ${received(name)}`);
  const key = name.toLowerCase().replace(/^rsa-/, '').replace(/^sha-/, 'sha');
  if (!Object.hasOwn(ALGORITHMS, key)) throw error;
  return ALGORITHMS[key];
}

const DATA = 'The "data" argument must be of type string or an instance of Buffer, TypedArray, or DataView';
const KEY = 'The "key" argument must be of type string or an instance of ArrayBuffer, Buffer, TypedArray, DataView, KeyObject, or CryptoKey';
const secretOf = (name) => `The "${name}" argument must be of type string or an instance of ArrayBuffer, Buffer, TypedArray, or DataView`;

function inRange(name, value, low, high) {
  if (typeof value !== 'number') throw new TypeError(`The "${name}" argument must be of type number. ${received(value)}`);
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new RangeError(`The value of "${name}" is out of range. It must be >= ${low} && <= ${high}. Received ${value}`);
  }
}

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

  get state() {
    if (this.#done) throw new Error('Digest already called');
    return this.#state;
  }

  get isDone() {
    return this.#done;
  }

  update(data, encoding) {
    this.state.update(new Uint8Array(bytes(data, encoding)));
    return this;
  }

  digest(encoding) {
    const result = Buffer.from(this.state.digest());
    this.#done = true;
    return written(result, encoding);
  }
}

function written(result, encoding) {
  return encoding && encoding !== 'buffer' ? result.toString(encoding) : result;
}

class Hash extends Digest {
  copy() {
    return new this.constructor(this.state.clone());
  }
}

class Hmac extends Digest {
  digest(encoding) {
    // Node.js refuses this of hashes only.
    return this.isDone ? written(Buffer.alloc(0), encoding) : super.digest(encoding);
  }
}

function derive(password, salt, iterations, size, name) {
  const digest = algorithm(name, 'digest', new TypeError(`Invalid digest: ${name}`));
  const secret = new Uint8Array(bytes(password, 'utf8', secretOf('password')));
  const salted = new Uint8Array(bytes(salt, 'utf8', secretOf('salt')));
  inRange('iterations', iterations, 1, MOST);
  inRange('keylen', size, 0, MOST);
  return size === 0 ? Buffer.alloc(0) : Buffer.from(pbkdf2(digest, secret, salted, { c: iterations, dkLen: size }));
}

/** Gives a value to a callback as Node.js does, later; returns the value if there is none. */
function give(value, callback) {
  if (typeof callback !== 'function') return value;
  Promise.resolve().then(() => callback(null, value));
  return undefined;
}

const UNEQUAL = 'Input buffers must have the same byte length';

export function makeCrypto(random) {
  const randomBytes = (size) => {
    inRange('size', size, 0, MAX_RANDOM);
    return Buffer.from(random(size), 'base64');
  };

  const randomInt = (from, to) => {
    for (const [name, value] of [['min', from], ['max', to]]) {
      if (!Number.isSafeInteger(value)) throw new TypeError(`The "${name}" argument must be a safe integer. ${received(value)}`);
    }
    if (to <= from) {
      throw new RangeError(`The value of "max" is out of range. It must be greater than the value of "min" (${from}). Received ${to}`);
    }
    return from + (randomBytes(6).readUIntBE(0, 6) % (to - from));
  };

  return {
    Hash,
    Hmac,
    createHash: (name) => new Hash(algorithm(name, 'algorithm', new Error('Digest method not supported')).create()),
    createHmac: (name, key) => {
      if (typeof name !== 'string') algorithm(name, 'hmac');
      const secret = new Uint8Array(bytes(key, 'utf8', KEY));
      return new Hmac(hmac.create(algorithm(name, 'hmac', new TypeError(`Invalid digest: ${name}`)), secret));
    },
    getHashes: () => Object.keys(ALGORITHMS),
    pbkdf2: (password, salt, iterations, size, name, callback) => give(derive(password, salt, iterations, size, name), callback),
    pbkdf2Sync: derive,
    randomBytes: (size, callback) => give(randomBytes(size), callback),
    randomInt: (low, high, callback) => {
      const hasLow = typeof high === 'number';
      return give(hasLow ? randomInt(low, high) : randomInt(0, low), hasLow ? callback : high);
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
