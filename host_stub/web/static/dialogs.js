// Questions to the person: a small form in a native dialog.

import { element } from "./safety.js";

/** Show a dialog with `fields`; `run(values)` is called on confirm, and its error is shown. */
export function askForm({ title, fields = [], note = "", confirm, danger = false, run }) {
  const alert = element("p", { role: "alert", class: "error", hidden: true });
  const inputs = fields.map(drawField);
  const form = element(
    "form",
    { method: "dialog" },
    element("h2", { id: "dialog-title", text: title }),
    note ? element("p", { class: "note", text: note }) : null,
    ...inputs.map(({ label }) => label),
    alert,
    element(
      "div",
      { class: "dialog-buttons" },
      element("button", { type: "button", class: "quiet", text: "Cancel", onclick: () => dialog.close() }),
      element("button", { type: "submit", class: danger ? "danger" : "primary", text: confirm }),
    ),
  );
  const dialog = openDialog(form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(inputs.map(({ name, read }) => [name, read()]));
    try {
      await run(values);
      dialog.close();
    } catch (error) {
      alert.textContent = error.message;
      alert.hidden = false;
    }
  });
}

/** Show a dialog with any content and a way out. */
export function showPanel(title, ...content) {
  const dialog = openDialog(
    element(
      "div",
      { class: "panel" },
      element("h2", { id: "dialog-title", text: title }),
      ...content,
      element("div", { class: "dialog-buttons" }, element("button", { type: "button", class: "quiet", text: "Close", onclick: () => dialog.close() })),
    ),
  );
  return dialog;
}

function openDialog(content) {
  const dialog = element("dialog", { "aria-labelledby": "dialog-title" }, content);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

function drawField({ name, label, type = "text", ...attributes }) {
  const input = element("input", { type, name, autocomplete: "off", ...attributes });
  if (type === "checkbox") {
    return { name, label: element("label", { class: "check" }, input, element("span", { text: label })), read: () => input.checked };
  }
  return { name, label: element("label", {}, element("span", { text: label }), input), read: () => input.value.trim() };
}
