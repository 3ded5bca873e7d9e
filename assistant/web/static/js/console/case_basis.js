/** The policy part of a case: a card for each rule with its sentences, a search for more, and a note. */

import { call, told } from "../api.js";
import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { stateChip } from "../state.js";
import { EntryPicker } from "./entry_picker.js";

const LINK = /\[([^\]]*)\]\(kb:[^)]*\)/g;

/** What a paragraph says, without the marks of its links. */
export const readable = (text) => text.replace(LINK, (all, title) => t("case.cited", { title }));

/** A rule as people read it; `button` takes it out. */
export function ruleCard(rule, button = null) {
  return h("li", { class: "case-rule" },
    h("div", { class: "case-rule-head" }, h("a", { href: rule.url, target: "_blank", rel: "noopener" }, rule.title), stateChip(rule.freshness), button),
    h("p", { class: "small" }, rule.text ? readable(rule.text) : t("case.no_sentence")));
}

/** Draws itself as `element`; `onChange()` follows each change. */
export class CaseBasis {
  #rules = [];

  constructor(contactId, lang, onChange) {
    this.contactId = contactId;
    this.lang = lang;
    this.onChange = onChange;
    this.list = h("ul", { class: "case-rules" });
    this.picker = new EntryPicker("case-rule", [], {
      onTake: (entry) => this.#add(entry), taken: () => this.ids, label: t("case.policy"), placeholder: t("case.rule_find"),
    });
    this.error = h("p", { class: "bad-text small", role: "alert" });
    this.note = h("textarea", { class: "input", id: "case-note", rows: 2, maxlength: 5000, placeholder: t("case.note_help"), oninput: onChange });
    this.element = h("div", { class: "case-basis" }, this.list, this.picker.element, this.error,
      h("label", { class: "small", for: "case-note" }, t("case.note")), this.note);
  }

  /** Shows rules (as the service tells them) and the note. */
  show(rules, note) {
    this.#rules = [...rules];
    this.note.value = note;
    this.#draw();
  }

  get rules() {
    return this.#rules;
  }

  get ids() {
    return this.#rules.map(({ entry_id: id }) => id);
  }

  /** The part as it is stored: a paragraph for each rule, then the note. */
  get text() {
    return [...this.#rules.map(({ text }) => text), this.note.value.trim()].filter(Boolean).join("\n\n");
  }

  async #add(entry) {
    this.error.textContent = "";
    try {
      this.#rules.push(await call("POST", `/api/v1/contacts/${this.contactId}/case/rules`, { entry_id: entry.id, lang: this.lang }));
    } catch (problem) {
      this.error.textContent = problem.status === 404 ? t("case.rule_not_in_force", { title: entry.title }) : told(problem);
      return;
    }
    this.#draw();
    this.onChange();
  }

  #remove(rule) {
    this.#rules = this.#rules.filter((other) => other !== rule);
    this.#draw();
    this.picker.input.focus();
    this.onChange();
  }

  #draw() {
    this.list.replaceChildren(...this.#rules.map((rule) => ruleCard(rule, h("button", {
      class: "btn plain icon-only", type: "button", "aria-label": t("case.rule_remove", { title: rule.title }), title: t("case.rule_remove", { title: rule.title }), onclick: () => this.#remove(rule),
    }, icon("close")))));
    if (!this.#rules.length) this.list.append(h("li", { class: "small quiet" }, t("case.no_rules")));
  }
}
