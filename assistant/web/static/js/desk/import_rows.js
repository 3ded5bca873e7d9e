/** The rows of an import: filtered by what becomes of them, page by page, each to be looked at in full. */

import { call, told } from "../api.js";
import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { showRow } from "./import_row_sheet.js";
import { count, faultPlace, outcomeChip, placeText } from "./import_state.js";

const PAGE = 50;

export class ImportRows {
  #starts = [0];
  #filter = "";
  #asked = 0;

  constructor(run) {
    this.run = run;
    this.onFilter = () => {};
    this.list = h("div", { class: "table-wrap" });
    this.pager = h("nav", { class: "pager", "aria-label": t("importer.pages") });
    this.box = h("section", { class: "panel run-rows", "aria-label": t("importer.rows") }, this.list, this.pager);
  }

  /** Shows the rows of a filter from their beginning. */
  filter(name) {
    this.#filter = name;
    this.#starts = [0];
    this.onFilter(name);
    return this.#load();
  }

  async #load() {
    const asked = ++this.#asked;
    this.list.setAttribute("aria-busy", "true");
    const which = this.#filter === "duplicates" ? "&duplicates=true" : this.#filter ? `&outcome=${this.#filter}` : "";
    try {
      const found = await call("GET", `${this.run.url}?limit=${PAGE}&after=${this.#starts.at(-1)}${which}`);
      if (asked === this.#asked) this.#draw(found);
    } catch (problem) {
      if (asked !== this.#asked) return;
      this.pager.replaceChildren();
      this.list.replaceChildren(h("div", { class: "empty" }, icon("alert"), h("strong", {}, told(problem)),
        h("button", { class: "btn", type: "button", onclick: () => this.#load() }, icon("reload"), t("common.retry"))));
    } finally {
      if (asked === this.#asked) this.list.setAttribute("aria-busy", "false");
    }
  }

  #draw({ rows, next_after: next }) {
    if (!rows.length) {
      this.pager.replaceChildren();
      this.list.replaceChildren(h("div", { class: "empty" }, icon("inbox"), h("strong", {}, t("importer.no_rows"))));
      return;
    }
    const head = ["where", "entry", "outcome", "why"].map((name) => h("th", { scope: "col" }, t(`importer.column_${name}`)));
    this.list.replaceChildren(h("table", { class: "grid import-rows" },
      h("thead", {}, h("tr", {}, ...head, h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, t("importer.column_more"))))),
      h("tbody", {}, ...rows.map((row) => this.#row(row)))));
    this.#page(rows, next);
  }

  #row(row) {
    const more = h("button", { class: "btn plain", type: "button", "aria-label": t("importer.look_at", { title: row.title || placeText(this.run, row) }), onclick: () => showRow(this.run, row) }, t("importer.look"));
    return h("tr", { data: { row: row.number } },
      h("td", { class: "where" }, placeText(this.run, row)),
      h("td", { class: "title" }, row.title || "—", row.entry_id ? h("div", { class: "small quiet" }, row.entry_id) : null),
      h("td", { class: "outcome" }, outcomeChip(row.outcome)),
      h("td", { class: "why" }, ...row.problems.map((problem) => h("div", { class: "import-problem" }, faultPlace(problem), h("span", {}, problem.message))),
        ...row.duplicates.map((found) => h("div", { class: "import-duplicate" }, icon("copy"), h("span", {}, t(`importer.same_${found.what}`), " ",
          found.row ? t("importer.row_number", { number: count(found.row) }) : h("a", { href: found.url }, found.title))))),
      h("td", { class: "more" }, more));
  }

  #page(rows, next) {
    const step = (key, shape, enabled, move) => h("button", { class: "btn", type: "button", disabled: !enabled, data: { step: key }, onclick: async () => { move(); await this.#load(); this.#keepFocus(key); } },
      shape === "back" ? icon("back") : null, t(`importer.${key}`), shape === "next" ? icon("next") : null);
    const paged = this.#starts.length > 1 || next !== null;
    this.pager.replaceChildren(...(paged ? [
      step("previous", "back", this.#starts.length > 1, () => this.#starts.pop()),
      h("span", { class: "small quiet" }, t("importer.page", { number: count(this.#starts.length) })),
      step("following", "next", next !== null, () => this.#starts.push(next)),
    ] : []));
  }

  /** The button pressed, or the other one when there is nothing further that way. */
  #keepFocus(key) {
    const buttons = [...this.pager.querySelectorAll("button:not([disabled])")];
    (buttons.find((button) => button.dataset.step === key) ?? buttons[0])?.focus();
    this.box.scrollIntoView({ block: "nearest" });
  }
}
