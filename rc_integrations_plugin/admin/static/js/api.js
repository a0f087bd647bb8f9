// Calls to the server. Errors are thrown with the sentence that the server gave.

import { page } from "./dom.js";

/** The server said no, or could not be reached. */
export class CallFailed extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** Ask for JSON. `parameters` go into the query. */
export function get(address, parameters = {}, { signal } = {}) {
  const query = new URLSearchParams(parameters).toString();
  return call(query ? `${address}?${query}` : address, { signal });
}

/** Send JSON, with the token that shows that this page sent it. */
export function post(address, body = {}, { signal } = {}) {
  return call(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": page().dataset.csrf },
    body: JSON.stringify(body),
    signal,
  });
}

async function call(address, { headers = {}, ...options }) {
  let response;
  try {
    response = await fetch(address, {
      credentials: "same-origin",
      redirect: "error",
      headers: { Accept: "application/json", ...headers },
      ...options,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new CallFailed("The server can't be reached.", 0);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok || answer.success === false) {
    throw new CallFailed(answer.error || `The server answered ${response.status}.`, response.status);
  }
  return answer;
}
