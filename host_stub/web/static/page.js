// The chat page: keeps the open room, the list of rooms and the live connection together.

import { get, post, upload } from "./api.js";
import { Composer } from "./composer.js";
import { askForm, showPanel } from "./dialogs.js";
import { loadEmoji } from "./emoji.js";
import { Live } from "./live.js";
import { fillInitial } from "./message.js";
import { archiveRoom, browseChannels, createRoom, invite, joinRoom, leaveRoom, showMembers } from "./room_menu.js";
import { roomIcon, RoomList } from "./rooms.js";
import { element } from "./safety.js";
import { Thread } from "./thread.js";
import { excerpt, Timeline } from "./timeline.js";

const PAGE_SIZE = 50;
const byId = (id) => document.getElementById(id);

const me = { id: document.body.dataset.userId, username: document.body.dataset.username };
const openedAt = document.body.dataset.now;
const counted = new Set(); // messages that were counted as unread
let current = null;
let openings = 0; // a slow answer for a room that was left meanwhile is dropped

const rooms = new RoomList(byId("rooms"), {
  onOpen: (room) => attempt(() => openPath(room.path)),
  onAdd: (kind) => (kind === "browse" ? attempt(() => browseChannels(openPath)) : createRoom(kind, openNew)),
});
const timeline = new Timeline(byId("messages"), byId("scroller"), (message) => contextOf(message, timeline));
const thread = new Thread({ contextOf, send: sendText, correct });
const composer = new Composer(byId("composer"), { send: (text) => sendText(text), sendFile, correct });

function contextOf(message, shownIn) {
  const inThread = shownIn !== timeline;
  const parent = message.tmid && !inThread ? timeline.find(message.tmid) : null;
  return {
    username: me.username,
    hasChannel: (name) => rooms.hasChannel(name),
    openThread: inThread ? null : (messageId) => attempt(() => thread.open(current, messageId)),
    parent: message.tmid && !inThread ? (parent ? excerpt(parent) : "an earlier message") : null,
    actions: (shown) => actionsOf(shown, inThread),
  };
}

function actionsOf(message, inThread) {
  const mine = message.u?._id === me.id && !message.bot;
  const actions = [];
  if (!inThread && current.mayPost) {
    actions.push({ label: "Reply in a thread", icon: "reply", run: () => attempt(() => thread.open(current, message.tmid ?? message._id, { write: true })) });
  }
  if (mine && current.mayPost) {
    actions.push({ label: "Edit", icon: "edit", run: () => (inThread ? thread.composer : composer).edit(message) });
  }
  if (mine || current.mayDelete) actions.push({ label: "Delete", icon: "delete", run: () => askDelete(message) });
  return actions;
}

function askDelete(message) {
  askForm({
    title: "Delete this message?",
    note: excerpt(message),
    confirm: "Delete",
    danger: true,
    run: () => post("/api/v1/chat.delete", { roomId: message.rid, msgId: message._id }),
  });
}

async function sendText(text, threadId) {
  const { message } = await post("/api/v1/chat.sendMessage", { message: { rid: current.id, msg: text, ...(threadId ? { tmid: threadId } : {}) } });
  received(message);
  timeline.toEnd();
}

async function correct(message, text) {
  const answer = await post("/api/v1/chat.update", { roomId: message.rid, msgId: message._id, text });
  received(answer.message);
}

async function sendFile(file, text) {
  const room = current;
  const form = new FormData();
  form.append("file", file);
  if (text) form.append("msg", text);
  const address = `/api/v1/rooms.media/${encodeURIComponent(room.id)}`;
  const { message } = await upload(address, form);
  received(message);
}

/** A message came: from the live connection, or as the answer to what was just sent. */
function received(message) {
  if (message.rid === current?.id) {
    const wasAtEnd = timeline.isAtEnd();
    const isNew = timeline.put(message);
    if (isNew) byId("welcome").hidden = true;
    if (isNew && !wasAtEnd && message.u?._id !== me.id) byId("newer").hidden = false;
    thread.received(message);
    if (!isNew || !document.hidden || message.u?._id === me.id) return;
  }
  if (message.u?._id === me.id && !message.bot) return;
  // an edit or a new reply tells an old message again
  if (counted.has(message._id) || message.ts < openedAt) return;
  counted.add(message._id);
  rooms.markUnread(message.rid);
  showUnread();
}

function showUnread() {
  const total = rooms.unreadTotal;
  byId("unread-dot").hidden = total === 0;
  document.title = `${total ? `(${total}) ` : ""}${current ? `${current.title} – ` : ""}Chat`;
}

function removed({ _id: messageId, rid }) {
  if (rid !== current?.id) return;
  timeline.remove(messageId);
  thread.removed(messageId);
}

async function loadRooms() {
  const answer = await get("/web/rooms");
  rooms.fill(answer.rooms);
  const shown = current;
  if (!shown) return;
  const again = await describe(shown.path);
  if (shown.id !== current?.id) return;
  if (again) showRoom(again);
  else showMissing();
}

async function openNew(path) {
  await loadRooms();
  await openPath(path);
}

/** Show the room at a path; unknown ones are looked up, since one may read a channel unjoined. */
async function openPath(path, { push = true } = {}) {
  const opening = (openings += 1);
  closeSidebar();
  if (push && path !== location.pathname) history.pushState(null, "", path);
  if (path === "/home") {
    showHome();
    return;
  }
  const room = await describe(path);
  if (opening !== openings) return;
  if (room) await openRoom(room, opening);
  else showMissing();
}

/** Return a room with all that may be done in it, or null if there is none to see. */
async function describe(path) {
  try {
    return (await get("/web/room", { path })).room;
  } catch (error) {
    if (error.status === 404) return null;
    throw error;
  }
}

async function openRoom(room, opening) {
  thread.close();
  composer.clear();
  showRoom(room);
  rooms.select(room.id);
  showUnread();
  timeline.fill([]);
  byId("welcome").hidden = true;
  const messages = await loadMessages(room, 0);
  if (opening !== openings) return;
  timeline.fill(messages);
  byId("newer").hidden = true;
  showOlderButton(messages);
  if (messages.length === 0) showWelcome(room);
  composer.focus();
}

async function loadMessages(room, offset) {
  const family = { c: "channels", p: "groups", d: "im" }[room.kind];
  const { messages } = await get(`/api/v1/${family}.messages`, { roomId: room.id, count: PAGE_SIZE, offset });
  return messages;
}

function showOlderButton(lastPage) {
  byId("older").hidden = lastPage.length < PAGE_SIZE;
}

async function loadOlder() {
  const room = current;
  const page = await loadMessages(room, timeline.messages.length);
  if (room.id !== current?.id) return;
  timeline.addOlder(page);
  showOlderButton(page);
}

function showRoom(room) {
  current = room;
  byId("room-title").replaceChildren(roomIcon(room), element("bdi", { text: room.title }));
  byId("room-topic").textContent = room.topic ?? "";
  byId("room-tools").replaceChildren(...toolsOf(room));
  composer.describe(`Write to ${room.kind === "c" ? "#" : ""}${room.title}`);
  const notice = noticeOf(room);
  byId("composer").hidden = !room.mayPost;
  byId("notice").hidden = room.mayPost;
  byId("notice").replaceChildren(...notice);
  thread.allowWriting(room.mayPost);
}

function noticeOf(room) {
  if (room.mayPost) return [];
  if (room.archived) return ["This room is archived: it can be read, but nobody can write into it."];
  if (!room.isMember && room.kind === "c") {
    const join = async () => {
      await joinRoom(room);
      await loadRooms();
    };
    return ["You are reading this channel without being a member. ", element("button", { type: "button", class: "primary", text: "Join", onclick: () => attempt(join) })];
  }
  return [room.readOnly ? "This room is read-only." : "You can't write into this room."];
}

function toolsOf(room) {
  const tools = [{ label: "Members", icon: "people", run: () => attempt(() => showMembers(room, me)) }];
  if (room.mayInvite && room.kind !== "d" && !room.archived) tools.push({ label: "Add people", icon: "add-person", run: () => invite(room) });
  if (room.mayArchive && room.kind !== "d") {
    const label = room.archived ? "Bring back from the archive" : "Archive";
    tools.push({ label, icon: "archive", run: () => archiveRoom(room, loadRooms) });
  }
  if (room.isMember && room.kind !== "d") tools.push({ label: "Leave", icon: "leave", run: () => leaveRoom(room, () => loadRooms()) });
  return tools.map(({ label, icon, run }) =>
    element("button", { type: "button", class: "icon-button", title: label, "aria-label": label, onclick: run }, element("span", { class: `icon icon-${icon}`, "aria-hidden": "true" })),
  );
}

function showWelcome(room) {
  const text = room.kind === "d" ? `This is the beginning of your conversation with ${room.title}.` : `Nothing has been written in ${room.kind === "c" ? "#" : ""}${room.title} yet.`;
  byId("welcome").replaceChildren(element("p", { class: "empty-state" }, element("bdi", { text })));
  byId("welcome").hidden = false;
}

function showEmpty(title, ...content) {
  thread.close();
  current = null;
  rooms.select(null);
  showUnread();
  timeline.fill([]);
  byId("older").hidden = byId("newer").hidden = byId("composer").hidden = byId("notice").hidden = true;
  byId("room-title").textContent = title;
  byId("room-topic").textContent = "";
  byId("room-tools").replaceChildren();
  byId("welcome").replaceChildren(element("div", { class: "empty-state" }, ...content));
  byId("welcome").hidden = false;
}

function showHome() {
  const browse = element("button", { type: "button", class: "primary", text: "Browse channels", onclick: () => attempt(() => browseChannels(openPath)) });
  showEmpty("Home", element("p", { text: "Choose a room at the side, or find one." }), browse);
}

function showMissing() {
  showEmpty("No such room", element("p", { text: "There is no room at this address, or it is not open to you." }), element("a", { href: "/home", text: "Go home" }));
}

/** Run something the person asked for; what goes wrong is said in a dialog. */
async function attempt(action) {
  try {
    await action();
  } catch (error) {
    showPanel("That did not work", element("p", { role: "alert", text: error.message }));
  }
}

function showConnection(state) {
  byId("connection").textContent = state === "waiting" ? "Reconnecting…" : "";
  document.body.dataset.connection = state;
}

function closeSidebar() {
  document.body.classList.remove("sidebar-open");
  byId("open-sidebar").setAttribute("aria-expanded", "false");
}

byId("open-sidebar").addEventListener("click", () => {
  const open = document.body.classList.toggle("sidebar-open");
  byId("open-sidebar").setAttribute("aria-expanded", String(open));
  if (open) byId("rooms").querySelector("a, button")?.focus();
});
byId("older").addEventListener("click", () => attempt(loadOlder));
byId("newer").addEventListener("click", () => timeline.toEnd());
byId("scroller").addEventListener("scroll", () => timeline.isAtEnd() && (byId("newer").hidden = true), { passive: true });
byId("room").addEventListener("click", (event) => {
  if (!event.target.closest("#open-sidebar")) closeSidebar();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  if (document.body.classList.contains("sidebar-open")) closeSidebar();
  else thread.close();
});
document.addEventListener("click", (event) => {
  // without a pointer that hovers, a tap shows what can be done with a message
  document.querySelector(".message.tapped")?.classList.remove("tapped");
  event.target.closest(".message")?.classList.add("tapped");
  const anchor = event.target.closest("a.channel-link");
  if (!anchor || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  attempt(() => openPath(anchor.getAttribute("href")));
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden || !current) return;
  rooms.select(current.id);
  showUnread();
});
window.addEventListener("popstate", () => attempt(() => openPath(location.pathname, { push: false })));

let reloading = null;
const live = {
  message: received,
  removed,
  // one burst of changes is one reload
  rooms: () => {
    clearTimeout(reloading);
    reloading = setTimeout(() => loadRooms().catch(() => undefined), 100);
  },
  reload: () => attempt(() => openPath(location.pathname, { push: false })),
  state: showConnection,
};

fillInitial(byId("my-avatar"), me.username);
await Promise.all([loadEmoji(document.body.dataset.emoji), loadRooms()]);
await attempt(() => openPath(location.pathname, { push: false }));
new Live(document.body.dataset.position, live);
