// Buttons that copy: `data-copy` is the id of an element whose text, or `data-template`, is meant.

import { fillTemplate } from "./instructions.js";
import { say } from "./messages.js";

export function enhanceCopyButtons(part) {
  for (const button of part.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  try {
    const text = source.dataset.template ? await fillTemplate(source) : (source.value ?? source.textContent);
    await write(text);
    say(button.dataset.copied);
  } catch (error) {
    say(error.message, { bad: true });
  }
}

async function write(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // pages without https have no clipboard of their own
  const area = document.createElement("textarea");
  area.value = text;
  area.readOnly = true;
  area.className = "rc-unseen";
  const before = document.activeElement;
  document.querySelector(".rc-admin").append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  before?.focus();
  if (!copied) throw new Error("Your browser does not let this page copy. Please select the text.");
}
