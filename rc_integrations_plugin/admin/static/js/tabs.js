// Tabs: `[data-tabs]` holds sections with an id and `data-tab`, the words of the tab. Without this
// module they stand one below the other.

import { element } from "./dom.js";

export function enhanceTabs(part) {
  for (const box of part.querySelectorAll("[data-tabs]")) build(box);
}

function build(box) {
  const panels = [...box.querySelectorAll(":scope > [data-tab]")];
  const tabs = panels.map((panel) =>
    element("button", {
      type: "button",
      class: "rc-tab",
      role: "tab",
      id: `${panel.id}-tab`,
      "aria-controls": panel.id,
      text: panel.dataset.tab,
      onclick: () => choose(panel),
    }),
  );
  const list = element("div", { class: "rc-tablist", role: "tablist", "aria-label": box.dataset.tabs }, ...tabs);
  box.prepend(list);
  for (const panel of panels) {
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", `${panel.id}-tab`);
    panel.tabIndex = 0;
  }
  list.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const next = (to + tabs.length) % tabs.length;
    choose(panels[next]);
    tabs[next].focus();
  });

  function choose(chosen) {
    panels.forEach((panel, index) => {
      const is = panel === chosen;
      panel.hidden = !is;
      tabs[index].setAttribute("aria-selected", String(is));
      tabs[index].tabIndex = is ? 0 : -1;
    });
    box.dispatchEvent(new CustomEvent("rc-tab", { detail: chosen.id, bubbles: true }));
  }

  // what has an error, or is named by the address, is shown first
  const wanted = location.hash.slice(1);
  const faulty = panels.find((panel) => panel.querySelector("[aria-invalid=true], [data-summary]"));
  choose(faulty ?? panels.find((panel) => panel.id === wanted) ?? panels[0]);
}
