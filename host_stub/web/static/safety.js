// What may pass from a message into the page. Everything in a message is hostile: a webhook that
// anybody can call wrote it. Text only ever enters the page as text nodes.

const COLOR = /^(#[0-9a-f]{3,4}|#[0-9a-f]{6}|#[0-9a-f]{8}|[a-z]{3,24}|(rgb|hsl)a?\([\d\s.,%/-]{1,40}\))$/i;
const NAMED_COLORS = { good: "#35ac19", warning: "#fcb316", danger: "#d30230" };

/** Return a value as text; "" for what has no sensible text. */
export function text(value) {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return "";
}

/** Return a value if it is a list, else an empty one. */
export function list(value) {
  return Array.isArray(value) ? value : [];
}

/** Return an http(s) or same-site address as a string, or null for anything else. */
export function safeUrl(value) {
  const raw = text(value).trim();
  if (!/^(https?:\/\/|\/(?![/\\]))/i.test(raw)) return null;
  try {
    const url = new URL(raw, location.origin);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}

/** Like `safeUrl`, and pictures that carry themselves. */
export function safeImage(value) {
  const raw = text(value).trim();
  return /^data:image\/(png|jpeg|gif|webp);base64,[a-z0-9+/=\s]+$/i.test(raw) ? raw : safeUrl(raw);
}

/** Return a CSS colour, or null for what is none. */
export function safeColor(value) {
  const raw = text(value).trim();
  const color = Object.hasOwn(NAMED_COLORS, raw.toLowerCase())
    ? NAMED_COLORS[raw.toLowerCase()]
    : /^([0-9a-f]{3}|[0-9a-f]{6})$/i.test(raw) && !CSS.supports("color", raw)
      ? `#${raw}`
      : raw;
  return COLOR.test(color) && CSS.supports("color", color) ? color : null;
}

/** Make an element: `element("a", {class: "x", text: "y"}, child, ...)`. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "text") made.textContent = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Make a link that opens elsewhere and tells the other site nothing. */
export function link(url, ...children) {
  const own = new URL(url).origin === location.origin;
  return element(
    "a",
    { href: url, rel: "noopener noreferrer nofollow", target: own ? null : "_blank" },
    ...children,
  );
}

/** Make a picture that removes itself when it cannot be loaded. */
export function picture(url, attributes = {}) {
  const image = element("img", { referrerpolicy: "no-referrer", loading: "lazy", alt: "", ...attributes });
  image.addEventListener("error", () => image.classList.add("broken"));
  image.src = url;
  return image;
}
