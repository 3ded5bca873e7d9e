/** Answers case by case: the tables of an answer with the row that fits the customer's words, each row to insert. */

import { call } from "../api.js";
import { h, icon, toast } from "../dom.js";
import { t } from "../i18n.js";

/**
 * Draws into `panel`, which stays hidden where there is no table. `on`: `said()` the customer's words,
 * `asOf()` the day asked about, `insert(text, source)` into the reply, `open(url, title)` the entry.
 */
export class ScenarioTables {
  #shown = "";
  #inFlight = null;

  constructor(panel, on) {
    this.panel = panel;
    this.on = on;
    this.clear();
    panel.addEventListener("keydown", (event) => this.#move(event));
  }

  get open() {
    return !this.panel.hidden;
  }

  /** Shows the tables of `answer` ({ entry_id, revision, … }); none for null. Asked once per question. */
  async show(answer) {
    if (!answer) {
      this.clear();
      return;
    }
    const question = this.on.said().join("\n").slice(-2000);
    const asOf = this.on.asOf();
    const wanted = JSON.stringify([answer.entry_id, answer.revision, question, asOf]);
    if (wanted === this.#shown) return;
    this.#shown = wanted;
    this.#inFlight?.abort();
    this.#inFlight = new AbortController();
    try {
      const found = await call("POST", `/api/v1/entries/${encodeURIComponent(answer.entry_id)}/scenarios`,
        { question, revision: answer.revision, ...(asOf ? { as_of: asOf } : {}) }, { signal: this.#inFlight.signal });
      this.#draw(found);
    } catch (problem) {
      if (problem.name !== "AbortError") this.clear(); // the answer itself is there: the table is an extra
    }
  }

  clear() {
    this.#inFlight?.abort();
    this.#shown = "";
    this.panel.hidden = true;
    this.panel.replaceChildren();
  }

  /** Puts the focus on the row that fits, or the first one. */
  focus() {
    (this.panel.querySelector("tr.fits button") ?? this.panel.querySelector("button[data-row]"))?.focus();
  }

  #draw(found) {
    const { tables } = found;
    if (!tables.length) {
      this.clear();
      return;
    }
    const focused = this.panel.contains(document.activeElement);
    this.panel.hidden = false;
    this.panel.replaceChildren(
      h("header", {}, h("b", {}, t("scenarios.title")), h("button", { class: "link small", type: "button", onclick: () => this.on.open(found.url, found.title) }, found.title),
        found.tellable ? h("kbd", {}, "Alt I") : h("span", { class: "small due-text" }, t("scenarios.not_tellable"))),
      ...tables.map((table) => this.#table(table, found)));
    if (focused) this.focus();
  }

  #table({ heading, columns, rows }, found) {
    return h("table", { class: "scenarios" },
      h("caption", { class: heading ? "small quiet" : "visually-hidden" }, heading || found.title),
      h("thead", {}, h("tr", {}, ...columns.map((name) => h("th", { scope: "col" }, name)),
        found.tellable ? h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, t("scenarios.insert"))) : null)),
      h("tbody", {}, ...rows.map((row) => this.#row(row, columns, found))));
  }

  #row({ cells, text, fits }, columns, found) {
    const insert = () => this.#insert(text, found);
    return h("tr", { class: fits ? "fits" : "", onclick: found.tellable ? insert : null },
      h("th", { scope: "row", data: { label: columns[0] ?? "" } }, fits ? h("span", { class: "chip good" }, icon("check"), t("scenarios.fits")) : null, cells[0]),
      ...cells.slice(1).map((cell, place) => h("td", { data: { label: columns[place + 1] ?? "" } }, cell)),
      found.tellable ? h("td", { class: "act" }, h("button", {
        class: "btn plain icon-only", type: "button", data: { row: "" }, title: t("scenarios.insert"),
        "aria-label": t("scenarios.insert_row", { row: cells[0] }), onclick: (event) => { event.stopPropagation(); insert(); },
      }, icon("edit"))) : null);
  }

  #insert(text, { entry_id, revision, title, url }) {
    if (getSelection()?.toString()) return; // words of the row are being marked, not the row chosen
    this.on.insert(text, { entry_id, revision, title, url });
    toast(t("scenarios.inserted"));
  }

  /** ↑ ↓ go from row to row. */
  #move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    const rows = [...this.panel.querySelectorAll("button[data-row]")];
    const at = rows.indexOf(document.activeElement);
    if (at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    rows[Math.max(0, Math.min(rows.length - 1, at + step))].focus();
  }
}
