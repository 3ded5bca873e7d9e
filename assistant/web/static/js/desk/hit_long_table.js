/** A table of many rows: a hundred at a time, cards on a narrow screen. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";

const STEP = 100;

export class LongTable {
  #rows = [];

  /** `columns` are keys of their headings, `draw(row)` gives the content of each cell as a list of nodes. */
  constructor(columns, draw) {
    this.columns = columns;
    this.draw = draw;
    this.body = h("tbody");
    this.table = h("table", { class: "grid hit-table" }, h("thead", {}, h("tr", {}, ...columns.map((key) => h("th", { scope: "col" }, t(key))))), this.body);
    this.none = h("div", { class: "empty", hidden: true }, icon("check"), h("strong"));
    this.more = h("button", { class: "btn plain hit-more", type: "button", hidden: true, onclick: () => this.#grow(true) });
    this.element = h("div", { class: "panel" }, h("div", { class: "table-wrap" }, this.table), this.none, this.more);
  }

  /** Shows `rows`; `nothing` says so when there are none. */
  show(rows, nothing) {
    this.#rows = rows;
    this.body.replaceChildren();
    this.table.hidden = !rows.length;
    this.none.hidden = rows.length > 0;
    this.none.querySelector("strong").textContent = nothing;
    this.#grow();
  }

  #grow(focus = false) {
    const begun = this.body.children.length;
    this.body.append(...this.#rows.slice(begun, begun + STEP).map((row) => h("tr", {}, ...this.draw(row).map((nodes, at) =>
      h("td", { class: at ? "" : "title" }, at ? h("span", { class: "cell-label" }, t(this.columns[at])) : null, ...nodes)))));
    const rest = this.#rows.length - this.body.children.length;
    this.more.hidden = rest <= 0;
    this.more.textContent = t("hit.more_rows", { count: Math.min(rest, STEP), rest });
    if (focus) this.body.children[begun]?.querySelector("a")?.focus();
  }
}
