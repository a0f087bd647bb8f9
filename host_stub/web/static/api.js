// Calls to the server. Errors are thrown with the sentence that the server gave.

/** The server said no, or could not be reached. */
export class CallFailed extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

async function call(method, address, options = {}) {
  let response;
  try {
    response = await fetch(address, { method, credentials: "same-origin", ...options });
  } catch {
    throw new CallFailed("The server can't be reached.", 0);
  }
  if (response.status === 401) {
    location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
    throw new CallFailed("Please log in again.", 401);
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok || body.success === false) {
    const said = typeof body.error === "string" ? body.error : body.message;
    throw new CallFailed(said || `The server answered ${response.status}.`, response.status);
  }
  return body;
}

export function get(address, parameters = {}) {
  const query = new URLSearchParams(parameters).toString();
  return call("GET", query ? `${address}?${query}` : address);
}

export function post(address, body = {}) {
  return call("POST", address, { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

export function upload(address, form) {
  return call("POST", address, { body: form });
}
