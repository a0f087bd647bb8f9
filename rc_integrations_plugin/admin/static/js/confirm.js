// Questions before what cannot be undone. A form with `data-confirm-name` is sent only after somebody
// typed that name (`data-confirm-field` gets it); `data-confirm-title`, `-note` and `-button` are the words of the question.

import { element, freshId, page } from "./dom.js";

export function enhanceConfirmations(part) {
  for (const form of part.querySelectorAll("form[data-confirm-name]")) {
    let confirmed = false;
    form.addEventListener("submit", async (event) => {
      if (confirmed) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const { confirmName, confirmTitle, confirmNote, confirmButton, confirmField } = form.dataset;
      confirmed = await askForName({ name: confirmName, title: confirmTitle, note: confirmNote, button: confirmButton });
      if (confirmed && confirmField) form.elements[confirmField].value = confirmName;
      if (confirmed) form.requestSubmit(event.submitter);
    });
  }
}

/** Ask a person to type a name; return whether he did. */
export function askForName({ name, title, note, button }) {
  const [titleId, noteId, inputId] = ["rc-dialog-title", "rc-dialog-note", "rc-dialog-name"].map(freshId);
  const input = element("input", { id: inputId, autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
  const confirm = element("button", { type: "submit", class: "rc-button rc-danger", text: button, disabled: true });
  const dialog = element(
    "dialog",
    { "aria-labelledby": titleId, "aria-describedby": noteId },
    element(
      "form",
      { method: "dialog", class: "rc-dialog" },
      element("h2", { id: titleId, text: title }),
      element("p", { id: noteId, text: note }),
      element(
        "div",
        { class: "rc-field" },
        element("label", { for: inputId }, "Type ", element("bdi", { class: "rc-expected", text: name }), " to confirm"),
        input,
      ),
      element(
        "div",
        { class: "rc-dialog-buttons" },
        element("button", { type: "button", class: "rc-button", text: "Cancel", onclick: () => dialog.close() }),
        confirm,
      ),
    ),
  );
  const matches = () => tidy(input.value) === tidy(name);
  input.addEventListener("input", () => (confirm.disabled = !matches()));
  return new Promise((resolve) => {
    let answer = false;
    dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      answer = matches();
      if (answer) dialog.close();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    page().append(dialog);
    dialog.showModal();
    input.focus();
  });
}

/** What people can't see or type does not count. */
function tidy(text) {
  return text.normalize("NFC").replace(/\s+/g, " ").trim();
}
