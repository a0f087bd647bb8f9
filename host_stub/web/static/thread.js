// The panel at the side with one thread.

import { get } from "./api.js";
import { Composer } from "./composer.js";
import { Timeline } from "./timeline.js";

const byId = (id) => document.getElementById(id);

export class Thread {
  constructor({ contextOf, send, correct }) {
    this.panel = byId("thread");
    this.parentId = null;
    this.timeline = new Timeline(byId("thread-messages"), byId("thread-scroller"), (message) => contextOf(message, this.timeline));
    this.composer = new Composer(byId("thread-composer"), { send: (text) => send(text, this.parentId), correct });
    this.composer.describe("Reply in this thread");
    byId("close-thread").addEventListener("click", () => this.close());
  }

  async open(room, parentId, { write = false } = {}) {
    this.returnTo = document.activeElement;
    const { messages } = await get("/web/thread", { roomId: room.id, messageId: parentId });
    this.parentId = parentId;
    this.panel.hidden = false;
    document.body.classList.add("thread-open");
    this.composer.clear();
    this.timeline.fill(messages);
    if (write) this.composer.area.focus();
    else byId("close-thread").focus();
  }

  close() {
    if (this.panel.hidden) return;
    this.panel.hidden = true;
    this.parentId = null;
    document.body.classList.remove("thread-open");
    if (this.returnTo?.isConnected) this.returnTo.focus();
  }

  allowWriting(allowed) {
    byId("thread-composer").hidden = !allowed;
  }

  received(message) {
    if (this.parentId && (message.tmid === this.parentId || message._id === this.parentId)) this.timeline.put(message);
  }

  removed(messageId) {
    if (messageId === this.parentId) this.close();
    else this.timeline.remove(messageId);
  }
}
