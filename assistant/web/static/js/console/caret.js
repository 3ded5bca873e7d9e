/** The caret of a text area: where it is on the screen, and a slash typed at it. */

import { h } from "../dom.js";

const COPIED = ["boxSizing", "width", "paddingTop", "paddingRight", "paddingBottom", "paddingLeft", "borderTopWidth", "borderRightWidth",
  "borderBottomWidth", "borderLeftWidth", "fontFamily", "fontSize", "fontWeight", "lineHeight", "letterSpacing", "tabSize"];

/** `{ left, top, bottom }` in pixels of the window, of the line that the caret is in. */
export function caretPlace(area) {
  const style = getComputedStyle(area);
  const mark = h("span", {}, "\u200b");
  const twin = h("div", { class: "caret-twin", "aria-hidden": "true" }, area.value.slice(0, area.selectionEnd), mark, area.value.slice(area.selectionEnd));
  for (const name of COPIED) twin.style[name] = style[name];
  document.body.append(twin);
  const own = area.getBoundingClientRect();
  const left = own.left + mark.offsetLeft - area.scrollLeft;
  const top = own.top + mark.offsetTop - area.scrollTop;
  const height = mark.offsetHeight;
  twin.remove();
  return { left, top, bottom: top + height };
}

const [LOWEST, TALLEST, MARGIN] = [280, 480, 8]; // pixels

/** Lays an open dialog under the line of the caret, or above it where there is more room; null: in the middle. */
export function placeBeside(dialog, caret) {
  dialog.classList.toggle("beside", Boolean(caret));
  if (!caret) return;
  const below = innerHeight - caret.bottom - 2 * MARGIN;
  const above = caret.top - 2 * MARGIN;
  const under = below >= Math.min(TALLEST, above);
  const height = Math.max(LOWEST, Math.min(TALLEST, under ? below : above));
  const top = under ? caret.bottom + MARGIN : caret.top - MARGIN - height;
  const left = Math.min(caret.left, innerWidth - dialog.offsetWidth - MARGIN);
  const set = (name, value) => dialog.style.setProperty(name, `${Math.round(value)}px`);
  set("--height", height);
  set("--left", Math.max(MARGIN, left));
  set("--top", Math.max(MARGIN, Math.min(top, innerHeight - height - MARGIN)));
}

/**
 * Calls `open(area)` where a slash is typed at the start of a line, or after a blank, in a text area
 * that matches `selector`; the slash itself is not written. Chinese input methods type 、 with that key.
 */
export function onSlash(selector, open) {
  document.addEventListener("beforeinput", (event) => {
    const area = event.target;
    if (!["/", "、"].includes(event.data) || !area.matches?.(selector)) return;
    if (!/(^|\s)$/.test(area.value.slice(0, area.selectionStart))) return;
    event.preventDefault();
    open(area);
  });
}
