// The form of an integration: fields that mean nothing for the chosen event are put away, a secret's text
// field is there only when it is to be typed, and what went wrong gets the focus.

export function enhanceEditForms(part) {
  for (const form of part.querySelectorAll("form[data-edit]")) {
    enhanceSecrets(form);
    enhanceEvents(form);
    enhanceMode(form);
  }
  for (const summary of part.querySelectorAll("[data-summary]")) {
    // after the tabs, which may hide it until then
    setTimeout(() => summary.focus());
    summary.addEventListener("click", (event) => goToField(event));
  }
  const once = part.querySelector("[data-once]");
  // loading this page anew must not send the form anew
  if (once) history.replaceState(null, "", once.dataset.once);
}

function enhanceSecrets(form) {
  for (const box of form.querySelectorAll("[data-secret]")) {
    const choice = box.querySelector("select");
    const input = box.querySelector("input");
    if (input.value) choice.value = "set";
    const draw = () => {
      input.hidden = choice.value !== "set";
      input.disabled = input.hidden;
    };
    choice.addEventListener("change", () => {
      draw();
      if (!input.hidden) input.focus();
    });
    draw();
  }
}

function enhanceEvents(form) {
  const event = form.elements.event;
  if (!event) return;
  const draw = () => {
    for (const field of form.querySelectorAll("[data-events]")) {
      field.hidden = !field.dataset.events.split(" ").includes(event.value);
    }
  };
  event.addEventListener("change", draw);
  draw();
}

/** The script is checked as it will be run. */
function enhanceMode(form) {
  const strict = form.elements.skipTranspile;
  const box = form.querySelector("[data-script-editor]");
  if (!strict || !box) return;
  strict.addEventListener("change", () => {
    box.toggleAttribute("data-strict", strict.checked);
    box.rcEditor?.checkNow();
  });
}

function goToField(event) {
  const link = event.target.closest("a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  field.closest("details")?.setAttribute("open", "");
  const editor = field.closest("[data-script-editor]")?.rcEditor;
  const target = field.hidden ? field.closest(".rc-field").querySelector("select") : field;
  if (editor) editor.focus();
  else (target ?? field).focus();
  field.closest(".rc-field").scrollIntoView({ block: "center" });
}
