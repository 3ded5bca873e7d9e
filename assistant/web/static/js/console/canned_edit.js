/** Writing a canned reply of one's own, or a team's: a dialog for a new one and for changing or deleting one. */

import { call, told } from "../api.js";
import { dateField, day } from "../dates.js";
import { h, icon, toast } from "../dom.js";
import { heldOpen } from "../held_open.js";
import { t } from "../i18n.js";
import { HoleList, holeButtons } from "./canned_holes.js";
import { EntryPicker } from "./entry_picker.js";
import { unworded, worded } from "./slots.js";

const CHANNELS = ["chat", "email", "phone", "app"];
const CODE = /^[a-z0-9][a-z0-9_-]{0,29}$/;
const TEAM_WRITERS = ["reviewer", "admin"];

/**
 * Opens the dialog: on `row` to change it, else on a new reply that begins with `source`
 * (`{ text, rests_on: [{ entry_id, title }] }`). `onDone(saved)` with the row as stored, null once deleted.
 */
export async function openCannedEditor({ row, source, onDone }) {
  const team = TEAM_WRITERS.includes(document.getElementById("console")?.dataset.role);
  try {
    // A list leaves out the text of what may not be used; and somebody may have changed it since.
    const [whole, teams] = await Promise.all([
      row ? call("GET", `/api/v1/canned/${encodeURIComponent(row.id)}`) : null,
      team ? call("GET", "/api/v1/teams").then((found) => found.teams.map((each) => each.team)) : [],
    ]);
    new CannedEditor(whole, source ?? { text: "", rests_on: [] }, team ? teams : null, onDone).open();
  } catch (problem) {
    toast(told(problem), "alert");
  }
}

/** What a new reply begins with: the draft, else the suggestion, and the entries it rests on. */
export function draftAsSource(reply) {
  const sentences = (reply.draft === null ? reply.current : reply.base)?.sentences ?? [];
  const entries = new Map(sentences.flatMap(({ evidence }) => evidence).map((item) => [item.entry_id, item.title]));
  return { text: reply.draft ?? reply.current?.text ?? "", rests_on: [...entries].map(([id, title]) => ({ entry_id: id, title })) };
}

/** The first words of a text as a title. */
function titleOf(text) {
  return text.replace(/\{\{[^{}]*\}\}/g, "").split(/[。！？!?\n;；]/).map((part) => part.replace(/^[，,、\s]+/, "").trim()).find(Boolean)?.slice(0, 24) ?? "";
}

class CannedEditor {
  constructor(row, source, teams, onDone) {
    this.row = row;
    this.onDone = onDone;
    const first = row ?? { title: titleOf(source.text), text: source.text, short_code: "", scope: "private", team: "", params: [], channels: [], rests_on: source.rests_on, expires_at: null };
    this.holes = new HoleList(first.params);
    this.picker = new EntryPicker("canned-grounds", first.rests_on);
    this.fields = {
      title: h("input", { class: "input", name: "title", maxlength: 100, autocomplete: "off", value: first.title }),
      short_code: h("input", { class: "input", name: "short_code", maxlength: 30, autocomplete: "off", spellcheck: false, autocapitalize: "none", value: first.short_code, placeholder: "thyf" }),
      text: h("textarea", { class: "input canned-area", name: "text", maxlength: 4000, rows: 6, oninput: (event) => this.holes.draw(unworded(event.target.value)) }, worded(first.text)),
      expires_at: h("input", { class: "input", name: "expires_at", inputmode: "numeric", maxlength: 11, autocomplete: "off", placeholder: t("date.placeholder"), value: first.expires_at?.slice(0, 10) ?? "" }),
      team: teams && h("select", { class: "input", name: "team", "aria-label": t("canned.team") },
        h("option", { value: "" }, t("canned.team_all")), ...teams.map((name) => h("option", { value: name, selected: name === first.team }, name))),
    };
    this.scope = teams && h("fieldset", { class: "segments" }, h("legend", { class: "visually-hidden" }, t("canned.scope")), ...["private", "team"].map((scope) => h("label", {},
      h("input", { type: "radio", name: "scope", value: scope, checked: scope === first.scope, onchange: () => this.#scopeChanged() }), h("span", {}, t(`canned.scope_${scope}`)))));
    this.channels = h("fieldset", { class: "canned-channels" }, h("legend", {}, t("canned.channels")), ...CHANNELS.map((name) => h("label", {},
      h("input", { type: "checkbox", name: "channel", value: name, checked: first.channels.includes(name) }), t(`channel.${name}`))));
    this.note = h("div", { class: "canned-note", role: "alert" });
    this.dialog = this.#dialog();
    this.holes.draw(first.text);
  }

  open() {
    document.body.append(this.dialog);
    dateField(this.fields.expires_at);
    this.#scopeChanged();
    this.dialog.showModal();
    (this.row || !this.fields.text.value ? this.fields.title : this.fields.short_code).focus();
  }

  #dialog() {
    const label = (name, node, help = null) => h("label", { class: "field", data: { field: name } }, h("span", {}, t(`canned.field_${name}`)), node, help ? h("small", {}, help) : null, h("small", { class: "bad-text", data: { error: name }, hidden: true }));
    const block = (name, ...nodes) => h("div", { class: "field", data: { field: name } }, ...nodes, h("small", { class: "bad-text", data: { error: name }, hidden: true }));
    const remove = this.row && h("button", { class: "btn plain", type: "button", onclick: () => this.#remove(remove) }, t("canned.delete"));
    const cancel = h("button", { class: "btn", type: "button", onclick: () => this.dialog.close() }, t("common.cancel"));
    const away = h("button", { class: "btn plain icon-only", type: "button", "aria-label": t("common.close"), onclick: () => this.dialog.close() }, icon("close"));
    const keep = h("button", { class: "btn primary", type: "submit" }, t("canned.save_it"), h("kbd", { "aria-hidden": "true" }, "Ctrl ↵"));
    this.buttons = [remove, cancel, away, keep].filter(Boolean);
    const form = h("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); this.#save(); } },
      this.note,
      this.scope ? h("div", { class: "canned-scope" }, this.scope, this.fields.team) : null,
      h("div", { class: "canned-pair" }, label("title", this.fields.title), label("short_code", this.fields.short_code)),
      label("text", this.fields.text), holeButtons(this.fields.text), this.holes.element,
      block("rests_on", h("label", { for: "canned-grounds" }, t("canned.field_rests_on")), this.picker.element, h("small", {}, t("canned.rests_on_help"))),
      h("div", { class: "canned-pair" }, block("channels", this.channels), block("expires_at", h("label", { for: "canned-expires" }, t("canned.field_expires_at")), h("div", { class: "canned-date" }, this.fields.expires_at))),
      h("footer", {}, remove, h("span", { class: "spring" }), cancel, keep));
    this.fields.expires_at.id = "canned-expires";
    const dialog = h("dialog", {
      class: "sheet canned-editor", "aria-labelledby": "canned-editor-title", onclose: () => dialog.remove(),
      onkeydown: (event) => {
        event.stopPropagation();
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        form.requestSubmit();
      },
    }, h("header", {}, h("h2", { id: "canned-editor-title" }, t(this.row ? "canned.edit_title" : "canned.new_title")), away), form);
    return dialog;
  }

  #scopeChanged() {
    if (this.fields.team) this.fields.team.hidden = this.#chosenScope !== "team";
  }

  get #chosenScope() {
    return this.scope?.querySelector(":checked").value ?? "private";
  }

  get #draft() {
    const { title, short_code: code, text, expires_at: until, team } = this.fields;
    const scope = this.#chosenScope;
    const ends = day(until.value);
    return {
      title: title.value.trim(), text: unworded(text.value), short_code: code.value.trim().toLowerCase(), scope, team: scope === "team" ? team.value : "",
      params: this.holes.params, channels: [...this.channels.querySelectorAll(":checked")].map(({ value }) => value), rests_on: this.picker.ids,
      expires_at: ends && this.row?.expires_at?.startsWith(ends) ? this.row.expires_at : ends,
    };
  }

  async #save(version = this.row?.version) {
    const draft = this.#draft;
    if (this.#busy || this.#wrong(draft)) return;
    const send = () => (this.row
      ? call("PUT", `/api/v1/canned/${encodeURIComponent(this.row.id)}`, draft, { headers: { "If-Match": `"${version}"` } })
      : call("POST", "/api/v1/canned", draft));
    try {
      const saved = await this.#hold(send);
      this.dialog.close();
      this.onDone(saved);
    } catch (problem) {
      if (problem.status === 409) await this.#changedMeanwhile();
      else this.#refused(problem, draft);
    }
  }

  get #busy() {
    return this.dialog.hasAttribute("aria-busy");
  }

  /** Does it while nothing else can be pressed; what was pressed has the focus again when it is through. */
  async #hold(run) {
    const focused = document.activeElement;
    try {
      return await heldOpen(this.dialog, this.buttons, run);
    } finally {
      if (!this.dialog.contains(document.activeElement)) focused.focus();
    }
  }

  /** Says at the fields what is wrong with them; whether anything is. */
  #wrong(draft) {
    const errors = [];
    if (!draft.title) errors.push({ field: "title" });
    if (!draft.text.trim()) errors.push({ field: "text" });
    if (draft.short_code && !CODE.test(draft.short_code)) errors.push({ field: "short_code" });
    if (this.fields.expires_at.value.trim() && !draft.expires_at) errors.push({ field: "expires_at" });
    this.#mark(errors, draft);
    return errors.length > 0;
  }

  #refused(problem, draft) {
    const errors = (problem.errors ?? []).map((error) => ({ ...error, field: error.field.split(".")[0] }));
    this.#mark(errors, draft);
    if (!errors.some(({ field }) => this.dialog.querySelector(`[data-error="${field}"]`))) {
      this.note.replaceChildren(h("div", { class: "notice bad" }, icon("alert"), told(problem)));
    }
  }

  #mark(errors, draft) {
    this.note.replaceChildren();
    for (const place of this.dialog.querySelectorAll("[data-error]")) {
      const error = errors.find(({ field }) => field === place.dataset.error);
      const field = this.fields[place.dataset.error];
      place.hidden = !error;
      place.textContent = error ? this.#why(error, draft) : "";
      if (error) field?.setAttribute("aria-invalid", "true");
      else field?.removeAttribute("aria-invalid");
    }
    const [first] = errors;
    (this.fields[first?.field] ?? (first && this.note))?.focus?.();
  }

  #why({ field }, draft) {
    if (field === "short_code") return CODE.test(draft.short_code) ? t("canned.wrong_code_taken", { code: draft.short_code }) : t("canned.wrong_code");
    if (field === "text" && draft.text.trim()) return t("canned.wrong_holes");
    return t(`canned.wrong_${field}`);
  }

  /** Somebody saved first: both texts stay, and the agent says which one goes on. */
  async #changedMeanwhile() {
    const theirs = await call("GET", `/api/v1/canned/${encodeURIComponent(this.row.id)}`).catch(() => null);
    if (!theirs) {
      this.note.replaceChildren(h("div", { class: "notice bad" }, icon("alert"), t("canned.gone")));
      return;
    }
    const take = h("button", { class: "btn", type: "button", onclick: () => {
      this.dialog.close();
      new CannedEditor(theirs, null, this.scope && [...this.fields.team.options].map(({ value }) => value).filter(Boolean), this.onDone).open();
    } }, t("canned.take_theirs"));
    this.note.replaceChildren(h("div", { class: "notice due" }, icon("alert"), h("div", {},
      h("b", {}, t("canned.changed_meanwhile")), h("blockquote", { class: "canned-text" }, theirs.text),
      h("div", { class: "canned-buttons" }, take, h("button", { class: "btn", type: "button", onclick: () => this.#save(theirs.version) }, t("canned.keep_mine"))))));
    take.focus();
  }

  async #remove(button) {
    if (this.#busy) return;
    if (!button.classList.contains("sure")) {
      button.classList.add("sure");
      button.replaceChildren(icon("alert"), t("canned.delete_sure"));
      return;
    }
    try {
      await this.#hold(() => call("DELETE", `/api/v1/canned/${encodeURIComponent(this.row.id)}`));
      this.dialog.close();
      this.onDone(null);
    } catch (problem) {
      this.#refused(problem, this.#draft);
    }
  }
}
