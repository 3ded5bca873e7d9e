/** The steps of the lifecycle: each asks once, says what it will do, and tells why it was refused. */

import { call, told } from "../api.js";
import { h, icon } from "../dom.js";
import { heldOpen } from "../held_open.js";
import { t } from "../i18n.js";
import { brokenList } from "./steps_broken.js";

const ICONS = { submit: "send", approve: "check", reject: "back", publish: "send", withdraw: "stop", discard: "bin", rollback: "undo" };
const REASON_NEEDED = new Set(["reject"]);
const WITHOUT_NOTE = new Set(["discard"]);

export class Steps {
  /** `watch` knows the version shown and tells of changes; `impact` is the preview's panel or null. */
  constructor(page, { watch, impact }) {
    this.page = page;
    this.watch = watch;
    this.impact = impact;
    this.buttons = [...page.querySelectorAll("[data-step]")];
    for (const button of this.buttons) {
      button.prepend(icon(ICONS[button.dataset.step]));
      button.disabled = false;
      button.addEventListener("click", () => this.#ask(button));
    }
  }

  /** Puts the focus on the first step that can be taken; false when there is none. */
  focus() {
    this.buttons[0]?.focus();
    return this.buttons.length > 0;
  }

  #ask(button) {
    const { step, label } = button.dataset;
    const needed = REASON_NEEDED.has(step);
    this.step = step;
    this.scheduling = label === t("review.step.schedule");
    this.note = WITHOUT_NOTE.has(step) ? null : h("textarea", { class: "input", id: "step-note", rows: "3", maxlength: "2000", required: needed, "aria-describedby": "step-error" });
    this.override = null;
    this.error = h("p", { class: "bad-text", id: "step-error", role: "alert" });
    this.busy = h("p", { class: "small quiet", role: "status" });
    this.broken = h("div", { class: "step-broken" });
    this.go = h("button", { class: "btn primary", type: "submit" }, icon(ICONS[step]), label);
    this.cancel = h("button", { class: "btn plain", type: "button", onclick: () => this.sheet.close() }, t("common.cancel"));
    this.away = h("button", { class: "btn plain icon-only", type: "button", "aria-label": t("common.close"), onclick: () => this.sheet.close() }, icon("close"));
    this.sheet = h("dialog", { class: "sheet", "aria-labelledby": "step-title" }, h("form", { class: "step-sheet", method: "dialog", novalidate: true, onsubmit: (event) => this.#submit(event) },
      h("header", {}, h("h2", { id: "step-title" }, t("review.take.title", { step: label, number: this.page.dataset.revision })), this.away),
      h("p", {}, document.getElementById(`does-${step}`).textContent),
      step === "approve" ? h("p", { class: "hash small" }, t("review.take.bound", { hash: this.page.dataset.hash.slice(0, 12) })) : null,
      this.broken,
      this.note ? h("div", { class: "field" }, h("label", { for: "step-note" }, t(needed ? "review.take.reason" : "review.take.note")), this.note, h("small", {}, t(needed ? "review.take.reason_help" : "review.take.note_help"))) : null,
      this.error,
      this.busy,
      h("footer", {}, this.cancel, this.go)));
    this.sheet.addEventListener("close", () => {
      this.sheet.remove();
      if (document.activeElement === document.body || !document.activeElement) button.focus();
    });
    document.body.append(this.sheet);
    if (step === "publish" && this.impact?.result?.blocked) this.#needOverride(this.impact.result.must_hit_broken);
    this.sheet.showModal();
    (this.override ?? this.note ?? this.go).focus();
  }

  #needOverride(questions) {
    this.override = h("textarea", { class: "input", id: "step-override", rows: "2", maxlength: "2000", required: true, "aria-describedby": "step-error" });
    this.broken.replaceChildren(questions.length ? brokenList(questions) : "", h("div", { class: "field" }, h("label", { for: "step-override" }, t("review.take.override")), this.override, h("small", {}, t("review.take.override_help"))));
    this.go.replaceChildren(icon("alert"), t(this.step === "withdraw" ? "review.take.withdraw_anyway" : "review.take.publish_anyway"));
  }

  #submit(event) {
    event.preventDefault();
    const missing = [this.override, this.note].find((field) => field?.required && !field.value.trim());
    if (missing) {
      this.error.textContent = t(missing === this.note ? "review.take.say_why" : "review.take.say_override");
      missing.setAttribute("aria-invalid", "true");
      missing.focus();
      return;
    }
    this.#take();
  }

  async #take() {
    const { entry, revision, hash } = this.page.dataset;
    const body = {
      ...(this.note?.value.trim() ? { note: this.note.value.trim() } : {}),
      ...(this.step === "approve" ? { content_hash: hash } : {}),
      ...(this.override ? { override: this.override.value.trim() } : {}),
    };
    this.go.disabled = true;
    this.error.textContent = "";
    this.busy.textContent = t(this.step === "publish" || this.step === "withdraw" ? "review.take.checking" : "review.take.busy");
    const take = () => call("POST", `/api/v1/entries/${encodeURIComponent(entry)}/revisions/${revision}/${this.step}`, body, { headers: { "If-Match": `"${this.watch.version}"` } });
    try {
      this.#leave(await heldOpen(this.sheet, [this.cancel, this.away], take));
    } catch (problem) {
      this.go.disabled = false;
      this.busy.textContent = "";
      if (!this.sheet.contains(document.activeElement)) this.go.focus(); // disabled, it let go of the focus
      await this.#refused(problem);
    }
  }

  /** Where the step leads: the same page told anew, the new draft, or the list. */
  #leave(after) {
    const here = `/desk/entries/${encodeURIComponent(this.page.dataset.entry)}/revisions/`;
    if (this.step === "discard") location.assign("/desk/entries?done=discard");
    else if (this.step === "rollback") location.assign(`${here}${after.latest}?done=rollback`);
    else location.assign(`${here}${this.page.dataset.revision}?done=${this.step === "publish" && this.scheduling ? "schedule" : this.step}`);
  }

  async #refused(problem) {
    if (problem.body?.broken) {
      this.#needOverride(problem.body.broken);
      this.error.textContent = t(this.step === "withdraw" ? "review.take.broken_now_withdraw" : "review.take.broken_now");
      this.override.focus();
      return;
    }
    if (problem.status === 503 && this.step === "withdraw" && !this.override) {
      this.#needOverride([]); // what must not stay in force can go unlooked at, with a reason
      this.error.textContent = problem.message;
      this.override.focus();
      return;
    }
    if ((problem.status === 409 || problem.status === 403) && !(await this.watch.look())) {
      this.sheet.close();
      this.watch.focus();
      return;
    }
    if (problem.status === 409 && problem.body?.current_version && this.watch.version === problem.body.current_version) {
      this.error.textContent = t("review.take.again"); // only who keeps the entry changed: what was read still stands
      return;
    }
    this.error.textContent = problem.status === 403 ? t("review.take.not_now") : told(problem);
  }
}
