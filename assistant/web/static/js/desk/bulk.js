/** Changing many entries at once: what to change, then row by row what it would do, then doing it. */

import { call, told } from "../api.js";
import { h, icon } from "../dom.js";
import { heldOpen } from "../held_open.js";
import { t } from "../i18n.js";
import { BulkFields } from "./bulk_fields.js";
import { bulkRows } from "./bulk_rows.js";

/** Opens the dialog for what is selected; `known` offers names and tags (data of the page, as JSON). */
export function editMany(selection, known) {
  new BulkEdit(selection, known).open();
}

class BulkEdit {
  constructor(selection, known) {
    this.selection = selection;
    this.ids = selection.ids;
    this.fields = new BulkFields(known);
    this.fields.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#preview();
    });
    this.result = h("div", { class: "bulk-result", role: "status" });
    this.error = h("p", { class: "bad-text", role: "alert" });
    this.back = h("button", { class: "btn", type: "button", hidden: true, onclick: () => this.#edit() }, icon("back"), t("bulk.back"));
    this.go = h("button", { class: "btn primary", type: "submit", form: "bulk-form", onclick: () => this.stage === "preview" && this.#apply() });
    this.leave = h("button", { class: "btn plain", type: "button", onclick: () => this.sheet.close() });
    this.away = h("button", { class: "btn plain icon-only", type: "button", "aria-label": t("common.close"), onclick: () => this.sheet.close() }, icon("close"));
    this.sheet = h("dialog", { class: "sheet bulk-sheet", "aria-labelledby": "bulk-title" },
      h("header", {}, h("h2", { id: "bulk-title" }, t("bulk.title", { count: this.ids.length })), this.away),
      this.fields.form, this.result, this.error, h("footer", {}, this.leave, this.back, this.go));
    this.sheet.addEventListener("close", () => {
      this.sheet.remove();
      if (this.applied) location.reload();
    });
  }

  open() {
    document.body.append(this.sheet);
    this.#edit();
    this.sheet.showModal();
    this.fields.focus();
  }

  #edit() {
    this.stage = "edit";
    this.go.type = "submit"; // Enter in a field presses it
    this.fields.form.hidden = false;
    this.result.replaceChildren();
    this.error.textContent = "";
    this.back.hidden = true;
    this.leave.textContent = t("common.cancel");
    this.go.hidden = false;
    this.go.replaceChildren(icon("search"), t("bulk.preview"));
    if (this.sheet.open) this.fields.focus();
  }

  async #preview() {
    const change = this.fields.change();
    if (!change) return;
    if (!Object.keys(change).length) {
      this.error.textContent = t("bulk.nothing");
      this.fields.focus();
      return;
    }
    const found = await this.#ask({ change, submit: this.fields.submit, dry_run: true });
    if (!found) return;
    this.change = change;
    this.stage = "preview";
    this.go.type = "button";
    this.fields.form.hidden = true;
    this.back.hidden = false;
    this.result.replaceChildren(...bulkRows(found, change));
    this.go.hidden = !found.counts.changed;
    this.go.replaceChildren(icon("check"), t("bulk.apply", { count: found.counts.changed }));
    (found.counts.changed ? this.go : this.back).focus();
  }

  async #apply() {
    const found = await this.#ask({ change: this.change, submit: this.fields.submit, dry_run: false });
    if (!found) return;
    this.applied = true;
    this.selection.clear();
    this.go.hidden = true;
    this.back.hidden = true;
    this.leave.textContent = t("common.close");
    this.result.replaceChildren(...bulkRows(found, this.change));
    this.leave.focus();
  }

  async #ask(body) {
    this.error.textContent = "";
    const ask = () => call("POST", "/api/v1/entries/bulk", { ids: this.ids, ...body });
    try {
      return await heldOpen(this.sheet, [this.go, this.back, this.leave, this.away], ask);
    } catch (problem) {
      const said = problem.errors.map(({ field, message }) => this.fields.named(field, message)).join(" ");
      this.error.textContent = said || told(problem);
      if (!this.sheet.contains(document.activeElement)) this.go.focus(); // disabled, it let go of the focus
      return null;
    }
  }
}
