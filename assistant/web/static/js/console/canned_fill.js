/** What a canned reply leaves open: shown where it is known already, asked for where it is not. */

import { h } from "../dom.js";
import { t } from "../i18n.js";
import { fill, readable, slotLabel, slotParts } from "./slots.js";

/** `text` as plain words: filled where a value is known, else the variable's name in brackets. */
export const inWords = (text, values = {}) => readable(fill(text, values));

/** `text` as nodes: what was filled in is marked, what is open is marked as open. */
export function markedHoles(text, values = {}) {
  return slotParts(text).map((part) => {
    if (!part.name) return part;
    const value = String(values[part.name] ?? "").trim();
    return value ? h("mark", { class: "filled", title: slotLabel(part.name) }, value) : h("mark", { class: "slot" }, slotLabel(part.name));
  });
}

/**
 * A small form that asks for the parameters of `row`, with the text growing under it.
 * `onDone(values, again)` when it is sent (`again`: keep the palette open), `onBack()` to leave it.
 */
export function askParams(row, values, { onDone, onBack }) {
  const given = {};
  const shown = h("p", { class: "canned-text", "aria-live": "off" });
  const draw = () => shown.replaceChildren(...markedHoles(row.text, { ...values, ...given }));
  const fields = row.params.map(({ name, label }) => h("label", { class: "field" }, h("span", {}, label), h("input", {
    class: "input", autocomplete: "off", maxlength: 200, data: { param: name },
    oninput: (event) => { given[name] = event.target.value; draw(); },
  })));
  const form = h("form", {
    class: "canned-ask", "aria-label": t("canned.ask"), onsubmit: (event) => { event.preventDefault(); onDone(given, false); },
    onkeydown: (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      const inputs = [...form.querySelectorAll("input")];
      const at = inputs.indexOf(event.target);
      if (at < 0) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.ctrlKey || event.metaKey || event.shiftKey) onDone(given, true);
      else if (inputs[at + 1]) inputs[at + 1].focus();
      else onDone(given, false);
    },
  }, h("h3", {}, t("canned.ask_for", { title: row.title })), ...fields,
  h("div", { class: "canned-buttons" },
    h("button", { class: "btn primary", type: "submit" }, t("canned.insert"), h("kbd", { "aria-hidden": "true" }, "↵")),
    h("button", { class: "btn plain", type: "button", onclick: onBack }, t("canned.back"), h("kbd", { "aria-hidden": "true" }, "Esc"))));
  draw();
  return h("div", { class: "canned-asking" }, form, shown);
}
