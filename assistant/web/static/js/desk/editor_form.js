/** The fields of an entry beside its text: filled from a state, read back into one. */

import { t } from "../i18n.js";
import { Chips } from "./editor_chips.js";
import { Related } from "./editor_related.js";
import { Slots } from "./editor_slots.js";
import { Validity } from "./editor_validity.js";
import { learnProducts, productId, productName } from "./product_names.js";

const ID = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const by = (selector) => document.querySelector(selector);

/** Lines of a text area as a list: trimmed, none empty, none twice. */
const linesOf = (text) => [...new Set(text.split("\n").map((line) => line.trim()).filter(Boolean))];

export class Form {
  /** `known` are the words to offer, `titles` a Map of entries' titles, `body()` the text; `onChange()` follows each change. */
  constructor({ known, titles, body, own, onChange }) {
    this.onChange = onChange;
    this.texts = this.#inputs("text");
    this.keepers = this.#inputs("keeper");
    this.lines = this.#inputs("lines");
    this.title = by("#editor-title");
    this.title.addEventListener("input", onChange);
    for (const box of document.querySelectorAll("[data-radio], [data-checks]")) box.addEventListener("change", onChange);
    for (const button of document.querySelectorAll("[data-days]")) {
      button.addEventListener("click", () => { this.keepers.review_every.value = button.dataset.days; onChange(); });
    }
    for (const [name, area] of Object.entries(this.lines)) {
      area.addEventListener("input", () => this.#count(name));
      area.addEventListener("blur", () => this.#tidy(area));
    }
    const place = (name) => by(`[data-field=${name}]`);
    const product = (word) => (ID.test(word) ? "" : t("editor.product_form"));
    learnProducts(known.product_names);
    this.lists = {
      tags: new Chips(place("tags"), { name: "tags", known: known.tags, onChange }),
      products: new Chips(place("products"), { name: "products", known: known.products, onChange, check: product, shown: productName, meant: productId }),
      depends_on: new Related(place("depends_on"), { name: "depends_on", titles, own, onChange }),
      supersedes: new Related(place("supersedes"), { name: "supersedes", titles, own, onChange }),
      slots: new Slots(place("slots"), { body, onChange }),
    };
    this.validity = new Validity(onChange);
  }

  #inputs(kind) {
    return Object.fromEntries([...document.querySelectorAll(`[data-${kind}]`)].map((input) => {
      input.addEventListener("input", this.onChange);
      return [input.dataset[kind], input];
    }));
  }

  /** Fills every field. */
  set({ content, stewardship }) {
    this.showKind(content.kind);
    if (this.title.value !== content.title) this.title.value = content.title;
    for (const [name, input] of Object.entries(this.texts)) input.value = content[name];
    for (const [name, input] of Object.entries(this.keepers)) input.value = stewardship[name] || "";
    for (const [name, area] of Object.entries(this.lines)) {
      area.value = content[name].join("\n");
      this.#count(name);
    }
    for (const [name, list] of Object.entries(this.lists)) list.set(content[name]);
    for (const box of document.querySelectorAll("[data-radio]")) {
      const chosen = String(content[box.dataset.radio]);
      box.querySelectorAll("input").forEach((input) => { input.checked = input.value === chosen; });
    }
    for (const box of document.querySelectorAll("[data-checks]")) {
      box.querySelectorAll("input").forEach((input) => { input.checked = content[box.dataset.checks].includes(input.value); });
    }
    this.validity.set(content);
  }

  /** What the fields say: `{ content, stewardship }` without kind and body. */
  get() {
    const values = (inputs, read) => Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, read(input)]));
    const checked = (box) => [...box.querySelectorAll("input:checked")].map((input) => input.value);
    const radio = (name) => checked(by(`[data-radio=${name}]`))[0];
    const every = Number(this.keepers.review_every.value.trim() || 0);
    return {
      content: {
        title: this.title.value,
        ...values(this.texts, (input) => input.value.trim()),
        ...values(this.lines, (area) => linesOf(area.value)),
        ...values(this.lists, (list) => list.get()),
        audience: radio("audience"),
        risk: Number(radio("risk")),
        channels: checked(by("[data-checks=channels]")),
        effective_from: this.validity.from.get(),
        effective_until: this.validity.until.get(),
      },
      stewardship: {
        owner: this.keepers.owner.value.trim(),
        reviewer: this.keepers.reviewer.value.trim(),
        review_every: Number.isInteger(every) && every >= 0 && every <= 3650 ? every : 0,
      },
    };
  }

  /** What the fields hold that no state can: `[{ field, message }]`. */
  problems() {
    const found = [];
    if (this.validity.from.wrong) found.push({ field: "effective_from", message: t("editor.date_wrong") });
    if (this.validity.until.wrong) found.push({ field: "effective_until", message: t("editor.date_wrong") });
    const every = this.keepers.review_every.value.trim();
    if (every && !(/^\d+$/.test(every) && Number(every) <= 3650)) found.push({ field: "review_every", message: t("editor.review_every_wrong") });
    return found;
  }

  /** Shows what belongs to a kind. */
  showKind(kind) {
    for (const block of document.querySelectorAll("[data-block]")) block.hidden = block.dataset.block !== kind;
    this.title.placeholder = t(kind === "faq" ? "editor.title_hint_faq" : "editor.title_hint");
    by("#editor-kind").textContent = kind ? t(`kind.${kind}`) : "";
    by("#editor-kind").hidden = !kind;
    by("[data-command=slot]").hidden = kind !== "reply";
    by("[data-command=step]").hidden = !["guide", "faq", ""].includes(kind);
  }

  /** Moves the focus to a field by its name; false where there is none. */
  focus(field) {
    if (field === "title") this.title.focus();
    else if (this.lists[field]) this.lists[field].focus();
    else {
      const input = by(`#field-${field}`) ?? by(`[data-radio=${field}] :checked, [data-checks=${field}] input`) ?? by(`[data-radio=${field}] input`);
      if (!input) return false;
      input.focus();
    }
    return true;
  }

  #count(name) {
    const count = linesOf(this.lines[name].value).length;
    by(`[data-count=${name}]`).textContent = count ? t("editor.lines", { count }) : "";
  }

  #tidy(area) {
    const text = linesOf(area.value).join("\n");
    if (text !== area.value) area.value = text;
  }
}
