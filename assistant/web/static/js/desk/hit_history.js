/** The runs so far: newest first, two of them can be compared. */

import { call, told } from "../api.js";
import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { compareAddress, FIGURES, runAddress, share, when } from "./hit_figures.js";

/** Draws into `root`; the way to compare two runs into `compare`. */
export class History {
  #runs = [];
  #chosen = []; // ids, the one chosen first first

  constructor(root, compare) {
    this.root = root;
    this.compare = compare;
  }

  async load() {
    try {
      const { runs } = await call("GET", "/api/v1/hit-runs?limit=100");
      this.#runs = runs;
      this.#draw();
    } catch (problem) {
      this.root.replaceChildren(h("div", { class: "empty", role: "alert" }, icon("alert"), h("strong", {}, told(problem)),
        h("button", { class: "btn", type: "button", onclick: () => this.load() }, icon("reload"), t("common.retry"))));
    } finally {
      this.root.setAttribute("aria-busy", "false");
    }
  }

  #draw() {
    if (!this.#runs.length) {
      this.root.replaceChildren(h("div", { class: "empty" }, icon("inbox"), h("strong", {}, t("hit.no_runs")), h("p", {}, t("hit.no_runs_help"))));
      return;
    }
    this.root.replaceChildren(h("div", { class: "table-wrap" }, h("table", { class: "grid hit-table hit-runs" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, t("hit.choose"))), h("th", { scope: "col" }, t("hit.run_name")),
        h("th", { scope: "col", class: "num" }, t("hit.total")), ...FIGURES.map((name) => h("th", { scope: "col", class: "num" }, t(`hit.${name}`))))),
      h("tbody", {}, ...this.#runs.map((run) => this.#row(run))))));
    this.#offer();
  }

  #row(run) {
    return h("tr", { data: { run: run.id } },
      h("td", { class: "pick" }, h("input", { type: "checkbox", "aria-label": t("hit.choose_run", { name: run.name }), onchange: (event) => this.#choose(event.target, String(run.id)) })),
      h("td", { class: "title" }, h("a", { href: runAddress(run.id) }, run.name), h("div", { class: "small quiet" }, when(run))),
      h("td", { class: "num" }, h("span", { class: "cell-label" }, t("hit.total"), " "), String(run.total)),
      ...FIGURES.map((name) => h("td", { class: "num" }, h("span", { class: "cell-label" }, t(`hit.${name}`), " "), share(run, name))));
  }

  /** At most two are chosen: a third takes the place of the one chosen first. */
  #choose(box, id) {
    this.#chosen = this.#chosen.filter((other) => other !== id);
    if (box.checked) this.#chosen.push(id);
    while (this.#chosen.length > 2) {
      const gone = this.#chosen.shift();
      this.root.querySelector(`[data-run="${CSS.escape(gone)}"] input`).checked = false;
    }
    this.#offer();
  }

  #offer() {
    if (this.#runs.length < 2) return;
    if (this.#chosen.length < 2) {
      this.compare.replaceChildren(h("span", { class: "small quiet" }, t("hit.choose_two")));
      return;
    }
    const order = this.#runs.map(({ id }) => String(id)); // newest first: the older one is "before"
    const [after, before] = [...this.#chosen].sort((a, b) => order.indexOf(a) - order.indexOf(b));
    this.compare.replaceChildren(h("a", { class: "btn primary", href: compareAddress(before, after) }, icon("split"), t("hit.compare")));
  }
}
