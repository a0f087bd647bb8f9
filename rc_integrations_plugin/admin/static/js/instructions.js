// The token of an incoming integration. It is not in the page; a person asks for it, and `{token}` in
// the templates around it becomes what the server answers.

import { post } from "./api.js";
import { say } from "./messages.js";

const PLACE = "{token}";
const HIDDEN = "••••••••";
const tokens = new WeakMap();

export function enhanceInstructions(part) {
  for (const section of part.querySelectorAll("[data-instructions]")) {
    const button = section.querySelector("[data-reveal]");
    button.hidden = false;
    button.addEventListener("click", () => toggle(section, button));
  }
}

/** Return an element's template with the token in its place. */
export async function fillTemplate(source) {
  const template = source.dataset.template;
  const section = source.closest("[data-instructions]");
  return section ? template.replaceAll(PLACE, await load(section)) : template;
}

async function toggle(section, button) {
  const show = button.getAttribute("aria-pressed") !== "true";
  try {
    const token = show ? await load(section) : HIDDEN;
    for (const one of section.querySelectorAll("[data-template]")) {
      one.textContent = one.dataset.template.replaceAll(PLACE, token);
    }
  } catch (error) {
    say(error.message, { bad: true });
    return;
  }
  button.setAttribute("aria-pressed", String(show));
}

async function load(section) {
  if (!tokens.has(section)) {
    const { token } = await post(section.dataset.instructions);
    tokens.set(section, token);
  }
  return tokens.get(section);
}
