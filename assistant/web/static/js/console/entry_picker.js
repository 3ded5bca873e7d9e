/** A field that takes entries: type to find one, Enter takes it, each can be taken out again. */

import { call } from "../api.js";
import { h, icon } from "../dom.js";
import { EntryOptions } from "../entry_options.js";
import { t } from "../i18n.js";

const MOST = 8;

/**
 * Draws itself as `element`; `chosen` are rows of `{ entry_id, title }`. With `onTake(entry)` the
 * entries taken are somebody else's to show, and `taken()` tells the ids that are not offered again.
 */
export class EntryPicker {
  #entering = false;

  constructor(id, chosen = [], { onTake, taken, label = t("canned.rests_on"), placeholder = t("canned.rests_on_find") } = {}) {
    this.chosen = [...chosen];
    this.onTake = onTake;
    this.taken = taken ?? (() => this.ids);
    this.tags = h("ul", { class: "picker-chosen" });
    this.list = h("ul", { class: "picker-list", id: `${id}-list`, role: "listbox", "aria-label": label, hidden: true });
    this.input = h("input", {
      class: "input", id, type: "text", role: "combobox", autocomplete: "off", maxlength: 80, placeholder,
      "aria-expanded": "false", "aria-controls": `${id}-list`, "aria-autocomplete": "list",
      onkeydown: (event) => this.#key(event), onblur: () => this.options.forget(),
    });
    this.options = new EntryOptions(this.input, this.list, {
      find: (query) => this.#find(query),
      row: (entry) => [h("b", {}, entry.title), h("span", { class: "small quiet" }, t(`kind.${entry.kind}`))],
      take: (entry) => this.#take(entry),
    });
    this.element = h("div", { class: "picker" }, this.tags, this.input, this.list);
    this.#drawChosen();
  }

  get ids() {
    return this.chosen.map(({ entry_id: id }) => id);
  }

  /** Entries in force that may be taken here. */
  async #find(query) {
    const { entries } = await call("GET", `/api/v1/entries?${new URLSearchParams({ q: query, status: "published", limit: MOST })}`);
    return entries.filter(({ id, kind }) => kind !== "reply" && !this.taken().includes(id));
  }

  /** Takes the row that is marked once the search for the words there is through; who types on takes nothing yet. */
  async #enter() {
    const typed = this.input.value.trim();
    if (!typed || this.#entering) return;
    this.#entering = true;
    await this.options.search();
    this.#entering = false;
    const entry = this.options.marked;
    if (entry && typed === this.input.value.trim()) this.#take(entry);
  }

  #take(entry) {
    if (this.onTake) this.onTake(entry);
    else this.chosen.push({ entry_id: entry.id, title: entry.title });
    this.input.value = "";
    this.options.forget();
    this.#drawChosen();
    this.input.focus();
  }

  #drawChosen() {
    this.tags.replaceChildren(...this.chosen.map((entry) => h("li", { class: "chip outline" }, entry.title || entry.entry_id,
      h("button", {
        type: "button", "aria-label": t("canned.rests_on_remove", { title: entry.title }),
        onclick: () => { this.chosen = this.chosen.filter((other) => other !== entry); this.#drawChosen(); this.input.focus(); },
      }, icon("close")))));
  }

  #key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.#enter();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && this.options.move(event.key === "ArrowDown" ? 1 : -1)) {
      event.preventDefault();
    } else if (event.key === "Escape" && this.options.marked) {
      event.preventDefault();
      event.stopPropagation();
      this.options.forget();
    } else if (event.key === "Backspace" && !this.input.value && this.chosen.length) {
      this.chosen.pop();
      this.#drawChosen();
    }
  }
}
