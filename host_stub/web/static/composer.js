// Where a person writes: text, files, and corrections of what was written.

import { suggestEmoji } from "./emoji.js";
import { element } from "./safety.js";

const TALLEST_PIXELS = 220;

export class Composer {
  /** `send(text)`, `sendFile(file, text)` and `correct(message, text)` return promises. */
  constructor(form, actions) {
    this.form = form;
    this.actions = actions;
    this.area = form.querySelector("textarea");
    this.error = form.querySelector("[role=alert]");
    this.note = form.querySelector(".editing");
    this.suggestions = form.querySelector(".suggestions");
    this.file = form.querySelector("input[type=file]");
    this.editing = null;
    this.busy = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.area.addEventListener("input", () => this.changed());
    this.area.addEventListener("keydown", (event) => this.keyPressed(event));
    form.querySelector(".cancel-edit")?.addEventListener("click", () => this.edit(null));
    form.querySelector(".attach")?.addEventListener("click", () => this.file.click());
    this.file?.addEventListener("change", () => this.submitFile(this.file.files[0]));
    form.addEventListener("dragover", (event) => event.preventDefault());
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      if (this.file) this.submitFile(event.dataTransfer.files[0]);
    });
    this.area.addEventListener("paste", (event) => {
      const [pasted] = event.clipboardData.files;
      if (pasted && this.file) {
        event.preventDefault();
        this.submitFile(pasted);
      }
    });
  }

  describe(label) {
    this.area.placeholder = label;
    this.area.setAttribute("aria-label", label);
  }

  focus() {
    // On a phone the keyboard would cover half of the room.
    if (matchMedia("(hover: hover)").matches) this.area.focus();
  }

  clear() {
    this.area.value = "";
    this.edit(null);
    this.showError("");
  }

  edit(message) {
    const was = this.editing;
    this.editing = message;
    this.note.hidden = message === null;
    if (message) {
      this.area.value = message.msg ?? "";
      this.area.focus();
    } else if (was) this.area.value = "";
    this.changed();
  }

  showError(sentence) {
    this.error.textContent = sentence;
    this.error.hidden = !sentence;
  }

  async submit() {
    const written = this.area.value.trimEnd();
    if (!written.trim() || this.busy) return;
    const correcting = this.editing;
    await this.attempt(async () => {
      if (correcting) await this.actions.correct(correcting, written);
      else await this.actions.send(written);
      this.area.value = "";
      this.edit(null);
    });
    this.focus();
  }

  async submitFile(file) {
    if (!file || this.busy) return;
    const written = this.area.value.trim();
    await this.attempt(async () => {
      await this.actions.sendFile(file, written);
      this.area.value = "";
    });
    this.file.value = "";
    this.changed();
  }

  async attempt(action) {
    this.busy = true;
    this.form.setAttribute("aria-busy", "true");
    this.showError("");
    try {
      await action();
    } catch (error) {
      this.showError(error.message);
    } finally {
      this.busy = false;
      this.form.removeAttribute("aria-busy");
      this.changed();
    }
  }

  changed() {
    this.area.style.height = "";
    // a hidden area has no height to measure
    const needed = this.area.scrollHeight;
    if (this.area.value && needed) this.area.style.height = `${Math.min(needed, TALLEST_PIXELS)}px`;
    this.suggest();
  }

  /** Offer emoji while ":gho" is being typed. */
  suggest() {
    const typed = /(?:^|\s):([a-z0-9_+-]{2,30})$/i.exec(this.area.value.slice(0, this.area.selectionStart));
    const found = typed ? suggestEmoji(typed[1]) : [];
    this.suggestions.hidden = found.length === 0;
    this.suggestions.replaceChildren(
      ...found.map(({ name, character }) =>
        element("button", { type: "button", onclick: () => this.complete(typed[1], name) }, element("span", { text: character }), ` :${name}:`),
      ),
    );
  }

  complete(typed, name) {
    const at = this.area.selectionStart;
    const before = this.area.value.slice(0, at - typed.length - 1);
    this.area.value = `${before}:${name}: ${this.area.value.slice(at)}`;
    const caret = before.length + name.length + 3;
    this.area.setSelectionRange(caret, caret);
    this.area.focus();
    this.changed();
  }

  keyPressed(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape" && this.editing) {
      event.preventDefault();
      event.stopPropagation();
      this.edit(null);
    }
  }
}
