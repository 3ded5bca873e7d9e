/** The imports before: newest first, those under way with their progress. */

import { call, told } from "../api.js";
import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { minute } from "../moments.js";
import { countsText, progressText, stateChip, working } from "./import_state.js";

const EVERY_MS = 1500;

export class ImportHistory {
  #timer = 0;

  /** `onOpen(id)` is called when one is chosen. */
  constructor(box, { onOpen }) {
    this.box = box;
    this.onOpen = onOpen;
  }

  /** Asks for the list, and again while something in it is under way. */
  async load() {
    clearTimeout(this.#timer);
    let imports;
    try {
      ({ imports } = await call("GET", "/api/v1/imports"));
    } catch (problem) {
      if (this.box.querySelector(".history-rows")) { // what was shown stays; the next look may succeed
        this.#timer = setTimeout(() => this.load(), 4 * EVERY_MS);
        return;
      }
      this.box.setAttribute("aria-busy", "false");
      this.box.replaceChildren(h("div", { class: "empty" }, icon("alert"), h("strong", {}, told(problem)),
        h("button", { class: "btn", type: "button", onclick: () => this.load() }, icon("reload"), t("common.retry"))));
      return;
    }
    this.box.setAttribute("aria-busy", "false");
    this.#draw(imports);
    if (imports.some(working)) this.#timer = setTimeout(() => this.load(), EVERY_MS);
  }

  stop() {
    clearTimeout(this.#timer);
  }

  #draw(imports) {
    if (!imports.length) {
      this.box.replaceChildren(h("div", { class: "empty" }, icon("inbox"), h("strong", {}, t("importer.none")), h("p", {}, t("importer.none_help"))));
      return;
    }
    const focused = document.activeElement?.closest?.("[data-run]")?.dataset.run;
    this.box.replaceChildren(h("ul", { class: "history-rows" }, ...imports.map((run) => this.#row(run))));
    if (focused) this.box.querySelector(`[data-run="${focused}"]`)?.focus();
  }

  #row(run) {
    const open = (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      this.onOpen(run.id);
    };
    return h("li", {}, h("a", { class: "history-row", href: `/desk/import?run=${run.id}`, data: { run: run.id }, onclick: open },
      h("span", { class: "history-name" }, run.name), stateChip(run),
      h("span", { class: "small quiet history-facts" }, `${minute(run.created_at)} · ${run.created_by}`),
      h("span", { class: "small quiet history-counts" }, working(run) ? progressText(run) : run.reason ? t("importer.reason", { reason: run.reason }) : countsText(run))));
  }
}
