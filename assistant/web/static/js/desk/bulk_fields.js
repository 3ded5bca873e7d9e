/** The fields of a change of many entries; what is left empty stays as it is. */

import { dateField, day } from "../dates.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";

const split = (text) => [...new Set(text.split(/[,，、;；\n]/).map((word) => word.trim()).filter(Boolean))];

export class BulkFields {
  /** `known` holds lists as JSON texts: `owners`, `reviewers`, `tags`. */
  constructor(known) {
    this.owner = this.#text("owner", JSON.parse(known.owners));
    this.reviewer = this.#text("reviewer", JSON.parse(known.reviewers));
    this.every = h("input", { class: "input", id: "bulk-review_every", type: "number", min: "0", max: "3650", inputmode: "numeric" });
    this.add = this.#text("add_tags", JSON.parse(known.tags));
    this.remove = this.#text("remove_tags", JSON.parse(known.tags));
    this.from = this.#date("effective_from");
    this.until = this.#date("effective_until");
    this.open = h("input", { type: "checkbox", id: "bulk-open", onchange: () => { this.until.disabled = this.open.checked; } });
    this.send = h("input", { type: "checkbox", id: "bulk-submit", checked: true });
    this.form = h("form", { class: "bulk-fields", id: "bulk-form", novalidate: true },
      h("fieldset", {}, h("legend", {}, t("bulk.at_once")),
        this.#field("owner", this.owner), this.#field("reviewer", this.reviewer), this.#field("review_every", this.every, "bulk.every_help")),
      h("fieldset", {}, h("legend", {}, t("bulk.as_drafts")),
        this.#field("add_tags", this.add, "bulk.tags_help"), this.#field("remove_tags", this.remove),
        this.#field("effective_from", this.from), this.#field("effective_until", this.until),
        h("label", { class: "bulk-submit", for: "bulk-open" }, this.open, h("span", {}, t("bulk.open"))),
        h("label", { class: "bulk-submit", for: "bulk-submit" }, this.send, h("span", {}, t("bulk.submit")))));
    dateField(this.from);
    dateField(this.until);
  }

  focus() {
    this.owner.focus();
  }

  /** Whether the new drafts go up for review. */
  get submit() {
    return this.send.checked;
  }

  /** What was filled in; null when a date makes no sense. */
  change() {
    for (const input of [this.from, this.until]) {
      if (input.value.trim() && day(input.value) === null) {
        input.setAttribute("aria-invalid", "true");
        input.focus();
        return null;
      }
    }
    const filled = {
      owner: this.owner.value.trim(), reviewer: this.reviewer.value.trim(),
      review_every: this.every.value === "" ? "" : Number(this.every.value),
      add_tags: split(this.add.value), remove_tags: split(this.remove.value),
      effective_from: day(this.from.value) ?? "", effective_until: day(this.until.value) ?? "",
    };
    const change = Object.fromEntries(Object.entries(filled).filter(([, value]) => value !== "" && value.length !== 0));
    return this.open.checked ? { ...change, effective_until: "" } : change;
  }

  /** A fault of the service's answer with the field's name before it. */
  named(field, message) {
    const name = field.replace(/^change\./, "").split(".")[0];
    return `${t(`bulk.field.${name}`)}${t("review.colon")}${message}`;
  }

  #text(name, known) {
    const list = h("datalist", { id: `bulk-known-${name}` }, ...known.map((word) => h("option", { value: word })));
    const input = h("input", { class: "input", id: `bulk-${name}`, type: "text", autocomplete: "off", maxlength: "200", list: list.id });
    input.known = list;
    return input;
  }

  #date(name) {
    return h("input", { class: "input", id: `bulk-${name}`, type: "text", inputmode: "numeric", autocomplete: "off", maxlength: "11", placeholder: t("date.placeholder") });
  }

  #field(name, input, help) {
    return h("div", { class: "field" }, h("label", { for: input.id }, t(`bulk.field.${name}`)), h("div", { class: "bulk-input" }, input), input.known ?? null, help ? h("small", {}, t(help)) : null);
  }
}
