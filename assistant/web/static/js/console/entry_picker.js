/** A field that takes entries: type to find one, Enter takes it, each can be taken out again. */

import { call } from "../api.js";
import { h, icon } from "../dom.js";
import { t } from "../i18n.js";

const PAUSE_MS = 120;
const MOST = 8;

/**
 * Draws itself as `element`; `chosen` are rows of `{ entry_id, title }`. With `onTake(entry)` the
 * entries taken are somebody else's to show, and `taken()` tells the ids that are not offered again.
 */
export class EntryPicker {
  #found = [];
  #index = -1;
  #timer = 0;
  #asked = "";

  constructor(id, chosen = [], { onTake, taken, label = t("canned.rests_on"), placeholder = t("canned.rests_on_find") } = {}) {
    this.chosen = [...chosen];
    this.onTake = onTake;
    this.taken = taken ?? (() => this.ids);
    this.tags = h("ul", { class: "picker-chosen" });
    this.list = h("ul", { class: "picker-list", id: `${id}-list`, role: "listbox", "aria-label": label, hidden: true });
    this.input = h("input", {
      class: "input", id, type: "text", role: "combobox", autocomplete: "off", maxlength: 80, placeholder,
      "aria-expanded": "false", "aria-controls": `${id}-list`, "aria-autocomplete": "list",
      oninput: () => { clearTimeout(this.#timer); this.#timer = setTimeout(() => this.#search(), PAUSE_MS); },
      onkeydown: (event) => this.#key(event), onblur: () => this.#show([]),
    });
    this.element = h("div", { class: "picker" }, this.tags, this.input, this.list);
    this.#drawChosen();
  }

  get ids() {
    return this.chosen.map(({ entry_id: id }) => id);
  }

  async #search() {
    const query = this.input.value.trim();
    this.#asked = query;
    if (!query) {
      this.#show([]);
      return;
    }
    const { entries } = await call("GET", `/api/v1/entries?${new URLSearchParams({ q: query, status: "published", limit: MOST })}`).catch(() => ({ entries: [] }));
    if (this.#asked === query) this.#show(entries.filter(({ id, kind }) => kind !== "reply" && !this.taken().includes(id)));
  }

  #show(found) {
    this.#found = found;
    this.#index = found.length ? 0 : -1;
    this.list.hidden = !found.length;
    this.input.setAttribute("aria-expanded", String(found.length > 0));
    this.list.replaceChildren(...found.map((entry, index) => h("li", {
      role: "option", id: `${this.list.id}-${index}`,
      onmousedown: (event) => { event.preventDefault(); this.#take(entry); },
    }, h("b", {}, entry.title), h("span", { class: "small quiet" }, t(`kind.${entry.kind}`)))));
    this.#mark();
  }

  #mark() {
    [...this.list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === this.#index)));
    const item = this.list.children[this.#index];
    item?.scrollIntoView({ block: "nearest" });
    if (item) this.input.setAttribute("aria-activedescendant", item.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  #take(entry) {
    if (this.onTake) this.onTake(entry);
    else this.chosen.push({ entry_id: entry.id, title: entry.title });
    this.input.value = "";
    this.#asked = "";
    this.#show([]);
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
    if (event.isComposing) return;
    const count = this.#found.length;
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (this.#found[this.#index]) this.#take(this.#found[this.#index]);
    } else if (count && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      this.#index = (this.#index + (event.key === "ArrowDown" ? 1 : -1) + count) % count;
      this.#mark();
    } else if (event.key === "Escape" && count) {
      event.preventDefault();
      event.stopPropagation();
      this.#show([]);
    } else if (event.key === "Backspace" && !this.input.value && this.chosen.length) {
      this.chosen.pop();
      this.#drawChosen();
    }
  }
}
