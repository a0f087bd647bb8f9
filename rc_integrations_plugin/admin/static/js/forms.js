// Forms: `data-guard` asks before unsaved changes are lost, `data-submit-on-change` sends the form when
// a choice is made.

export function enhanceForms(part) {
  for (const form of part.querySelectorAll("form[data-guard]")) guard(form);
  for (const form of part.querySelectorAll("form[data-submit-on-change]")) submitOnChange(form);
}

function guard(form) {
  const before = state(form);
  let leaving = false;
  form.addEventListener("submit", (event) => {
    // what goes to another tab leaves this page as it is
    leaving = !event.defaultPrevented && event.submitter?.formTarget !== "_blank";
  });
  // back from the next page, with what was typed still there
  addEventListener("pageshow", () => (leaving = false));
  addEventListener("beforeunload", (event) => {
    if (!leaving && ("unsaved" in form.dataset || state(form) !== before)) event.preventDefault();
  });
}

/** All that a form would send, but files. */
function state(form) {
  return JSON.stringify([...new FormData(form)].filter(([, value]) => typeof value === "string"));
}

function submitOnChange(form) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select")) form.requestSubmit();
  });
  form.addEventListener("submit", () => {
    // what says nothing does not belong into the address
    for (const field of form.elements) {
      if (field.name && field.value === "") field.disabled = true;
    }
  });
  addEventListener("pageshow", () => {
    for (const field of form.elements) field.disabled = false;
  });
}
