// Rocket.Chat's Markdown, drawn as DOM nodes: *bold*, _italic_, ~strike~, `code`, ``` blocks,
// [links](address), bare addresses, > quotes, lists, headings, @mentions, #channels and :emoji:.

import { findEmoji } from "./emoji.js";
import { element, link, picture, safeUrl } from "./safety.js";

const LONGEST = 16000; // longer texts are shown as they are: marking them up could stall the page
const DEEPEST = 6;
const STYLES = { "*": "strong", _: "em", "~": "s" };
const FENCE = /^\s*```([\w+#.-]*)\s*$/;
const ITEM = /^\s*(?:[-*•]|(\d{1,9})[.)])\s+(?:\[([ xX])\]\s+)?(\S.*)$/;
const HEADING = /^(#{1,4})\s+(\S.*)$/;
const ADDRESS = /https?:\/\/[^\s<>"`]+/iy;
const NAMED_LINK = /(!?)\[([^\]\n]{0,500})\]\(\s*<?([^\s()<>]+(?:\([^\s()<>]*\)[^\s()<>]*)*)>?(?:\s+"[^"\n]*")?\s*\)/y;
const SLACK_LINK = /<(https?:\/\/[^\s<>|]+)(?:\|([^<>\n]{1,2000}))?>/iy;
const SHORT_CODE = /:([a-z0-9_+'’.-]{1,60}):/iy;
const MENTION = /@[\p{L}\p{N}_.-]*[\p{L}\p{N}_-]/uy;
const CHANNEL = /#[\p{L}\p{N}_.-]*[\p{L}_-][\p{L}\p{N}_-]*/uy;
const WORD = /[\p{L}\p{N}_]/u;

/** Return a fragment that shows `source`; `context` may hold `username` and `openChannel`. */
export function drawMarkdown(source, context = {}) {
  const drawn = document.createDocumentFragment();
  if (source.length > LONGEST) drawn.append(element("p", { class: "plain", text: source }));
  else drawBlocks(drawn, source.replace(/\r\n?/g, "\n").split("\n"), context, 0);
  return drawn;
}

/** Return a fragment with the inline marks of one line only. */
export function drawInline(source, context = {}) {
  const drawn = document.createDocumentFragment();
  if (source.length > LONGEST) drawn.append(source);
  else inline(drawn, source, context, 0);
  return drawn;
}

function drawBlocks(parent, lines, context, depth) {
  let at = 0;
  while (at < lines.length) {
    if (lines[at].trim() === "") at += 1;
    else at = drawBlock(parent, lines, at, context, depth);
  }
}

function drawBlock(parent, lines, at, context, depth) {
  const line = lines[at];
  if (FENCE.test(line)) {
    const end = lines.findIndex((other, index) => index > at && /^\s*```\s*$/.test(other));
    if (end > at) {
      parent.append(codeBlock(lines.slice(at + 1, end).join("\n"), FENCE.exec(line)[1]));
      return end + 1;
    }
  }
  if (isQuote(line) && depth < DEEPEST) return drawQuote(parent, lines, at, context, depth);
  if (ITEM.test(line)) return drawList(parent, lines, at, context);
  const heading = HEADING.exec(line);
  if (heading) {
    const made = element("p", { class: `heading h${heading[1].length}` });
    inline(made, heading[2], context, 0);
    parent.append(made);
    return at + 1;
  }
  return drawParagraph(parent, lines, at, context);
}

function isQuote(line) {
  return /^\s*>/.test(line);
}

function drawQuote(parent, lines, at, context, depth) {
  let end = at;
  while (end < lines.length && isQuote(lines[end])) end += 1;
  const quote = element("blockquote");
  const inner = lines.slice(at, end).map((line) => line.replace(/^\s*> ?/, ""));
  drawBlocks(quote, inner, context, depth + 1);
  parent.append(quote);
  return end;
}

function drawList(parent, lines, at, context) {
  const first = ITEM.exec(lines[at]);
  const numbered = first[1] !== undefined;
  const made = element(numbered ? "ol" : "ul", { start: numbered ? first[1] : null });
  let end = at;
  for (; end < lines.length; end += 1) {
    const item = ITEM.exec(lines[end]);
    if (!item || (item[1] !== undefined) !== numbered) break;
    const row = element("li");
    if (item[2] !== undefined) {
      row.className = "task";
      const done = item[2] !== " ";
      row.append(element("input", { type: "checkbox", disabled: true, checked: done, "aria-label": done ? "done" : "open" }));
    }
    inline(row, item[3], context, 0);
    made.append(row);
  }
  parent.append(made);
  return end;
}

function drawParagraph(parent, lines, at, context) {
  let end = at + 1;
  while (end < lines.length && !startsBlock(lines[end])) end += 1;
  const body = lines.slice(at, end).join("\n");
  const made = element("p");
  inline(made, body, context, 0);
  if (isOnlyEmoji(body)) made.className = "big-emoji";
  parent.append(made);
  return end;
}

function startsBlock(line) {
  return line.trim() === "" || isQuote(line) || ITEM.test(line) || HEADING.test(line) || FENCE.test(line);
}

function isOnlyEmoji(body) {
  const rest = body.replace(/:([a-z0-9_+'’.-]{1,60}):/gi, (code) => (findEmoji(code) ? "" : code));
  const pictures = rest.replace(/\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200d|\ufe0f/gu, "");
  return body.length < 120 && pictures.trim() === "" && /[^\d#*\s]/.test(body);
}

function codeBlock(code, language) {
  return element("pre", { tabindex: "0", "aria-label": language ? `Code, ${language}` : "Code" }, element("code", { text: code }));
}

/** Append the nodes for one run of text. */
function inline(parent, source, context, depth) {
  let plain = "";
  const flush = () => {
    if (plain) parent.append(plain);
    plain = "";
  };
  let at = 0;
  const here = { ...context, unclosed: {} }; // how far each mark is known to have no end
  while (at < source.length) {
    const found = matchAt(source, at, here, depth);
    if (found === null) {
      plain += source[at];
      at += 1;
    } else {
      if (typeof found.node === "string") plain += found.node;
      else {
        flush();
        parent.append(found.node);
      }
      at += found.length;
    }
  }
  flush();
}

function matchAt(source, at, context, depth) {
  switch (source[at]) {
    case "\n":
      return { node: element("br"), length: 1 };
    case "\\":
      return /[*_~`[\]()>#:@\\]/.test(source[at + 1] ?? "") ? { node: source[at + 1], length: 2 } : null;
    case "`":
      return matchCode(source, at);
    case "*":
    case "_":
    case "~":
      return depth < DEEPEST ? matchStyle(source, at, context, depth) : null;
    case "!":
    case "[":
      return matchNamedLink(source, at, context, depth);
    case "<":
      return matchSlackLink(source, at, context);
    case ":":
      return matchShortCode(source, at);
    case "@":
      return matchMention(source, at, context);
    case "#":
      return matchChannel(source, at, context);
    case "h":
    case "H":
      return matchAddress(source, at, context);
    default:
      return null;
  }
}

function sticky(pattern, source, at) {
  pattern.lastIndex = at;
  return pattern.exec(source);
}

function isWordBefore(source, at) {
  return at > 0 && WORD.test(source[at - 1]);
}

function matchCode(source, at) {
  const mark = source.startsWith("```", at) ? "```" : "`";
  const end = source.indexOf(mark, at + mark.length);
  if (end <= at + mark.length) return null;
  const code = source.slice(at + mark.length, end);
  if (mark === "`" && code.includes("\n")) return null;
  const node = mark === "```" && code.includes("\n") ? codeBlock(code.replace(/^\n|\n$/g, ""), "") : element("code", { text: code });
  return { node, length: end + mark.length - at };
}

function matchStyle(source, at, context, depth) {
  const letter = source[at];
  const mark = source[at + 1] === letter ? letter + letter : letter;
  const start = at + mark.length;
  if (start >= source.length || /\s/.test(source[start]) || source[start] === letter) return null;
  if (letter === "_" && isWordBefore(source, at)) return null;
  if (start < context.unclosed[mark]) return null;
  const end = findClosing(source, start, mark);
  if (end < 0) {
    const lineEnd = source.indexOf("\n", start);
    context.unclosed[mark] = lineEnd < 0 ? source.length : lineEnd;
    return null;
  }
  const node = element(STYLES[letter]);
  inline(node, source.slice(start, end), context, depth + 1);
  return { node, length: end + mark.length - at };
}

function findClosing(source, start, mark) {
  const lineEnd = source.indexOf("\n", start);
  const limit = lineEnd < 0 ? source.length : lineEnd;
  for (let end = source.indexOf(mark, start + 1); end > 0 && end < limit; end = source.indexOf(mark, end + 1)) {
    const after = source[end + mark.length] ?? "";
    const blankBefore = /\s/.test(source[end - 1]);
    const opensWord = mark[0] === "_" && WORD.test(after);
    if (!blankBefore && !opensWord && source[end - 1] !== "\\") return end;
  }
  return -1;
}

function matchNamedLink(source, at, context, depth) {
  const found = context.inLink ? null : sticky(NAMED_LINK, source, at);
  if (!found) return null;
  const url = safeUrl(found[3]);
  if (url === null) return null;
  const label = found[2].trim() || found[3];
  if (found[1]) {
    return { node: link(url, picture(url, { class: "inline-image", alt: label })), length: found[0].length };
  }
  const node = link(url);
  inline(node, label, { ...context, inLink: true }, depth + 1);
  return { node, length: found[0].length };
}

function matchSlackLink(source, at, context) {
  const found = context.inLink ? null : sticky(SLACK_LINK, source, at);
  const url = found && safeUrl(found[1]);
  return url ? { node: link(url, found[2] ?? found[1]), length: found[0].length } : null;
}

function matchShortCode(source, at) {
  const found = sticky(SHORT_CODE, source, at);
  const character = found && findEmoji(found[1]);
  if (!character) return null;
  const node = element("span", { class: "emoji", title: found[0], role: "img", "aria-label": found[1], text: character });
  return { node, length: found[0].length };
}

function matchMention(source, at, context) {
  if (isWordBefore(source, at)) return null;
  const found = sticky(MENTION, source, at);
  if (!found) return null;
  const name = found[0].slice(1);
  const forMe = name === "all" || name === "here" || name === context.username;
  const node = element("span", { class: forMe ? "mention for-me" : "mention", text: found[0] });
  return { node, length: found[0].length };
}

function matchChannel(source, at, context) {
  if (isWordBefore(source, at) || context.inLink || source[at - 1] === "&") return null;
  const found = sticky(CHANNEL, source, at);
  if (!found || !context.hasChannel?.(found[0].slice(1))) return null;
  const address = `/channel/${encodeURIComponent(found[0].slice(1))}`;
  return { node: element("a", { href: address, class: "channel-link", text: found[0] }), length: found[0].length };
}

function matchAddress(source, at, context) {
  if (isWordBefore(source, at) || context.inLink) return null;
  const found = sticky(ADDRESS, source, at);
  if (!found) return null;
  const address = trimAddress(found[0]);
  const url = safeUrl(address);
  return url ? { node: link(url, address), length: address.length } : null;
}

/** Leave out punctuation that belongs to the sentence, not to the address. */
function trimAddress(address) {
  let kept = address;
  for (;;) {
    const last = kept.at(-1);
    const unopened = last === ")" && !kept.includes("(");
    if (!unopened && !/[.,;:!?'*_~\]]/.test(last)) return kept;
    kept = kept.slice(0, -1);
  }
}
