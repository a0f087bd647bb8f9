// Short messages at the bottom of the page, which screen readers say.

import { element } from "./dom.js";

const SHOWN_FOR = 5000;

/** Say something; `bad` is for what went wrong, and stays longer. */
export function say(text, { bad = false } = {}) {
  const region = document.querySelector("[data-messages]");
  const message = element("p", { class: bad ? "rc-message rc-bad" : "rc-message", text });
  // one at a time: what is old is of no use any more
  region.replaceChildren(message);
  setTimeout(() => message.remove(), bad ? 2 * SHOWN_FOR : SHOWN_FOR);
}
