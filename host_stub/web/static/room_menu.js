// What can be done with rooms: create, browse, members, invite, leave, archive.

import { get, post } from "./api.js";
import { askForm, showPanel } from "./dialogs.js";
import { fillInitial } from "./message.js";
import { element } from "./safety.js";

const FAMILY = { c: "channels", p: "groups", d: "im" };
const NAMES = { pattern: "[0-9a-zA-Z_.\\-]+", title: "Letters, digits, - _ and .", maxlength: "120", required: true };

export function createRoom(kind, opened) {
  if (kind === "d") return writeToSomeone(opened);
  const group = kind === "p";
  return askForm({
    title: group ? "Create a private group" : "Create a channel",
    note: group ? "Only members can read it." : "Everyone can find and read it.",
    fields: [
      { name: "name", label: "Name", ...NAMES },
      { name: "members", label: "Members, by username (optional)", placeholder: "anna, ben" },
      { name: "readOnly", label: "Read-only", type: "checkbox" },
    ],
    confirm: "Create",
    run: async ({ name, members, readOnly }) => {
      await post(`/api/v1/${FAMILY[kind]}.create`, { name, members: usernames(members), readOnly });
      await opened(`/${group ? "group" : "channel"}/${encodeURIComponent(name)}`);
    },
  });
}

function writeToSomeone(opened) {
  askForm({
    title: "Write to someone",
    fields: [{ name: "username", label: "Username", required: true }],
    confirm: "Open",
    run: async ({ username }) => {
      const name = username.replace(/^@/, "");
      await post("/api/v1/im.create", { username: name });
      await opened(`/direct/${encodeURIComponent(name)}`);
    },
  });
}

export async function browseChannels(open) {
  const { channels } = await get("/api/v1/channels.list", { count: 100 });
  const rows = channels.map((channel) => {
    const path = `/channel/${encodeURIComponent(channel.name)}`;
    const anchor = element("a", { href: path, text: `#${channel.name}` });
    anchor.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.close();
      open(path);
    });
    return element("li", {}, anchor, element("span", { class: "note", text: channel.topic || channel.description || "" }));
  });
  const dialog = showPanel("All channels", rows.length ? element("ul", { class: "plain-list" }, ...rows) : element("p", { text: "There are no channels yet." }));
}

export async function showMembers(room, me) {
  const { members } = await get(`/api/v1/${FAMILY[room.kind]}.members`, { roomId: room.id, count: 200 });
  const rows = members.map((member) => drawMember(member, room, me));
  const label = members.length === 1 ? "1 member" : `${members.length} members`;
  showPanel(label, element("ul", { class: "plain-list members" }, ...rows));
}

function drawMember(member, room, me) {
  const avatar = element("span", { class: "small-avatar", "aria-hidden": "true" });
  fillInitial(avatar, member.name || member.username || "?");
  const row = element(
    "li",
    {},
    avatar,
    element("bdi", { class: "name", text: member.name || member.username }),
    element("bdi", { class: "username", text: `@${member.username}` }),
  );
  if (room.mayRemove && room.kind !== "d" && member._id !== me.id) {
    const button = element("button", { type: "button", class: "quiet", text: "Remove" });
    button.addEventListener("click", async () => {
      try {
        await post(`/api/v1/${FAMILY[room.kind]}.kick`, { roomId: room.id, userId: member._id });
        row.remove();
      } catch (error) {
        row.append(element("span", { role: "alert", class: "error", text: error.message }));
      }
    });
    row.append(button);
  }
  return row;
}

export function invite(room) {
  askForm({
    title: `Add people to ${room.title}`,
    fields: [{ name: "members", label: "Usernames", placeholder: "anna, ben", required: true }],
    confirm: "Add",
    run: async ({ members }) => {
      for (const username of usernames(members)) {
        await post(`/api/v1/${FAMILY[room.kind]}.invite`, { roomId: room.id, username });
      }
    },
  });
}

export async function joinRoom(room) {
  await post("/api/v1/channels.join", { roomId: room.id });
}

export function leaveRoom(room, left) {
  askForm({
    title: `Leave ${room.title}?`,
    note: room.kind === "p" ? "To come back you need an invitation." : "",
    confirm: "Leave",
    danger: true,
    run: async () => {
      await post(`/api/v1/${FAMILY[room.kind]}.leave`, { roomId: room.id });
      await left();
    },
  });
}

export function archiveRoom(room, done) {
  const action = room.archived ? "unarchive" : "archive";
  askForm({
    title: room.archived ? `Bring ${room.title} back?` : `Archive ${room.title}?`,
    note: room.archived ? "" : "Nobody can write into it until it is brought back.",
    confirm: room.archived ? "Bring back" : "Archive",
    danger: !room.archived,
    run: async () => {
      await post(`/api/v1/${FAMILY[room.kind]}.${action}`, { roomId: room.id });
      await done();
    },
  });
}

function usernames(written) {
  return written.split(/[\s,]+/).map((name) => name.replace(/^@/, "")).filter(Boolean);
}
