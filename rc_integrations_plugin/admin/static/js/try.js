// The page for trying an integration out: a choice fills the form in, and a fault leads to its line.

export function enhanceTrying(part) {
  for (const select of part.querySelectorAll("[data-pick]")) {
    const button = select.form.querySelector("button[value=pick]");
    select.addEventListener("change", () => select.form.requestSubmit(button));
  }
  for (const button of part.querySelectorAll("[data-goto]")) {
    button.hidden = false;
    button.parentElement.querySelector("[data-goto-plain]").hidden = true;
    button.addEventListener("click", () => goTo(Number(button.dataset.goto), Number(button.dataset.column)));
  }
}

function goTo(line, column) {
  const box = document.querySelector("form.rc-try [data-script-editor]");
  box.scrollIntoView({ block: "center" });
  if (box.rcEditor) box.rcEditor.goTo(line, column);
  // the editor is loaded once it is near
  else box.addEventListener("rc-editor", ({ detail }) => detail.goTo(line, column), { once: true });
}
