// A message's attachments: colour bar, author, title, text, fields, pictures, media and actions.

import { drawInline, drawMarkdown } from "./markdown.js";
import { element, link, list, picture, safeColor, safeImage, safeUrl, text } from "./safety.js";
import { clock, fullTime, readTime } from "./times.js";

const MOST_ATTACHMENTS = 50;
const MOST_PARTS = 100; // fields or actions of one attachment
const DEEPEST = 3;

/** Return the element with all attachments of a message, or null when it has none. */
export function drawAttachments(attachments, context, depth = 0) {
  const all = list(attachments).filter((one) => one !== null && typeof one === "object" && !Array.isArray(one));
  if (all.length === 0 || depth > DEEPEST) return null;
  const box = element("div", { class: "attachments" });
  for (const one of all.slice(0, MOST_ATTACHMENTS)) box.append(drawAttachment(one, context, depth));
  if (all.length > MOST_ATTACHMENTS) {
    box.append(element("p", { class: "note", text: `… and ${all.length - MOST_ATTACHMENTS} more attachments` }));
  }
  return box;
}

function drawAttachment(attachment, context, depth) {
  const box = element("div", { class: "attachment" });
  const color = safeColor(attachment.color);
  if (color) {
    box.style.borderInlineStartColor = color;
    box.dataset.color = color;
  }
  const pretext = text(attachment.pretext);
  const content = element("div", { class: "attachment-content" });
  content.append(...[drawAuthor(attachment)].filter(Boolean));
  const body = element("div", { class: "attachment-body" });
  fillBody(body, attachment, context, depth);
  const title = drawTitle(attachment, context);
  const canFold = Boolean(title) && body.childElementCount > 0;
  content.append(...[canFold ? foldable(title, body, attachment) : title].filter(Boolean), body);
  const thumb = safeImage(attachment.thumb_url);
  box.append(content);
  if (thumb && !safeImage(attachment.image_url)) box.append(picture(thumb, { class: "thumb" }));
  if (!pretext) return box;
  return element("div", { class: "with-pretext" }, element("div", { class: "pretext" }, drawMarkdown(pretext, context)), box);
}

function drawAuthor(attachment) {
  const name = text(attachment.author_name);
  if (!name) return null;
  const row = element("div", { class: "attachment-author", dir: "auto" });
  const icon = safeImage(attachment.author_icon);
  if (icon) row.append(picture(icon, { class: "author-icon" }));
  const url = safeUrl(attachment.author_link) ?? safeUrl(attachment.message_link);
  row.append(url ? link(url, name) : element("span", { text: name }));
  const sent = readTime(attachment.ts);
  if (sent && attachment.message_link) row.append(element("time", { datetime: sent.toISOString(), title: fullTime(sent), text: clock(sent) }));
  return row;
}

function drawTitle(attachment, context) {
  const title = text(attachment.title);
  if (!title) return null;
  const row = element("div", { class: "attachment-title", dir: "auto" });
  const url = safeUrl(attachment.title_link);
  if (!url) row.append(drawInline(title, context));
  else {
    const anchor = link(url, drawInline(title, { ...context, inLink: true }));
    if (attachment.title_link_download === true && new URL(url).origin === location.origin) anchor.setAttribute("download", title);
    row.append(anchor);
  }
  return row;
}

/** Put a button before the title that shows or hides the body. */
function foldable(title, body, attachment) {
  const folded = attachment.collapsed === true;
  body.hidden = folded;
  const button = element("button", {
    type: "button",
    class: "fold",
    "aria-expanded": String(!folded),
    "aria-label": "Attachment's details",
    onclick: () => {
      body.hidden = !body.hidden;
      button.setAttribute("aria-expanded", String(!body.hidden));
    },
  });
  title.append(button);
  return title;
}

function fillBody(body, attachment, context, depth) {
  const description = text(attachment.text) || text(attachment.description) || fallbackOf(attachment);
  if (description) body.append(element("div", { class: "attachment-text markdown", dir: "auto" }, drawMarkdown(description, context)));
  body.append(...[drawFields(attachment.fields, context), drawImage(attachment), ...drawMedia(attachment)].filter(Boolean));
  body.append(...[drawActions(attachment), drawFooter(attachment), drawAttachments(attachment.attachments, context, depth + 1)].filter(Boolean));
}

/** Slack's plain stand-in, for an attachment that shows nothing else. */
function fallbackOf(attachment) {
  const shown = ["title", "pretext", "author_name", "image_url", "thumb_url", "audio_url", "video_url"];
  const empty = !shown.some((key) => text(attachment[key])) && list(attachment.fields).length === 0;
  return empty ? text(attachment.fallback) : "";
}

function drawFields(fields, context) {
  const all = list(fields).filter((one) => one !== null && typeof one === "object").slice(0, MOST_PARTS);
  if (all.length === 0) return null;
  const box = element("dl", { class: "fields" });
  for (const field of all) {
    box.append(
      element(
        "div",
        { class: field.short === true || field.short === "true" ? "field short" : "field" },
        element("dt", { dir: "auto" }, drawInline(text(field.title), context)),
        element("dd", { class: "markdown", dir: "auto" }, drawMarkdown(text(field.value), context)),
      ),
    );
  }
  return box;
}

function drawImage(attachment) {
  const url = safeImage(attachment.image_url);
  if (!url) return null;
  const image = picture(url, { class: "attachment-image", alt: text(attachment.title) || text(attachment.fallback) || "Picture" });
  return url.startsWith("data:") ? image : link(url, image);
}

function drawMedia(attachment) {
  return ["audio", "video"].map((kind) => {
    const url = safeUrl(attachment[`${kind}_url`]);
    return url && element(kind, { src: url, controls: true, preload: "none", class: "media" });
  });
}

/** Buttons become links; a button that would send a message has no address and is only shown. */
function drawActions(attachment) {
  const all = list(attachment.actions ?? attachment.buttons).filter((one) => one !== null && typeof one === "object");
  if (all.length === 0) return null;
  const box = element("div", { class: "actions" });
  for (const action of all.slice(0, MOST_PARTS)) {
    const url = safeUrl(action.url);
    const label = text(action.text) || (url ?? "Button");
    const image = safeImage(action.image_url);
    const inner = image ? picture(image, { alt: label, class: "action-image" }) : element("bdi", { text: label });
    const made = url ? link(url, inner) : element("span", { title: text(action.msg) || null }, inner);
    made.classList.add("action");
    box.append(made);
  }
  return box;
}

function drawFooter(attachment) {
  const footer = text(attachment.footer);
  const sent = attachment.message_link ? null : readTime(attachment.ts);
  if (!footer && !sent) return null;
  const row = element("div", { class: "attachment-footer", dir: "auto" });
  const icon = safeImage(attachment.footer_icon);
  if (icon) row.append(picture(icon, { class: "author-icon" }));
  if (footer) row.append(element("span", { text: footer }));
  if (sent) row.append(element("time", { datetime: sent.toISOString(), text: fullTime(sent) }));
  return row;
}
