// One message as an element of the list.

import { drawAttachments } from "./attachments.js";
import { findEmoji } from "./emoji.js";
import { drawMarkdown } from "./markdown.js";
import { element, list, picture, safeImage, text } from "./safety.js";
import { clock, fullTime, midnight, readTime } from "./times.js";

const GROUPING_MINUTES = 5;
const SYSTEM_TEXTS = {
  uj: "joined the room",
  ul: "left the room",
  au: "added a user to the room:",
  ru: "removed a user from the room:",
  r: "changed the room's name to:",
  rm: "removed a message",
  "room-archived": "archived the room",
  "room-unarchived": "brought the room back",
};

/** The name that stands over a message. */
export function authorName(message) {
  return text(message.alias) || text(message.u?.name) || text(message.u?.username) || "unknown";
}

/** Whether a message continues the one before it, so that its heading can be left out. */
export function continues(message, before) {
  if (!before || before.t || message.t || message.groupable === false || message.tmid !== before.tmid) return false;
  if (["alias", "avatar", "emoji"].some((key) => text(message[key]) !== text(before[key]))) return false;
  if (message.u?._id !== before.u?._id || text(message.bot?.i) !== text(before.bot?.i)) return false;
  const [now, then] = [readTime(message.ts), readTime(before.ts)];
  return Boolean(now && then) && midnight(now) === midnight(then) && now - then < GROUPING_MINUTES * 60000;
}

/** Return the `<li>` of a message; `context.actions(message)` gives its buttons. */
export function drawMessage(message, context) {
  const item = element("li", { class: "message", "data-id": text(message._id) });
  if (message.t && SYSTEM_TEXTS[message.t]) {
    item.classList.add("system");
    const what = [SYSTEM_TEXTS[message.t], ["au", "ru", "r"].includes(message.t) ? text(message.msg) : ""].join(" ");
    item.append(element("bdi", { class: "name", text: authorName(message) }), ` ${what} `, drawTime(message));
    return item;
  }
  if (context.sameAuthor) item.classList.add("continued");
  const content = element("div", { class: "content" });
  content.append(drawHeading(message), ...[context.parent && drawParent(message, context)].filter(Boolean));
  content.append(...drawBody(message, context));
  item.append(drawAvatar(message), content, drawActions(message, context));
  return item;
}

function drawBody(message, context) {
  const body = element("div", { class: "markdown text", dir: "auto" }, drawMarkdown(text(message.msg), context));
  const parts = [body.childNodes.length ? body : null, drawAttachments(message.attachments, context)];
  const replies = Number(message.tcount);
  if (replies > 0 && context.openThread) {
    const label = replies === 1 ? "1 reply" : `${replies} replies`;
    parts.push(element("button", { type: "button", class: "thread-link", text: label, onclick: () => context.openThread(message._id) }));
  }
  return parts.filter(Boolean);
}

function drawHeading(message) {
  const heading = element("div", { class: "message-heading" }, element("bdi", { class: "name", text: authorName(message) }));
  const username = text(message.u?.username);
  if (text(message.alias) && username) heading.append(element("bdi", { class: "username", text: `@${username}` }));
  if (message.bot) heading.append(element("span", { class: "tag", title: "Posted by an integration", text: "bot" }));
  heading.append(drawTime(message));
  const edited = readTime(message.editedAt);
  if (edited) {
    const by = text(message.editedBy?.username);
    heading.append(element("span", { class: "edited", title: `${by ? `by ${by}, ` : ""}${fullTime(edited)}`, text: "edited" }));
  }
  return heading;
}

function drawTime(message) {
  const sent = readTime(message.ts);
  return sent ? element("time", { datetime: sent.toISOString(), title: fullTime(sent), text: clock(sent) }) : "";
}

function drawParent(message, context) {
  return element(
    "button",
    { type: "button", class: "reply-to", onclick: () => context.openThread(message.tmid) },
    element("span", { class: "visually-hidden", text: "In reply to " }),
    element("bdi", { text: context.parent }),
  );
}

/** Rocket.Chat's order: the message's picture, its emoji, else the author's first letter. */
function drawAvatar(message) {
  const box = element("div", { class: "avatar", "aria-hidden": "true" });
  const image = safeImage(message.avatar);
  const character = findEmoji(text(message.emoji)) ?? plainEmoji(text(message.emoji));
  if (image) {
    const shown = picture(image);
    shown.addEventListener("error", () => fillInitial(box, authorName(message)));
    box.append(shown);
  } else if (character) {
    box.classList.add("emoji-avatar");
    box.textContent = character;
  } else fillInitial(box, authorName(message));
  return box;
}

/** Some senders write the character itself in place of its short code. */
function plainEmoji(value) {
  return value.length <= 16 && /^\p{Extended_Pictographic}/u.test(value) ? value : null;
}

/** Fill a box with the first letter of a name, in a colour that stays the same for that name. */
export function fillInitial(box, name) {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % 360;
  box.textContent = /[\p{L}\p{N}]/u.exec(name)?.[0].toUpperCase() ?? "?";
  box.style.setProperty("--hue", String(sum));
  box.classList.add("initial");
}

function drawActions(message, context) {
  const buttons = list(context.actions?.(message));
  if (buttons.length === 0) return "";
  const bar = element("div", { class: "message-actions" });
  for (const { label, icon, run } of buttons) {
    bar.append(element("button", { type: "button", title: label, "aria-label": `${label}: message by ${authorName(message)}`, onclick: run }, element("span", { class: `icon icon-${icon}`, "aria-hidden": "true" })));
  }
  return bar;
}
