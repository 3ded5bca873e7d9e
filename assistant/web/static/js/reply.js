/** The suggested reply: sentences with their evidence, variables to fill, editing, copying. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { stateChip, validity } from "./state.js";

const SLOT = /(\{\{\s*[\w.]+\s*\}\})/;

/** Draws suggestions; calls back `onCopy(suggestion, text)`, `onFeedback(kind, suggestion)`, `onSlot(name, value)`, `onOpen(url, title)`. */
export class ReplyCard {
  constructor(root, handlers) {
    this.root = root;
    this.on = handlers;
    this.suggestions = [];
    this.index = 0;
    this.draft = null;
    this.waiting = null;
    this.slots = {};
  }

  get current() {
    return this.suggestions[this.index] ?? null;
  }

  get editing() {
    return this.draft !== null;
  }

  /** The text that a copy takes: the draft when editing, else the suggestion. */
  get text() {
    return this.draft ?? this.current?.text ?? "";
  }

  /** New suggestions; while a draft is being edited they wait behind a button instead. */
  show(suggestions) {
    if (this.editing) {
      this.waiting = suggestions;
      this.root.querySelector("[data-waiting]")?.removeAttribute("hidden");
      return;
    }
    const kept = this.current?.entry_id;
    this.suggestions = suggestions;
    this.index = Math.max(0, suggestions.findIndex((s) => s.entry_id === kept));
    this.#draw();
  }

  message(...nodes) {
    if (this.editing) return;
    this.suggestions = [];
    this.root.replaceChildren(h("div", { class: "empty" }, ...nodes));
  }

  select(index) {
    if (this.editing || !this.suggestions[index]) return;
    this.index = index;
    this.#draw();
  }

  edit() {
    if (!this.current || this.editing) return;
    this.draft = this.current.text;
    this.#draw();
    const area = this.root.querySelector("textarea.draft");
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
  }

  /** Leaves editing; suggestions that came meanwhile are shown. */
  stopEditing() {
    this.draft = null;
    const next = this.waiting;
    this.waiting = null;
    if (next) this.show(next);
    else this.#draw();
  }

  #draw() {
    if (!this.current) return;
    const evidence = this.#evidence();
    const parts = [this.#tabs(), this.#warning(), this.editing ? this.#draft() : this.#body(evidence), this.#slotFields(), this.#actions(), this.#sources(evidence)];
    this.root.replaceChildren(...parts.filter(Boolean));
  }

  /** What to know before sending: a basis that is stale, disputed or about to change. */
  #warning() {
    const stale = [this.current.freshness, ...this.current.sentences.flatMap((s) => s.evidence.map((e) => e.freshness))]
      .filter((freshness) => freshness && freshness.state !== "current");
    const messages = [...new Set(stale.flatMap((freshness) => freshness.reasons.map((reason) => reason.message)))];
    if (!stale.length) return null;
    return h("div", { class: "notice due reply-warning", role: "status" }, icon("alert"),
      h("div", {}, h("b", {}, t(`state.${stale[0].state}`)), ...messages.map((message) => h("div", {}, message))));
  }

  /** Distinct quotes in order, numbered from 1. */
  #evidence() {
    const seen = new Map();
    for (const sentence of this.current.sentences) {
      for (const item of sentence.evidence) {
        const key = `${item.entry_id}\n${item.revision}\n${item.quote}`;
        if (!seen.has(key)) seen.set(key, { ...item, n: seen.size + 1, key });
      }
    }
    return seen;
  }

  #tabs() {
    return h("div", { class: "tabs", role: "tablist", "aria-label": t("console.reply") },
      ...this.suggestions.map((suggestion, index) => h("button", {
        class: "tab", role: "tab", type: "button", "aria-selected": String(index === this.index),
        tabindex: index === this.index ? "0" : "-1", title: suggestion.title,
        disabled: this.editing && index !== this.index, onclick: () => this.select(index),
      }, h("kbd", {}, `Alt ${index + 1}`), h("b", {}, suggestion.title))));
  }

  #body(evidence) {
    const paragraphs = this.#paragraphs().map((sentences) => h("p", {}, ...sentences.map((sentence) => {
      const refs = sentence.evidence.map((item) => evidence.get(`${item.entry_id}\n${item.revision}\n${item.quote}`).n);
      const mark = (on) => refs.forEach((n) => this.root.querySelector(`#ev-${n}`)?.classList.toggle("on", on));
      return h("span", {
        class: `sentence ${sentence.part}`, data: refs.length ? { ev: refs.join(" ") } : {},
        onmouseenter: () => mark(true), onmouseleave: () => mark(false),
      }, ...this.#withSlots(sentence.text),
      ...refs.map((n) => h("sup", {}, h("button", { type: "button", "aria-label": t("reply.source_n", { n }), onfocus: () => mark(true), onblur: () => mark(false), onclick: () => this.root.querySelector(`#ev-${n} a`)?.click() }, String(n)))));
    })));
    return h("div", { class: "reply-body" }, ...paragraphs);
  }

  /** Sentences grouped as the reply's text lays them out: a line break starts a paragraph. */
  #paragraphs() {
    const groups = [[]];
    let at = 0;
    for (const sentence of this.current.sentences) {
      const found = this.current.text.indexOf(sentence.text, at);
      if (found > at && this.current.text.slice(at, found).includes("\n") && groups.at(-1).length) groups.push([]);
      if (found >= 0) at = found + sentence.text.length;
      groups.at(-1).push(sentence);
    }
    return groups;
  }

  #withSlots(text) {
    return text.split(SLOT).filter(Boolean).map((part) => (SLOT.test(part) ? h("mark", { class: "slot" }, part) : part));
  }

  #draft() {
    return h("textarea", {
      class: "draft", "aria-label": t("reply.edit"), oninput: (event) => { this.draft = event.target.value; },
    }, this.draft);
  }

  #slotFields() {
    const names = [...new Set(this.current.sentences.flatMap((s) => s.slots_missing ?? []).concat(
      Object.keys(this.slots).filter((name) => this.slots[name])))];
    if (!names.length || this.editing) return null;
    return h("div", { class: "slots" }, ...names.map((name) => h("label", {}, name, h("input", {
      class: "input", value: this.slots[name] ?? "", data: { slot: name },
      onchange: (event) => { this.slots[name] = event.target.value.trim(); this.on.slot(); },
    }))));
  }

  #actions() {
    const button = (name, label, handler, cls = "plain", key = null) =>
      h("button", { class: `btn ${cls}`, type: "button", onclick: handler }, icon(name), label, key ? h("kbd", {}, key) : null);
    return h("div", { class: "reply-actions" },
      button("copy", t("reply.copy"), () => this.on.copy(), "primary", "Ctrl ↵"),
      this.editing
        ? button("check", t("reply.edit_done"), () => this.stopEditing(), "", "Esc")
        : button("edit", t("reply.edit"), () => this.edit(), "", "Alt E"),
      h("button", { class: "btn", type: "button", hidden: true, data: { waiting: "" }, onclick: () => this.stopEditing() }, icon("reload"), t("reply.waiting")),
      h("span", { class: "spring" }),
      button("down", t("reply.unhelpful"), () => this.on.feedback("unhelpful")),
      button("flag", t("reply.outdated"), () => this.on.feedback("outdated")));
  }

  #sources(evidence) {
    if (!evidence.size) return null;
    return h("section", { class: "evidence", "aria-label": t("reply.sources") },
      h("h3", {}, t("reply.sources")),
      h("ol", { class: "sources" }, ...[...evidence.values()].map((item) => h("li", { id: `ev-${item.n}` },
        h("span", { class: "n" }, String(item.n)), h("q", {}, item.quote),
        h("span", { class: "src" },
          h("a", { href: item.url, onclick: (event) => { event.preventDefault(); this.on.open(item.url, item.title); } }, item.title),
          `r${item.revision}`, item.effective ? h("span", {}, validity(item.effective)) : null,
          item.freshness ? stateChip(item.freshness) : null)))));
  }
}
