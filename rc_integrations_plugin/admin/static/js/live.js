// A part of a page that keeps itself current: `data-live` is the address of a small answer, whose `newest`
// changes when the page would look different. Then the page is fetched, and the part takes its place.

import { get } from "./api.js";
import { say } from "./messages.js";

const EVERY = 5000;
const WHEN_AWAY = 30000;

export function enhanceLive(part, enhance) {
  for (const box of part.querySelectorAll("[data-live]")) {
    if (box.dataset.live) watch(box, enhance);
  }
}

/** Open the call that the address names. */
export function openNamed() {
  const named = document.getElementById(location.hash.slice(1));
  if (named?.matches("details.rc-call")) named.open = true;
}

function watch(box, enhance) {
  const look = async () => {
    let pause = EVERY;
    try {
      const { newest } = document.hidden ? box.dataset : await get(box.dataset.live);
      if (newest !== box.dataset.newest) await renew(box, enhance);
    } catch {
      // the server is away, or the visitor was logged out: what is shown stays
      pause = WHEN_AWAY;
    }
    setTimeout(look, pause);
  };
  setTimeout(look, EVERY);
}

async function renew(box, enhance) {
  const answer = await fetch(location.href, { credentials: "same-origin", headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live]");
  if (!answer.ok || !fresh) return;
  const open = new Set([...box.querySelectorAll("details[open]")].map(({ id }) => id));
  const focused = box.contains(document.activeElement) ? document.activeElement.closest("details")?.id : null;
  for (const one of fresh.querySelectorAll("details")) one.open = open.has(one.id);
  box.dataset.newest = fresh.dataset.newest;
  box.replaceChildren(...[...fresh.childNodes].map((one) => document.importNode(one, true)));
  enhance(box);
  if (focused) document.getElementById(focused)?.querySelector("summary").focus();
  say("There are new calls");
}
