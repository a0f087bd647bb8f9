// Making elements. Text only ever enters the page as text nodes.

let made = 0;

/** Make an element: `element("a", {class: "x", text: "y"}, child, ...)`. */
export function element(name, attributes = {}, ...children) {
  const one = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "text") one.textContent = value;
    else if (key.startsWith("on")) one.addEventListener(key.slice(2), value);
    else one.setAttribute(key, value === true ? "" : value);
  }
  one.append(...children.filter((child) => child !== null && child !== undefined));
  return one;
}

/** Return an id that no other element has. */
export function freshId(start) {
  made += 1;
  return `${start}-${made}`;
}

/** Return the element that holds the whole of our page; a chat server may have its own around it. */
export function page() {
  return document.querySelector(".rc-admin");
}
