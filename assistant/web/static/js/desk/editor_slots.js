/** The variables of a canned reply: each with the name it has in the text and what agents see. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";

const USED = /\{\{\s*([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*)\s*\}\}/g;
const MOST = 50;

/** The names of the variables that a body uses. */
const usedIn = (body) => [...new Set(Array.from(body.matchAll(USED), ([, name]) => name))];

/** What a variable is called, where the console fills it by itself. */
export function usualLabel(name) {
  const key = `slot.${name}`;
  const text = t(key);
  return text === key ? "" : text;
}

export class Slots {
  constructor(root, { body, onChange }) {
    Object.assign(this, { body, onChange });
    this.rows = h("ul", { class: "slot-rows", "aria-labelledby": "label-slots" });
    this.missing = h("div", { class: "slot-missing", role: "status" });
    this.more = h("button", { class: "btn", type: "button", onclick: () => this.#add({ name: "", label: "" }) }, icon("plus"), t("editor.slot_add"));
    root.append(this.rows, this.missing, this.more);
  }

  get() {
    return [...this.rows.children].map((row) => ({ name: row.querySelector("[data-part=name]").value.trim(), label: row.querySelector("[data-part=label]").value.trim() }));
  }

  set(slots) {
    this.rows.replaceChildren(...slots.map((slot) => this.#row(slot)));
    this.look();
  }

  focus() {
    (this.rows.querySelector("input") ?? this.more).focus();
  }

  /** Declares a variable if it is not yet. */
  declare(name) {
    if (this.get().some((slot) => slot.name === name)) return;
    this.rows.append(this.#row({ name, label: usualLabel(name) }));
    this.look();
    this.onChange();
  }

  /** Offers those that stand in the text and are not declared; marks those that do not stand in it. */
  look() {
    const used = usedIn(this.body());
    const declared = this.get().map(({ name }) => name);
    for (const row of this.rows.children) {
      const name = row.querySelector("[data-part=name]").value.trim();
      row.querySelector(".slot-unused").hidden = !name || used.includes(name);
    }
    const missing = used.filter((name) => !declared.includes(name));
    this.more.disabled = declared.length >= MOST;
    this.missing.replaceChildren(...(missing.length ? [h("span", { class: "small" }, t("editor.slots_missing")),
      ...missing.map((name) => h("button", { class: "btn", type: "button", onclick: () => this.declare(name) }, icon("plus"), `{{${name}}}`))] : []));
  }

  #add(slot) {
    const row = this.#row(slot);
    this.rows.append(row);
    row.querySelector("input").focus();
    this.onChange();
  }

  #row({ name, label }) {
    const changed = () => { this.look(); this.onChange(); };
    const input = (part, value, text, props = {}) => {
      const made = h("input", { class: "input", "data-part": part, "aria-label": text, placeholder: text, maxlength: 200, oninput: changed, ...props });
      made.value = value;
      return made;
    };
    const row = h("li", { class: "slot-row" },
      input("name", name, t("editor.slot_name"), { spellcheck: "false", autocapitalize: "off", onchange: (event) => this.#label(event.target) }),
      input("label", label, t("editor.slot_label")),
      h("button", {
        class: "btn plain icon-only", type: "button", "aria-label": t("editor.remove", { name: label || name }),
        onclick: () => { row.remove(); changed(); this.more.focus(); },
      }, icon("close")),
      h("small", { class: "slot-unused due-text", hidden: true }, t("editor.slot_unused")));
    return row;
  }

  #label(input) {
    const label = input.closest("li").querySelector("[data-part=label]");
    if (!label.value) label.value = usualLabel(input.value.trim());
    this.onChange();
  }
}
