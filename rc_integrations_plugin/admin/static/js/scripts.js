// The editor of scripts and the comparison of two versions. The text area stays the form's field: the
// editor writes into it, and without the editor it can be used as it is.

import { post } from "./api.js";
import { element } from "./dom.js";

const NARROW = "(max-width: 62rem)";
const HINT = "Tab indents; Escape, then Tab leaves the editor. Ctrl+F searches, F8 goes to the next warning.";
const READING_HINT = "Ctrl+F searches, F8 goes to the next warning.";

export function enhanceScripts(part) {
  for (const box of part.querySelectorAll("[data-script-editor]")) whenNear(box, () => openScript(box));
}

/** `[data-comparison]` holds two `<pre>`, `data-before` and `data-after`, which have names as `title`. */
export function enhanceComparisons(part) {
  for (const box of part.querySelectorAll("[data-comparison]")) whenNear(box, () => openComparison(box));
}

async function openScript(box) {
  const { openEditor } = await import(box.dataset.scriptEditor);
  const area = box.querySelector("textarea");
  const findings = box.querySelector("[data-findings]");
  const host = element("div", { class: "rc-editor" });
  const label = box.querySelector("label");
  area.after(host);
  const editor = openEditor(host, {
    text: area.value,
    label: label.textContent,
    hint: area.readOnly ? READING_HINT : HINT,
    readOnly: area.readOnly,
    changed(text) {
      area.value = text;
      area.dispatchEvent(new Event("input", { bubbles: true }));
    },
    check: findings ? (text) => check(box, text, findings) : null,
    checked: (found) => area.value.trim() === "" ? findings.replaceChildren() : drawFindings(findings, found, (finding) => editor.goTo(finding.line, finding.column)),
  });
  // only now: what could not be opened leaves the text area as it is
  area.hidden = true;
  label.addEventListener("click", (event) => {
    event.preventDefault();
    editor.focus();
  });
  box.rcEditor = editor;
  box.dispatchEvent(new CustomEvent("rc-editor", { detail: editor, bubbles: true }));
}

async function check(box, text, findings) {
  if (text.trim() === "") return [];
  try {
    const answer = await post(box.dataset.check, { script: text, skipTranspile: "strict" in box.dataset });
    return answer.scriptWarnings;
  } catch (error) {
    findings.replaceChildren(element("p", { class: "rc-soft", text: `The script was not checked: ${error.message}` }));
    throw error;
  }
}

function drawFindings(box, found, goTo) {
  const errors = found.filter(({ severity }) => severity === "error").length;
  const counts = [count(errors, "error"), count(found.length - errors, "warning")].filter(Boolean).join(", ");
  const list = element(
    "ul",
    {},
    ...found.map((finding) =>
      element(
        "li",
        {},
        element(
          "button",
          { type: "button", class: finding.severity === "error" ? "rc-finding rc-severe" : "rc-finding", onclick: () => goTo(finding) },
          element("span", { class: "rc-finding-line", text: `Line ${lines(finding)}` }),
          element("span", { text: finding.message }),
          finding.advice ? element("span", { class: "rc-finding-advice", text: finding.advice }) : null,
        ),
      ),
    ),
  );
  box.replaceChildren(
    element("p", { role: "status", class: "rc-soft", text: counts || "Nothing in this script was found that does not work." }),
    ...(found.length ? [list] : []),
  );
}

function lines({ line, lines: all = [] }) {
  const several = all.length > 1 ? all : [line];
  return several.length > 5 ? `${several.slice(0, 5).join(", ")} and more` : several.join(", ");
}

function count(number, what) {
  return number ? `${number} ${what}${number === 1 ? "" : "s"}` : "";
}

async function openComparison(box) {
  const editor = await import(box.dataset.comparison);
  const [before, after] = [box.querySelector("[data-before]"), box.querySelector("[data-after]")];
  const screen = matchMedia(NARROW);
  const all = element("button", { type: "button", class: "rc-button rc-small", "aria-pressed": "false", text: "Show all lines" });
  let shown = null;
  let view = null;
  const draw = () => {
    view?.destroy();
    shown?.remove();
    const host = element("div", {});
    const titles = screen.matches ? [`${before.title} → ${after.title}`] : [before.title, after.title];
    const heads = element(
      "div",
      { class: "rc-comparison-heads", "aria-hidden": "true" },
      ...titles.map((text) => element("span", { text })),
    );
    shown = element("div", { class: "rc-comparison" }, heads, host);
    box.append(shown);
    view = editor.openComparison(host, {
      whole: all.getAttribute("aria-pressed") === "true",
      before: before.textContent,
      after: after.textContent,
      beforeLabel: before.title,
      afterLabel: after.title,
      narrow: screen.matches,
    });
  };
  before.hidden = after.hidden = true;
  // what is folded away opens by a click only
  box.prepend(all);
  all.addEventListener("click", () => {
    all.setAttribute("aria-pressed", String(all.getAttribute("aria-pressed") !== "true"));
    draw();
  });
  draw();
  screen.addEventListener("change", draw);
}

/** Call `open` once the element is visible: the editor is large, and may be behind a tab. */
function whenNear(box, open) {
  const watcher = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watcher.disconnect();
    open().catch(() => {
      // the plain text is still there
    });
  }, { rootMargin: "300px" });
  watcher.observe(box);
}
