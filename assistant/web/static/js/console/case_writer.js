/** Writing a case from a contact: prefilled, kept while typing, saved as a draft, handed in. */

import { told } from "../api.js";
import { h, icon, toast } from "../dom.js";
import { heldOpen } from "../held_open.js";
import { t } from "../i18n.js";
import { CaseBasis } from "./case_basis.js";
import { forget, keep, keepConversation, load, save, unsaved } from "./case_store.js";

const PAUSE_MS = 400;
const TEXTS = ["title", "scene", "cause", "handling", "outcome"]; // all needed to hand it in
const ROWS = { scene: 3, cause: 2, handling: 3, outcome: 2 };
const LISTS = ["tags", "products"];
const FINISHED = ["approved", "published"];
const SEPARATOR = /\s*[,，、;；]\s*/;

/**
 * Opens the dialog for `conversation` (its `id` is enough). Resolves to the case as saved last, null
 * when nothing was saved. A conversation that only this page knows is kept as a contact, once the
 * agent has agreed.
 */
export async function writeCase(conversation) {
  if (conversation.id) return open(conversation.id);
  if (!conversation.messages.length) {
    toast(t("case.nothing_said"), "alert");
    return null;
  }
  const agreed = await ask(t("case.keep_first"), t("case.keep_first_help"), t("case.keep_and_write"));
  if (!agreed) return null;
  try {
    conversation.keptAs ??= await keepConversation(conversation);
  } catch (problem) {
    toast(told(problem), "alert");
    return null;
  }
  return open(conversation.keptAs);
}

async function open(contactId) {
  let draft;
  try {
    draft = await load(contactId);
  } catch (problem) {
    toast(problem.status === 403 ? t("case.taken") : told(problem), "alert");
    return null;
  }
  if (FINISHED.includes(draft.entry?.status)) {
    toast(t(`case.is_${draft.entry.status}`), "check");
    return null;
  }
  return new CaseWriter(contactId, draft).done;
}

/** One question; true for yes. Enter is yes. */
function ask(title, text, yes) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { class: "sheet", "aria-labelledby": "ask-title", onclose: () => { dialog.remove(); resolve(dialog.returnValue === "yes"); } },
      h("header", {}, h("h2", { id: "ask-title" }, title)), h("p", {}, text),
      h("form", { method: "dialog", class: "sheet-actions" }, h("button", { class: "btn", value: "" }, t("common.cancel")), h("button", { class: "btn primary", value: "yes", autofocus: true }, yes)));
    document.body.append(dialog);
    dialog.showModal();
  });
}

class CaseWriter {
  #timer = 0;
  #busy = false;
  #saved = null;

  constructor(contactId, draft) {
    this.contactId = contactId;
    this.inputs = {};
    this.errors = {};
    this.basis = new CaseBasis(contactId, draft.lang, () => this.#typed());
    this.#build();
    this.#fill(draft);
    this.#restore();
    this.done = new Promise((resolve) => { this.resolve = resolve; });
    document.body.append(this.dialog);
    this.dialog.showModal();
    const first = TEXTS.find((name) => !this.inputs[name].value.trim()) ?? "title";
    this.inputs[first].focus();
  }

  #build() {
    const { inputs } = this;
    for (const name of TEXTS) {
      inputs[name] = name === "title" ? h("input", { class: "input", maxlength: 200 }) : h("textarea", { class: "input", rows: ROWS[name], maxlength: 10000 });
    }
    for (const name of LISTS) inputs[name] = h("input", { class: "input", maxlength: 400, placeholder: t("case.list_help") });
    this.state = h("p", { class: "small quiet case-state", role: "status" });
    this.top = h("div", { class: "case-notes" });
    this.failed = h("p", { class: "bad-text small", role: "alert" });
    const key = (name) => h("kbd", { "aria-hidden": "true" }, name);
    this.buttons = [
      h("button", { class: "btn", type: "button", onclick: () => this.#save(false) }, t("case.save_draft"), key("Ctrl S")),
      h("button", { class: "btn primary", type: "submit" }, icon("send"), t("case.hand_in"), key("Ctrl ↵"))];
    this.away = h("button", { class: "btn plain icon-only", type: "button", "aria-label": t("common.close"), onclick: () => this.dialog.close() }, icon("close"));
    this.form = h("form", { class: "case-form sheet-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); this.#save(true); } },
      this.top,
      ...["title", "scene", "cause", "handling"].map((name) => this.#field(name, inputs[name], true)),
      h("fieldset", { class: "field" }, h("legend", {}, t("case.policy")), this.basis.element),
      this.#field("outcome", inputs.outcome, true),
      h("div", { class: "case-lists" }, ...LISTS.map((name) => this.#field(name, inputs[name], false))),
      h("div", { class: "sheet-actions" }, this.state, h("span", { class: "spring" }), this.failed, ...this.buttons));
    this.dialog = h("dialog", {
      class: "sheet tall-sheet case-sheet", "aria-labelledby": "case-heading", onclose: () => this.#closed(), onkeydown: (event) => this.#key(event),
    }, h("header", {}, h("h2", { id: "case-heading" }, t("case.write")), this.away), this.form);
  }

  #field(name, input, needed) {
    input.id = `case-${name}`;
    const error = h("small", { class: "bad-text", id: `case-${name}-error`, hidden: true });
    this.errors[name] = error;
    input.setAttribute("aria-describedby", error.id);
    if (needed) input.setAttribute("aria-required", "true");
    input.addEventListener("input", () => { this.#fault(name, ""); this.#typed(); });
    return h("div", { class: "field" }, h("label", { for: input.id }, t(`case.${name}`)), input, error);
  }

  #fill(draft) {
    this.draft = draft;
    for (const name of TEXTS) this.inputs[name].value = draft[name];
    for (const name of LISTS) this.inputs[name].value = draft[name].join(t("list.join"));
    this.basis.show(draft.basis, draft.policy_note);
    this.#notes();
  }

  /** What was typed before and not saved is taken up again, unless the case was changed elsewhere. */
  #restore() {
    const kept = unsaved(this.contactId);
    if (!kept || kept.version !== this.version) return;
    for (const name of TEXTS) this.inputs[name].value = kept.fields[name];
    for (const name of LISTS) this.inputs[name].value = kept.fields[name].join(t("list.join"));
    this.basis.show(kept.rules ?? this.draft.basis, kept.fields.note ?? "");
    this.state.textContent = t("case.restored");
  }

  get version() {
    return this.draft.entry?.version ?? null;
  }

  get fields() {
    const list = (name) => [...new Set(this.inputs[name].value.trim().split(SEPARATOR).filter(Boolean))];
    return {
      ...Object.fromEntries(TEXTS.map((name) => [name, this.inputs[name].value])),
      policy_basis: this.basis.text, lang: this.draft.lang, tags: list("tags"), products: list("products"), rests_on: this.basis.ids,
    };
  }

  #notes() {
    const { returned, masked, entry } = this.draft;
    const hidden = masked.map(({ kind, count }) => t("case.masked_count", { kind: t(`case.masked_${kind}`), count })).join(t("list.join"));
    const take = () => { this.basis.note.value = [this.basis.note.value.trim(), returned.comment].filter(Boolean).join("\n"); this.basis.note.focus(); this.#typed(); };
    this.top.replaceChildren(...[
      returned ? h("div", { class: "notice due" }, icon("back"), h("div", {}, h("b", {}, t("case.returned", { name: returned.by })), h("p", {}, returned.comment),
        h("button", { class: "btn", type: "button", onclick: take }, t("case.take_comment")))) : null,
      entry?.status === "in_review" ? h("p", { class: "notice" }, icon("clock"), t("case.waits")) : null,
      h("p", { class: "notice good" }, icon("check"), hidden ? t("case.masked", { what: hidden }) : t("case.masked_names")),
    ].filter(Boolean));
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#keep(), PAUSE_MS);
  }

  #keep() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const kept = keep(this.contactId, { ...this.fields, note: this.basis.note.value }, this.version, this.basis.rules);
    if (kept) this.state.textContent = t("case.kept");
  }

  #key(event) {
    if (event.isComposing || !(event.ctrlKey || event.metaKey)) return;
    if (event.key === "Enter") this.#save(true);
    else if (event.code === "KeyS") this.#save(false);
    else return;
    event.preventDefault();
  }

  async #save(submit) {
    if (this.#busy || !this.#whole(submit)) return;
    this.#busy = true;
    this.failed.textContent = "";
    const sent = this.fields;
    const focused = document.activeElement;
    this.form.inert = submit; // what is handed in is what stands there
    const saving = heldOpen(this.dialog, [...this.buttons, this.away], () => save(this.contactId, sent, this.version, submit));
    const problem = await saving.then((saved) => { this.#saved = saved; }, (refused) => refused);
    this.form.inert = false;
    this.#busy = false;
    if (!this.dialog.contains(document.activeElement)) focused.focus();
    if (problem) this.#refused(problem);
    else this.#done(submit, sent);
  }

  #done(submit, sent) {
    if (submit) {
      this.#forget();
      toast(t("case.handed_in"), "send");
      this.dialog.close();
      return;
    }
    if (JSON.stringify(this.fields) !== JSON.stringify(sent)) { // typed on meanwhile: that is for the next save
      this.draft = this.#saved;
      this.#keep();
      return;
    }
    this.#forget();
    const changed = TEXTS.some((name) => this.#saved[name] !== sent[name].replaceAll("\r\n", "\n").trim());
    this.#fill(this.#saved);
    this.state.textContent = changed ? t("case.saved_masked") : t("case.saved");
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    forget(this.contactId);
  }

  /** Whether nothing needed is missing; what is missing is said at its field, and the first one gets the focus. */
  #whole(submit) {
    const needed = submit ? TEXTS : ["title", "scene"];
    const missing = needed.filter((name) => !this.inputs[name].value.trim());
    for (const name of TEXTS) this.#fault(name, missing.includes(name) ? t("case.missing") : "");
    if (missing.length) this.inputs[missing[0]].focus();
    return !missing.length;
  }

  #refused(problem) {
    for (const { field, message } of problem.errors ?? []) if (this.errors[field]) this.#fault(field, message);
    const first = problem.errors?.find(({ field }) => this.errors[field]);
    if (first) this.inputs[first.field].focus();
    else this.failed.textContent = problem.status === 0 ? t("case.offline") : problem.status === 403 ? t("case.taken") : problem.status === 409 ? t("case.changed") : told(problem);
  }

  #fault(name, message) {
    this.errors[name].textContent = message;
    this.errors[name].hidden = !message;
    this.inputs[name].ariaInvalid = message ? "true" : null;
  }

  #closed() {
    if (this.#timer) this.#keep();
    this.dialog.remove();
    this.resolve(this.#saved);
  }
}
