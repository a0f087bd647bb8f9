// A list of messages that stays in order: the room's, or a thread's.

import { continues, drawMessage } from "./message.js";
import { element, text } from "./safety.js";
import { dayName, midnight, readTime } from "./times.js";

const NEAR_END_PIXELS = 80;
const EXCERPT_LENGTH = 90;

export class Timeline {
  /** `contextOf(message)` gives what `drawMessage` needs. */
  constructor(listElement, scroller, contextOf) {
    this.list = listElement;
    this.scroller = scroller;
    this.contextOf = contextOf;
    this.messages = [];
    // Pictures that load late must not push the newest message out of sight.
    this.list.addEventListener("load", () => this.wasAtEnd && this.toEnd(), true);
    this.scroller.addEventListener("scroll", () => { this.wasAtEnd = this.isAtEnd(); }, { passive: true });
    // Nor must a phone's keyboard, or a composer that grows, which leave less room.
    new ResizeObserver(() => this.wasAtEnd && this.toEnd()).observe(this.scroller);
    this.wasAtEnd = true;
  }

  find(messageId) {
    return this.messages.find((one) => one._id === messageId);
  }

  /** Replace everything; the newest is shown. */
  fill(messages) {
    this.messages = [];
    this.merge(messages);
    this.redraw();
    this.toEnd();
  }

  /** Put older messages before what is there, and keep the place that is being read. */
  addOlder(messages) {
    const fromEnd = this.scroller.scrollHeight - this.scroller.scrollTop;
    this.merge(messages);
    this.redraw();
    this.scroller.scrollTop = this.scroller.scrollHeight - fromEnd;
  }

  /** Add or replace one; returns whether it is new. */
  put(message) {
    const known = this.messages.findIndex((one) => one._id === message._id);
    const follow = this.isAtEnd();
    this.merge([message]);
    if (known >= 0) this.redrawAround(message);
    else if (this.messages.at(-1) === message) this.append(message);
    else this.redraw();
    if (follow) this.toEnd();
    return known < 0;
  }

  remove(messageId) {
    const kept = this.messages.filter((one) => one._id !== messageId);
    if (kept.length === this.messages.length) return;
    this.messages = kept;
    this.redraw();
  }

  merge(messages) {
    const byId = new Map(this.messages.map((one) => [one._id, one]));
    for (const message of messages) byId.set(message._id, message);
    this.messages = [...byId.values()].sort(byTime);
  }

  append(message) {
    this.list.append(...this.draw(message, this.messages.length - 1));
  }

  redraw() {
    const drawn = this.messages.flatMap((message, index) => this.draw(message, index));
    const log = this.list.parentElement;
    // known messages are not news that a screen reader should read out
    log.setAttribute("aria-busy", "true");
    this.list.replaceChildren(...drawn);
    setTimeout(() => log.removeAttribute("aria-busy"), 500);
  }

  /** Draw a changed message again without moving the others. */
  redrawAround(message) {
    const index = this.messages.findIndex((one) => one._id === message._id);
    const old = this.list.querySelector(`[data-id="${CSS.escape(text(message._id))}"]`);
    const drawn = this.draw(message, index).at(-1);
    if (old) old.replaceWith(drawn);
    else this.redraw();
  }

  draw(message, index) {
    const before = this.messages[index - 1];
    const [now, then] = [readTime(message.ts), before && readTime(before.ts)];
    const newDay = now && (!then || midnight(now) !== midnight(then));
    const drawn = drawMessage(message, { ...this.contextOf(message), sameAuthor: continues(message, before) });
    if (!newDay) return [drawn];
    return [element("li", { class: "day" }, element("span", { text: dayName(now) })), drawn];
  }

  isAtEnd() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < NEAR_END_PIXELS;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.wasAtEnd = true;
  }
}

/** One line that reminds of a message. */
export function excerpt(message) {
  const attachment = Array.isArray(message.attachments) ? message.attachments[0] : null;
  const line = (text(message.msg) || text(attachment?.title) || text(attachment?.text) || "a message").replace(/\s+/g, " ");
  return line.length > EXCERPT_LENGTH ? `${line.slice(0, EXCERPT_LENGTH)}…` : line;
}

function byTime(one, other) {
  const [first, second] = [readTime(one.ts)?.getTime() ?? 0, readTime(other.ts)?.getTime() ?? 0];
  return first - second || (text(one._id) < text(other._id) ? -1 : 1);
}
