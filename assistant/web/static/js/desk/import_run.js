/** One import: how far it is, what it comes to, and carrying it out. It can be left and come back to. */

import { call, told } from "../api.js";
import { h, icon, toast } from "../dom.js";
import { t } from "../i18n.js";
import { minute } from "../moments.js";
import { confirmApply } from "./import_apply.js";
import { sizeText } from "./import_choice.js";
import { ImportRows } from "./import_rows.js";
import { count, progressText, stateChip, working } from "./import_state.js";
import { summary } from "./import_summary.js";
import { askReason } from "./override.js";

const EVERY_MS = 700;
const HIDDEN_MS = 3000;

export class ImportRun {
  #timer = 0;
  #drawn = "";
  #run = null;

  constructor(panel, { onBack }) {
    this.panel = panel;
    this.onBack = onBack;
    this.title = h("h1", { id: "run-title", tabindex: "-1" });
    this.facts = h("p", { class: "quiet run-facts" });
    this.body = h("div", { class: "run-body" });
    this.offline = h("div", { class: "notice due compact", role: "status", hidden: true }, icon("alert"), t("importer.offline"));
    const back = h("a", { class: "btn plain run-back", href: "/desk/import", onclick: (event) => { event.preventDefault(); this.onBack(); } }, icon("back"), t("importer.back"));
    panel.replaceChildren(back, h("header", { class: "desk-head" }, h("div", {}, this.title, this.facts)), this.offline, this.body);
  }

  /** Shows the import of that id and follows it until nothing is under way. */
  async open(id, { focus = false } = {}) {
    this.close();
    this.id = id;
    this.panel.hidden = false;
    this.title.textContent = t("importer.loading");
    this.facts.replaceChildren();
    this.body.replaceChildren(h("div", { class: "skeleton run-bar" }), h("div", { class: "skeleton run-bar" }));
    if (focus) this.title.focus();
    await this.#look();
  }

  close() {
    clearTimeout(this.#timer);
    this.panel.hidden = true;
    this.id = "";
    this.#drawn = "";
    this.#run = null;
  }

  async #look() {
    const asked = this.id;
    clearTimeout(this.#timer);
    let run;
    try {
      run = await call("GET", `/api/v1/imports/${asked}?limit=0`);
    } catch (problem) {
      if (asked === this.id) this.#failed(problem);
      return;
    }
    if (asked !== this.id) return;
    this.offline.hidden = true;
    this.#draw(run);
    if (working(run)) this.#timer = setTimeout(() => this.#look(), document.hidden ? HIDDEN_MS : EVERY_MS);
  }

  #failed(problem) {
    if (this.#run && problem.status !== 404) { // what was shown stays, and we look again
      this.offline.hidden = false;
      this.#timer = setTimeout(() => this.#look(), HIDDEN_MS);
      return;
    }
    const text = problem.status === 404 ? t("importer.gone") : told(problem);
    this.title.textContent = t("importer.title");
    this.body.replaceChildren(h("div", { class: "panel empty" }, icon("alert"), h("strong", {}, text),
      h("button", { class: "btn", type: "button", onclick: () => this.#look() }, icon("reload"), t("common.retry"))));
  }

  #draw(run) {
    this.#run = run;
    this.title.textContent = run.name;
    document.title = `${run.name} · ${t("importer.title")}`;
    this.facts.replaceChildren(stateChip(run), h("span", {}, sizeText(run.size)), h("span", {}, t("importer.by", { name: run.created_by, at: minute(run.created_at) })));
    const state = `${run.state}${run.interrupted ? "!" : ""}`;
    if (state === this.#drawn && working(run)) return this.#advance(run);
    this.#drawn = state;
    if (working(run)) return this.#progress(run);
    if (run.interrupted) return this.#interrupted(run);
    if (run.state === "refused") return this.#refused(run);
    return this.#result(run);
  }

  #progress(run) {
    this.bar = h("progress", { "aria-labelledby": "run-progress" });
    this.said = h("p", { id: "run-progress" });
    this.body.replaceChildren(h("div", { class: "panel run-progress" }, this.said, this.bar, h("p", { class: "small quiet" }, t("importer.leave"))));
    this.#advance(run);
  }

  #advance(run) {
    this.said.textContent = progressText(run);
    if (run.total && run.done < run.total) {
      this.bar.max = run.total;
      this.bar.value = run.done;
    } else {
      this.bar.removeAttribute("value"); // how long the rest takes is not known
    }
  }

  #interrupted(run) {
    const again = h("button", { class: "btn primary", type: "button", onclick: () => this.#apply({}, again) }, icon("reload"), t("importer.continue"));
    this.body.replaceChildren(h("div", { class: "panel empty" }, icon("alert"), h("strong", {}, t("importer.interrupted")),
      h("p", {}, t("importer.interrupted_help", { done: count(run.done), total: count(run.total) })), again));
  }

  #refused(run) {
    this.body.replaceChildren(h("div", { class: "panel empty" }, icon("stop"), h("strong", {}, t("importer.refused")),
      h("p", { class: "run-reason" }, t("importer.reason", { reason: run.reason })), h("p", { class: "small" }, t("importer.refused_help")),
      h("a", { class: "btn primary", href: "/desk/import", onclick: (event) => { event.preventDefault(); this.onBack(); } }, icon("upload"), t("importer.another"))));
  }

  #result(run) {
    const rows = new ImportRows(run);
    const parts = summary(run, { onFilter: (filter) => rows.filter(filter) });
    rows.onFilter = parts.mark;
    this.body.replaceChildren(...(run.state === "done" ? [this.#done(run)] : []), parts.tiles, parts.forms, rows.box, this.#actions(run));
    rows.filter(run.counts.failed ? "failed" : "");
  }

  #done(run) {
    const taken = run.counts.new + run.counts.changed;
    const href = run.publish ? "/desk/entries" : "/desk/entries?status=draft";
    return h("div", { class: "notice good run-done", role: "status" }, icon("check"), h("div", {},
      h("strong", {}, t(run.publish ? "importer.done_published" : "importer.done_drafts", { count: count(taken) })), " ",
      h("span", {}, t("importer.done_by", { name: run.applied_by })), " ",
      taken ? h("a", { href }, t(run.publish ? "importer.see_entries" : "importer.see_drafts")) : null));
  }

  #actions(run) {
    const { failed, changed } = run.counts;
    const fresh = run.counts.new + changed;
    const ready = run.state === "ready";
    const apply = h("button", { class: "btn primary", type: "button", id: "run-apply", onclick: () => this.#confirm(run, apply) }, icon("check"), t("importer.apply", { count: count(fresh) }));
    return h("div", { class: "run-actions" },
      ready && fresh ? apply : null,
      ready && !fresh ? h("p", { class: "quiet" }, t(failed ? "importer.nothing_good" : "importer.nothing_new")) : null,
      failed ? h("a", { class: "btn", id: "run-failed", href: run.failed_url, download: `failed-${run.id}.csv` }, icon("download"), t("importer.failed_csv", { count: count(failed) })) : null,
      h("a", { class: "btn plain", href: "/desk/import", onclick: (event) => { event.preventDefault(); this.onBack(); } }, icon("upload"), t("importer.another")));
  }

  async #confirm(run, button) {
    const how = await confirmApply(run);
    if (run.id !== this.id) return; // gone back meanwhile
    if (document.activeElement === document.body) button.focus();
    if (how) await this.#apply(how, button);
  }

  async #apply(how, button) {
    const { id } = this;
    button.disabled = true;
    try {
      this.#drawn = "";
      const run = await call("POST", `/api/v1/imports/${id}/apply`, { ...how, wait: 0 });
      if (id !== this.id) return; // gone back meanwhile: it goes on by itself
      this.#draw(run);
      this.title.focus();
      await this.#look();
    } catch (problem) {
      button.disabled = false; // said also to who went back: it was not carried out
      if (document.activeElement === document.body) button.focus();
      if (problem.body?.broken && !how.override && id === this.id) {
        const override = await askReason(problem.message, problem.body.broken);
        if (override) await this.#apply({ ...how, override }, button);
        return;
      }
      toast(told(problem), "alert");
    }
  }
}
