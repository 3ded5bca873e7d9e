/** Variables of a reply: the words people use for them, and the fields that fill them. */

import { h } from "./dom.js";
import { t } from "./i18n.js";

const SLOT = /\{\{\s*([\w.]+)\s*\}\}/;
const EVERY = /\{\{\s*([\w.]+)\s*\}\}/g;

/** What people call a variable; its own name when nobody has named it. */
export function slotLabel(name) {
  const key = `slot.${name}`;
  const label = t(`slot.${name}`);
  return label === key ? name : label;
}

/** The variables still to fill in `text`, once each, in order. */
export function slotsIn(text) {
  return [...new Set([...text.matchAll(EVERY)].map((found) => found[1]))];
}

/** `text` with its variables as words, for places that hold plain text. */
export function readable(text) {
  return text.replace(EVERY, (all, name) => `〔${slotLabel(name)}〕`);
}

/** `text` as nodes with its variables marked. */
export function withSlots(text) {
  return text.split(new RegExp(`(${SLOT.source.replace("(", "(?:")})`)).filter(Boolean).map((part) => {
    const found = part.match(SLOT);
    return found ? h("mark", { class: "slot", title: part }, slotLabel(found[1])) : part;
  });
}

/** One field for each name; `onChange` follows a pause in typing, Enter goes on to the next empty one. */
export class SlotFields {
  constructor(onChange) {
    this.onChange = onChange;
    this.values = {};
    this.seen = new Map();
    this.timer = 0;
  }

  /** Forgets what belonged to one customer; how the agent signs stays. */
  reset() {
    clearTimeout(this.timer);
    const agent = this.values["agent.name"];
    this.values = agent ? { "agent.name": agent } : {};
    this.seen.clear();
  }

  get filled() {
    return Object.fromEntries(Object.entries(this.values).map(([name, value]) => [name, value.trim()]).filter(([, value]) => value));
  }

  /** Fields of an entry: what is missing now and what was missing before, in a lasting order. */
  draw(entryId, missing) {
    const names = [...new Set([...(this.seen.get(entryId) ?? []), ...missing])];
    this.seen.set(entryId, names);
    if (!names.length) return null;
    return h("div", { class: "slots", role: "group", "aria-label": t("reply.slots") },
      ...names.map((name) => h("label", { class: "slot-field" }, h("span", {}, slotLabel(name)), h("input", {
        class: "input", value: this.values[name] ?? "", data: { slot: name }, autocomplete: "off", maxlength: 80,
        oninput: (event) => this.#typed(name, event.target.value),
        onkeydown: (event) => this.#key(event),
      }))));
  }

  #typed(name, value) {
    this.values[name] = value;
    clearTimeout(this.timer);
    this.timer = setTimeout(this.onChange, 250);
  }

  #key(event) {
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const fields = [...event.target.closest(".slots").querySelectorAll("input")];
    const next = fields.slice(fields.indexOf(event.target) + 1).find((field) => !field.value) ?? fields.find((field) => !field.value);
    (next ?? document.getElementById("message"))?.focus();
  }
}
