// Meteor's synchronous HTTP and an asynchronous fetch. Both go through the process around the
// engine, which makes the call, or refuses it, under its own rules.
import { Buffer } from 'buffer';

const METHODS = ['get', 'post', 'put', 'patch', 'del', 'head', 'options'];

export function makeHttp(send, sendSoon) {
  /** The form of the engines before 7.0: never throws. */
  function HTTP(method, url, options) {
    try {
      return { result: call(method, url, options) };
    } catch (error) {
      return { error };
    }
  }

  function call(method, url, options = {}) {
    const answer = send(meteorRequest(String(method).toUpperCase(), String(url), options ?? {}));
    if (answer.error) throw new Error(answer.error);
    const result = {
      statusCode: answer.status,
      content: answer.content,
      headers: answer.headers,
      data: parsed(answer.content),
      ok: answer.status >= 200 && answer.status < 300,
      redirected: Boolean(answer.redirected),
    };
    if (answer.status < 400) return result;
    const words = answer.content.slice(0, 500).replace(/\s+/g, ' ');
    throw Object.assign(new Error(`failed [${answer.status}]${words && ` ${words}`}`), { response: result });
  }

  function withCallback(method, url, ...rest) {
    const callback = typeof rest.at(-1) === 'function' ? rest.pop() : undefined;
    if (!callback) return call(method, url, rest[0]);
    const { result, error } = HTTP(method, url, rest[0]);
    callback(error ?? null, result ?? error?.response);
    return undefined;
  }

  HTTP.call = withCallback;
  for (const method of METHODS) {
    const verb = method === 'del' ? 'DELETE' : method.toUpperCase();
    HTTP[method] = (url, ...rest) => withCallback(verb, url, ...rest);
  }
  HTTP.delete = HTTP.del;

  async function fetch(input, options = {}) {
    const request = fetchRequest(input, options ?? {});
    const answer = await sendSoon(request);
    if (answer.error) throw new TypeError(`fetch failed: ${answer.error}`);
    return new Response(answer.content, {
      status: answer.status,
      statusText: answer.reason,
      headers: answer.headers,
      url: answer.url ?? request.url,
      redirected: Boolean(answer.redirected),
    });
  }

  return { HTTP, fetch };
}

function meteorRequest(method, url, options) {
  const headers = plainHeaders(options.headers);
  const address = new URL(url);
  let body = options.content;
  if (options.query !== undefined) address.search = withoutMark(options.query);
  if (options.data !== undefined && options.data !== null) {
    body = JSON.stringify(options.data);
    addHeader(headers, 'Content-Type', 'application/json');
  }
  if (options.params) {
    const fields = new URLSearchParams(flat(options.params));
    if (body === undefined && ['POST', 'PUT', 'PATCH'].includes(method)) {
      body = fields.toString();
      addHeader(headers, 'Content-Type', 'application/x-www-form-urlencoded');
    } else {
      fields.forEach((value, key) => address.searchParams.append(key, value));
    }
  }
  if (options.auth) {
    if (!String(options.auth).includes(':')) {
      throw new Error('auth option should be of the form "username:password"');
    }
    addHeader(headers, 'Authorization', `Basic ${Buffer.from(String(options.auth)).toString('base64')}`);
  }
  return {
    method,
    url: address.href,
    headers,
    body: body === undefined || body === null ? null : String(body),
    timeout_ms: milliseconds(options.timeout),
    follow_redirects: options.followRedirects !== false,
  };
}

function fetchRequest(input, options) {
  const given = typeof input === 'object' && input !== null && 'url' in input ? { ...input, ...options } : options;
  const headers = plainHeaders(given.headers);
  let { body = null } = given;
  if (body instanceof URLSearchParams) {
    addHeader(headers, 'Content-Type', 'application/x-www-form-urlencoded;charset=UTF-8');
  } else if (typeof body === 'object' && body !== null && !ArrayBuffer.isView(body)) {
    body = JSON.stringify(body);
    addHeader(headers, 'Content-Type', 'application/json');
  } else if (typeof body === 'string') {
    addHeader(headers, 'Content-Type', 'text/plain;charset=UTF-8');
  }
  return {
    method: String(given.method ?? 'GET').toUpperCase(),
    url: new URL(String(given === options ? input : input.url)).href,
    headers,
    body: body === null ? null : ArrayBuffer.isView(body) ? Buffer.from(body).toString('utf8') : String(body),
    timeout_ms: milliseconds(given.timeout),
    follow_redirects: given.redirect !== 'manual' && given.redirect !== 'error',
  };
}

function milliseconds(value) {
  return Number.isFinite(value) && value > 0 ? value : null;
}

function plainHeaders(headers) {
  const entries = headers instanceof Headers ? [...headers] : Array.isArray(headers) ? headers : Object.entries(headers ?? {});
  return Object.fromEntries(
    entries.filter(([, value]) => value !== undefined && value !== null).map(([key, value]) => [String(key), String(value)]),
  );
}

function addHeader(headers, name, value) {
  if (!Object.keys(headers).some((key) => key.toLowerCase() === name.toLowerCase())) headers[name] = value;
}

function withoutMark(query) {
  return typeof query === 'string' ? query.replace(/^\?/, '') : new URLSearchParams(flat(query)).toString();
}

function flat(fields) {
  return Object.entries(fields).flatMap(([key, value]) =>
    Array.isArray(value) ? value.map((item) => [key, String(item)]) : [[key, String(value)]],
  );
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export class Headers {
  #values = new Map();

  constructor(init = {}) {
    const entries = init instanceof Headers || Array.isArray(init) ? [...init] : Object.entries(init);
    for (const [name, value] of entries) this.append(name, value);
  }

  get(name) {
    return this.#values.get(String(name).toLowerCase()) ?? null;
  }

  has(name) {
    return this.#values.has(String(name).toLowerCase());
  }

  set(name, value) {
    this.#values.set(String(name).toLowerCase(), String(value));
  }

  append(name, value) {
    const before = this.get(name);
    this.set(name, before === null ? value : `${before}, ${value}`);
  }

  delete(name) {
    this.#values.delete(String(name).toLowerCase());
  }

  forEach(run, self) {
    for (const [name, value] of this) run.call(self, value, name, this);
  }

  raw() {
    return Object.fromEntries([...this].map(([name, value]) => [name, [value]]));
  }

  entries() {
    return this[Symbol.iterator]();
  }

  keys() {
    return [...this].map(([name]) => name).values();
  }

  values() {
    return [...this].map(([, value]) => value).values();
  }

  [Symbol.iterator]() {
    return [...this.#values].sort(([one], [other]) => (one < other ? -1 : 1)).values();
  }

  toJSON() {
    return Object.fromEntries(this);
  }
}

export class Response {
  #body;

  constructor(body = '', { status = 200, statusText = '', headers = {}, url = '', redirected = false } = {}) {
    this.#body = body ?? '';
    this.status = status;
    this.statusText = statusText;
    this.ok = status >= 200 && status < 300;
    this.headers = new Headers(headers);
    this.url = url;
    this.redirected = redirected;
    this.bodyUsed = false;
  }

  async text() {
    if (this.bodyUsed) throw new TypeError('Body is unusable: Body has already been read');
    this.bodyUsed = true;
    return this.#body;
  }

  async json() {
    return JSON.parse(await this.text());
  }

  async buffer() {
    return Buffer.from(await this.text());
  }

  async arrayBuffer() {
    const { buffer, byteOffset, byteLength } = await this.buffer();
    return buffer.slice(byteOffset, byteOffset + byteLength);
  }

  clone() {
    const { status, statusText, url, redirected } = this;
    return new Response(this.#body, { status, statusText, headers: [...this.headers], url, redirected });
  }
}
