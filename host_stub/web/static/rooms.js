// The list of rooms at the side.

import { fillInitial } from "./message.js";
import { element } from "./safety.js";

const SECTIONS = [
  { kind: "c", heading: "Channels", add: "Create a channel", empty: "No channels yet" },
  { kind: "p", heading: "Private groups", add: "Create a private group", empty: "No private groups yet" },
  { kind: "d", heading: "Direct messages", add: "Write to someone", empty: "No conversations yet" },
];

export class RoomList {
  /** `onOpen(room)` and `onAdd(kind)` are called for clicks. */
  constructor(container, { onOpen, onAdd }) {
    this.container = container;
    this.handlers = { onOpen, onAdd };
    this.rooms = new Map();
    this.unread = new Map();
    this.currentId = null;
  }

  fill(rooms) {
    this.rooms = new Map(rooms.map((room) => [room.id, room]));
    this.draw();
  }

  find(roomId) {
    return this.rooms.get(roomId);
  }

  byPath(path) {
    return [...this.rooms.values()].find((room) => room.path === path);
  }

  hasChannel(name) {
    return [...this.rooms.values()].some((room) => room.kind === "c" && room.name === name);
  }

  select(roomId) {
    this.currentId = roomId;
    this.unread.delete(roomId);
    this.draw();
  }

  markUnread(roomId) {
    if (!this.rooms.get(roomId)?.isMember) return;
    this.unread.set(roomId, (this.unread.get(roomId) ?? 0) + 1);
    this.draw();
  }

  get unreadTotal() {
    return [...this.unread.values()].reduce((sum, one) => sum + one, 0);
  }

  draw() {
    const focused = this.container.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    this.container.replaceChildren(...SECTIONS.map((section) => this.drawSection(section)));
    if (focused) this.container.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
  }

  drawSection({ kind, heading, add, empty }) {
    const id = `rooms-${kind}`;
    const rooms = [...this.rooms.values()].filter((room) => room.kind === kind && room.isMember);
    const title = element("h2", { id, text: heading });
    const button = element("button", { type: "button", class: "icon-button", title: add, "aria-label": add, onclick: () => this.handlers.onAdd(kind) }, element("span", { class: "icon icon-plus", "aria-hidden": "true" }));
    const rows = rooms.length ? rooms.map((room) => this.drawRoom(room)) : [element("li", { class: "empty", text: empty })];
    const more = kind === "c" ? element("button", { type: "button", class: "quiet browse", text: "Browse all channels", onclick: () => this.handlers.onAdd("browse") }) : null;
    return element("section", { "aria-labelledby": id }, element("div", { class: "section-heading" }, title, button), element("ul", {}, ...rows), more);
  }

  drawRoom(room) {
    const unread = this.unread.get(room.id) ?? 0;
    const current = room.id === this.currentId;
    const anchor = element(
      "a",
      {
        href: room.path,
        class: [unread && "unread", room.archived && "archived"].filter(Boolean).join(" ") || null,
        "aria-current": current ? "page" : null,
        title: room.title,
        onclick: (event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
          event.preventDefault();
          this.handlers.onOpen(room);
        },
      },
      roomIcon(room),
      element("bdi", { class: "room-name", text: room.title }),
    );
    if (unread) {
      const label = unread === 1 ? "1 new message" : `${unread} new messages`;
      anchor.append(element("span", { class: "badge", "aria-label": label, text: unread > 99 ? "99+" : String(unread) }));
    }
    return element("li", {}, anchor);
  }
}

/** #, a padlock, or the first letter of the other person. */
export function roomIcon(room) {
  if (room.kind === "d") {
    const box = element("span", { class: "small-avatar", "aria-hidden": "true" });
    fillInitial(box, room.title);
    return box;
  }
  const label = room.kind === "p" ? "Private group" : "Channel";
  return element("span", { class: `icon icon-${room.kind === "p" ? "lock" : "hash"}`, role: "img", "aria-label": label });
}
