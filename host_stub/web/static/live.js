// What happens in the rooms, as it happens: by server-sent events, or by asking again and again
// while the server has no room for another listener.

import { get } from "./api.js";

const POLL_MILLISECONDS = 3000;
const RETRY_STREAM_MILLISECONDS = 60000;

/** Call `handlers.message`, `.removed`, `.rooms`, `.reload` and `.state` from now on. */
export class Live {
  constructor(position, handlers) {
    this.position = position;
    this.handlers = handlers;
    this.listen();
    window.addEventListener("pagehide", () => this.source?.close());
    window.addEventListener("pageshow", (event) => event.persisted && this.listen());
  }

  listen() {
    this.source?.close();
    const source = new EventSource(`/stream?since=${encodeURIComponent(this.position)}`);
    this.source = source;
    source.onopen = () => this.handlers.state("live");
    source.onerror = () => {
      // The browser comes back by itself after a lost connection, but not after a 503.
      if (source.readyState === EventSource.CLOSED) this.poll(Date.now() + RETRY_STREAM_MILLISECONDS);
      else this.handlers.state("waiting");
    };
    for (const name of ["message", "removed", "rooms", "reload"]) {
      source.addEventListener(name, (event) => this.receive(name, JSON.parse(event.data), event.lastEventId));
    }
  }

  receive(name, data, position) {
    if (position) this.position = position;
    this.handlers[name](data);
  }

  async poll(until) {
    try {
      const changes = await get("/web/changes", { since: this.position });
      for (const { event, data } of changes.events) this.receive(event, data, changes.position);
      this.position = changes.position;
      this.handlers.state("polling");
    } catch (error) {
      if (error.status === 401) return;
      this.handlers.state("waiting");
    }
    if (Date.now() >= until) this.listen();
    else setTimeout(() => this.poll(until), POLL_MILLISECONDS);
  }
}
