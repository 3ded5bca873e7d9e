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
  #asking = null; // `{ query, done }`: what was asked for last, and the promise that its rows are shown
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
      oninput: () => this.#typed(), onkeydown: (event) => this.#key(event), onblur: () => this.#forget(),
    });
    this.element = h("div", { class: "picker" }, this.tags, this.input, this.list);
    this.#drawChosen();
  }

  get ids() {
    return this.chosen.map(({ entry_id: id }) => id);
  }

  /** What was found is not for these words: none of it is taken any more, though it stays to be seen until the answer. */
  #typed() {
    this.#found = [];
    this.#index = -1;
    this.#mark();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#search(), PAUSE_MS);
  }

  /** Resolves when what is shown was found for the words that stand there now. */
  #search() {
    clearTimeout(this.#timer);
    const query = this.input.value.trim();
    if (this.#asking?.query !== query) {
      const asking = this.#asking = { query };
      asking.done = this.#find(asking);
    }
    return this.#asking.done;
  }

  async #find(asking) {
    const { query } = asking;
    let entries = [];
    if (query) {
      try {
        ({ entries } = await call("GET", `/api/v1/entries?${new URLSearchParams({ q: query, status: "published", limit: MOST })}`));
      } catch {
        asking.query = null; // the same words may be asked for again
      }
    }
    if (this.#asking === asking) this.#show(entries.filter(({ id, kind }) => kind !== "reply" && !this.taken().includes(id)));
  }

  /** Shows nothing more, also of what is still being searched for. */
  #forget() {
    clearTimeout(this.#timer);
    this.#asking = null;
    this.#show([]);
  }

  /** Takes the row that is marked once the search for the words there is through; who types on takes nothing yet. */
  async #enter() {
    const typed = this.input.value.trim();
    if (!typed || this.#entering) return;
    this.#entering = true;
    await this.#search();
    this.#entering = false;
    const entry = this.#found[this.#index];
    if (entry && typed === this.input.value.trim()) this.#take(entry);
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
    this.#forget();
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
    const count = this.#found.length;
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.#enter();
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
