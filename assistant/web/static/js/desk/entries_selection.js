/** Which entries of the list are selected: row by row, a whole page, or all that the filters find. */

import { call, told } from "../api.js";
import { toast } from "../dom.js";
import { t } from "../i18n.js";

/** So many entries can be changed at once. */
export const MOST = 500;
const PAGE = 200;

export class Selection {
  #chosen = new Map();

  /** `page` has the bar (#bulk-bar) and the filters in use as data-query; `rows` are those on it. */
  constructor(page, rows) {
    this.rows = rows;
    this.query = page.dataset.query;
    this.total = Number(page.dataset.total);
    this.bar = page.querySelector("#bulk-bar");
    this.told = this.bar.querySelector("[data-selected]");
    this.every = this.bar.querySelector("[data-select-all]");
    this.head = page.querySelector("[data-select-page]");
    for (const row of rows) row.querySelector("[data-pick]").addEventListener("change", (event) => this.#set(row, event.target.checked));
    this.head?.addEventListener("change", () => this.togglePage());
    this.every.addEventListener("click", () => this.#all());
    this.bar.querySelector("[data-clear]").addEventListener("click", () => {
      this.clear();
      (this.head ?? document.querySelector("main")).focus();
    });
    // A browser that comes back to the page keeps the boxes as they were.
    for (const row of rows) if (row.querySelector("[data-pick]").checked) this.#chosen.set(row.dataset.id, row.dataset.title);
    this.#draw();
  }

  /** How many are selected. */
  get size() {
    return this.#chosen.size;
  }

  /** The ids of those selected. */
  get ids() {
    return [...this.#chosen.keys()];
  }

  /** Selects an entry of this page, or takes it out again. */
  toggle(id) {
    const row = this.rows.find((one) => one.dataset.id === id);
    if (row) this.#set(row, !this.#chosen.has(id));
  }

  /** Selects all entries of this page, or none of them when all are. */
  togglePage() {
    const all = this.rows.every((row) => this.#chosen.has(row.dataset.id));
    for (const row of this.rows) this.#set(row, !all);
  }

  /** Selects nothing. */
  clear() {
    this.#chosen.clear();
    this.#draw();
  }

  #set(row, on) {
    if (on) this.#chosen.set(row.dataset.id, row.dataset.title);
    else this.#chosen.delete(row.dataset.id);
    this.#draw();
  }

  async #all() {
    this.every.disabled = true;
    try {
      for (let offset = 0; offset < Math.min(this.total, MOST); offset += PAGE) {
        const { entries } = await call("GET", `/api/v1/entries?limit=${PAGE}&offset=${offset}${this.query ? `&${this.query}` : ""}`);
        for (const { id, title } of entries) if (this.#chosen.size < MOST) this.#chosen.set(id, title);
      }
    } catch (problem) {
      toast(told(problem), "alert");
    }
    this.every.disabled = false;
    this.#draw();
  }

  #draw() {
    for (const row of this.rows) {
      const on = this.#chosen.has(row.dataset.id);
      row.querySelector("[data-pick]").checked = on;
      row.classList.toggle("chosen", on);
    }
    const here = this.rows.filter((row) => this.#chosen.has(row.dataset.id)).length;
    if (this.head) {
      this.head.checked = here > 0 && here === this.rows.length;
      this.head.indeterminate = here > 0 && here < this.rows.length;
    }
    this.bar.hidden = this.size === 0;
    this.told.textContent = t("entries.selected", { count: this.size });
    this.every.hidden = this.size >= Math.min(this.total, MOST) || this.total <= this.rows.length;
    this.every.textContent = this.total > MOST ? t("entries.select_most", { count: MOST }) : t("entries.select_all", { count: this.total });
  }
}
