/** Small ways to build elements inside the widget; text is always set as text, never as HTML. */

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  chat: "M5 5.5h14A1.5 1.5 0 0 1 20.5 7v9a1.5 1.5 0 0 1-1.5 1.5H11l-4.5 3.5v-3.5H5A1.5 1.5 0 0 1 3.5 16V7A1.5 1.5 0 0 1 5 5.5zM8.5 10h7M8.5 13.300h4.5",
  close: "m6 6 12 12M18 6 6 18",
  down: "m6 9.5 6 6 6-6",
  next: "m9 6 6 6-6 6",
  back: "m15 6-6 6 6 6",
  search: "M11 4.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM16 16l4.5 4.5",
  send: "M12 19.5V5M5.5 11.5 12 5l6.5 6.5",
  check: "m5 12.5 4.5 4.5L19 7.5",
  person: "M12 4.5a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20a7.5 7.5 0 0 1 15 0",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2",
  alert: "M12 4 2.5 20h19zM12 10v4.5M12 17.300v.2",
  again: "M19.5 12a7.5 7.5 0 1 1-2.200-5.300L19.5 9M19.5 4v5h-5",
  book: "M5 4.5h11A2.5 2.5 0 0 1 18.5 7v12.5h-11A2.5 2.5 0 0 1 5 17zM5 17a2.5 2.5 0 0 1 2.5-2.5h11",
  mail: "M4.5 5.5h15A1.5 1.5 0 0 1 21 7v10a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 17V7a1.5 1.5 0 0 1 1.5-1.5zM4 7.5l8 6 8-6",
  grow: "M14 4.5h5.5V10M10 19.5H4.5V14M19 5l-6 6M5 19l6-6",
};

/** An element with properties (`class`, `on…`, attributes) and children (nodes, strings, nothing). */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "class") element.className = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((one) => one !== null && one !== undefined && one !== false));
  return element;
}

/** One of our drawings, hidden from assistive technology. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** A button that never submits a form. */
export function button(label, onclick, props = {}, ...before) {
  return h("button", { type: "button", onclick, ...props }, ...before, h("span", {}, label));
}

/** A button that shows only a drawing; its label is read out and shown on hover. */
export function iconButton(name, label, onclick, props = {}) {
  return h("button", { type: "button", title: label, "aria-label": label, onclick, ...props, class: `icon-button ${props.class ?? ""}` }, icon(name));
}

const DRAWN = new WeakMap();

/** Draws what is in `element` anew when `key` has changed: whatever has the focus there keeps it. */
export function redraw(element, key, build) {
  if (DRAWN.get(element) === key) return;
  DRAWN.set(element, key);
  element.replaceChildren(...build().filter(Boolean));
}

/** The elements in `within` that Tab stops at, in their order. */
export function stops(within) {
  const all = within.querySelectorAll("a[href], button, input, textarea, summary, [tabindex='0']");
  return [...all].filter((one) => !one.disabled && one.getClientRects().length > 0);
}

/** Whether the main way to point is a finger; then focusing a field would bring up a keyboard. */
export const byFinger = () => matchMedia("(pointer: coarse)").matches;
