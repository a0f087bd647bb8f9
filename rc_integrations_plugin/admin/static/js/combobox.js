// A text field that completes as somebody types: ARIA's combobox with a list. Any text may be typed;
// the list only helps. `data-several`: parts are separated by commas, and the one at the cursor counts.

import { get } from "./api.js";
import { element, freshId } from "./dom.js";

const PAUSE = 150;
const MOST = 20;

export function enhanceComboboxes(part) {
  for (const field of part.querySelectorAll("[data-combobox]")) new Combobox(field);
}

class Combobox {
  constructor(field) {
    this.address = field.dataset.combobox;
    this.several = "several" in field.dataset;
    this.input = field.querySelector("input");
    this.options = [];
    this.chosen = -1;
    this.list = element("ul", {
      class: "rc-options",
      role: "listbox",
      id: freshId("rc-options"),
      "aria-label": "Suggestions",
      hidden: true,
    });
    this.count = element("span", { class: "rc-unseen", role: "status" });
    const box = element("div", { class: "rc-combobox" });
    this.input.replaceWith(box);
    box.append(this.input, this.list, this.count);
    const roles = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
    for (const [name, value] of Object.entries(roles)) this.input.setAttribute(name, value);
    this.listen();
  }

  listen() {
    this.input.addEventListener("input", (event) => {
      // what is put in by choosing an option does not ask for more
      if (!event.detail?.completed) this.plan();
    });
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.input.addEventListener("blur", () => this.close());
    // the field keeps the focus while the list is used
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const at = [...this.list.children].indexOf(event.target.closest("li"));
      if (at >= 0) this.take(at);
    });
  }

  press(event) {
    if (event.isComposing) return;
    const open = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (open) this.point(this.chosen + (event.key === "ArrowDown" ? 1 : -1));
      else this.ask();
    } else if (event.key === "Enter" && open && this.chosen >= 0) {
      event.preventDefault();
      this.take(this.chosen);
    } else if (event.key === "Tab" && open && this.chosen >= 0) {
      this.take(this.chosen);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }

  plan() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    this.asking?.abort();
    const { text } = this.part();
    if (text === "" || text === "#" || text === "@") {
      this.close();
      return;
    }
    const asking = (this.asking = new AbortController());
    try {
      const { options } = await get(this.address, { q: text }, { signal: asking.signal });
      if (!asking.signal.aborted && document.activeElement === this.input) this.show(options.slice(0, MOST));
    } catch {
      // without help the field is still a field
      if (!asking.signal.aborted) this.close();
    }
  }

  show(options) {
    this.options = options;
    this.chosen = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.list.replaceChildren(
      ...options.map(({ value, label }) =>
        element(
          "li",
          { role: "option", id: freshId("rc-option"), "aria-selected": "false" },
          element("bdi", { text: value }),
          label && label !== value ? element("bdi", { class: "rc-option-more", text: label }) : null,
        ),
      ),
    );
    const open = options.length > 0;
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    this.count.textContent = open ? `${options.length} ${options.length === 1 ? "suggestion" : "suggestions"}` : "No suggestions";
  }

  point(at) {
    const all = [...this.list.children];
    this.chosen = (at + all.length) % all.length;
    all.forEach((one, index) => one.setAttribute("aria-selected", String(index === this.chosen)));
    const one = all[this.chosen];
    one.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", one.id);
  }

  take(at) {
    const { start, end } = this.part();
    const before = this.input.value.slice(0, start);
    const after = this.input.value.slice(end);
    const value = this.options[at].value;
    this.input.value = before + value + after;
    const cursor = before.length + value.length;
    this.input.setSelectionRange(cursor, cursor);
    this.close();
    this.input.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: { completed: true } }));
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.list.hidden = true;
    this.chosen = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.count.textContent = "";
  }

  /** Return the part of the text that is being typed, and where it is. */
  part() {
    const all = this.input.value;
    if (!this.several) return { start: 0, end: all.length, text: all.trim() };
    const cursor = this.input.selectionStart ?? all.length;
    const comma = all.lastIndexOf(",", cursor - 1) + 1;
    const next = all.indexOf(",", cursor);
    const end = next < 0 ? all.length : next;
    const blank = all.slice(comma, end).length - all.slice(comma, end).trimStart().length;
    return { start: comma + blank, end, text: all.slice(comma, end).trim() };
  }
}
