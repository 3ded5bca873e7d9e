/** Articles while a question is typed: a list under the field, walked with the arrow keys. */

import { h, highlight } from "../dom.js";

const PAUSE_MS = 120;
let lists = 0;

/** Gives a search form its list. Without an answer from the server nothing is shown. */
export function suggestFor(form) {
  const field = form.querySelector("input[type=search]");
  const list = h("ul", { id: `suggestions-${++lists}`, class: "help-suggestions", role: "listbox", "aria-label": field.labels[0]?.textContent ?? "", hidden: true });
  form.append(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-controls": list.id, "aria-expanded": "false", "aria-autocomplete": "list" })) field.setAttribute(name, value);
  let timer = 0;
  let request = null;
  let chosen = -1;

  function close() {
    clearTimeout(timer);
    request?.abort();
    list.hidden = true;
    choose(-1);
    field.setAttribute("aria-expanded", "false");
  }

  function choose(index) {
    chosen = index;
    [...list.children].forEach((row, i) => row.setAttribute("aria-selected", String(i === index)));
    const row = list.children[index];
    if (row) field.setAttribute("aria-activedescendant", row.id);
    else field.removeAttribute("aria-activedescendant");
    row?.scrollIntoView({ block: "nearest" });
  }

  function show(typed, found) {
    list.replaceChildren(...found.map(({ title, url }, i) => {
      const props = { id: `${list.id}-${i}`, role: "option", "aria-selected": "false", data: { url } };
      return h("li", { ...props, onclick: () => location.assign(url) }, ...highlight(title, [typed]));
    }));
    choose(-1);
    list.hidden = !found.length;
    field.setAttribute("aria-expanded", String(found.length > 0));
  }

  async function ask() {
    const typed = field.value.trim();
    request?.abort();
    if (!typed) return close();
    request = new AbortController();
    const address = new URL(form.dataset.suggest, location.href);
    address.searchParams.set("q", typed);
    try {
      const answer = await fetch(address, { signal: request.signal });
      if (!answer.ok) return close();
      const { suggestions } = await answer.json();
      if (document.activeElement === field && field.value.trim() === typed) show(typed, suggestions);
    } catch {
      // Offline, or something newer was typed: the form works all the same.
    }
  }

  field.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, PAUSE_MS);
  });
  field.addEventListener("compositionend", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  });
  field.addEventListener("keydown", (event) => {
    const count = list.children.length;
    if (event.isComposing || list.hidden || !count) return;
    if (event.key === "ArrowDown") choose((chosen + 1) % count);
    else if (event.key === "ArrowUp") choose(chosen <= 0 ? count - 1 : chosen - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen >= 0) location.assign(list.children[chosen].dataset.url);
    else return;
    event.preventDefault();
  });
  field.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  form.addEventListener("submit", close);
}
