/** The entries offered below a field while their title is typed: one search at a time, one row marked. */

import { h } from "./dom.js";

const PAUSE_MS = 120;

/**
 * Lists in `list` what `find(query)` resolves to for the words in `input`; `row(entry)` draws what stands in a row,
 * `take(entry)` is called with the one that was clicked.
 */
export class EntryOptions {
  #found = [];
  #index = -1;
  #timer = 0;
  #asking = null; // `{ query, done }`: what was asked for last, and the promise that its rows are shown

  constructor(input, list, { find, row, take }) {
    Object.assign(this, { input, list, find, row, take });
    input.addEventListener("input", () => this.#typed());
  }

  /** The entry that is marked. */
  get marked() {
    return this.#found[this.#index];
  }

  /** Resolves when what is shown was found for the words that stand there now. */
  search() {
    clearTimeout(this.#timer);
    const query = this.input.value.trim();
    if (this.#asking?.query !== query) {
      const asking = this.#asking = { query };
      asking.done = this.#find(asking);
    }
    return this.#asking.done;
  }

  /** Shows nothing more, also of what is still being searched for. */
  forget() {
    clearTimeout(this.#timer);
    this.#asking = null;
    this.#show([]);
  }

  /** Marks the next row (1) or the one before (-1); whether there is one. */
  move(by) {
    if (!this.#found.length) return false;
    this.#index = (this.#index + by + this.#found.length) % this.#found.length;
    this.#mark();
    return true;
  }

  /** What was found is not for these words: none of it is taken any more, though it stays to be seen until the answer. */
  #typed() {
    this.#found = [];
    this.#index = -1;
    this.#mark();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.search(), PAUSE_MS);
  }

  async #find(asking) {
    let entries = [];
    try {
      if (asking.query) entries = await this.find(asking.query);
    } catch {
      asking.query = null; // the same words may be asked for again
    }
    if (this.#asking === asking) this.#show(entries);
  }

  #show(found) {
    this.#found = found;
    this.#index = found.length ? 0 : -1;
    this.list.hidden = !found.length;
    this.input.setAttribute("aria-expanded", String(found.length > 0));
    this.list.replaceChildren(...found.map((entry, n) => h("li", {
      role: "option", id: `${this.list.id}-${n}`,
      onmousedown: (event) => event.preventDefault(), // the field keeps the focus
      onclick: () => this.take(entry),
    }, ...this.row(entry))));
    this.#mark();
  }

  #mark() {
    [...this.list.children].forEach((item, n) => item.setAttribute("aria-selected", String(n === this.#index)));
    const item = this.list.children[this.#index];
    item?.scrollIntoView({ block: "nearest" });
    if (item) this.input.setAttribute("aria-activedescendant", item.id);
    else this.input.removeAttribute("aria-activedescendant");
  }
}
