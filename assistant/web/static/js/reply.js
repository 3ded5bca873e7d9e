/** The suggested reply: sentences with their evidence, variables to fill, editing, copying. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { SlotFields, slotsIn, withSlots } from "./slots.js";
import { collect, drawSources, ofSentence } from "./sources.js";
import { tone } from "./state.js";

/** Draws suggestions; calls back `copy()`, `feedback(kind)`, `slot()` when a variable is filled, `open(url, title)`. */
export class ReplyCard {
  constructor(root, handlers) {
    this.root = root;
    this.on = handlers;
    this.suggestions = [];
    this.index = 0;
    this.draft = null;
    this.editing = false;
    this.waiting = null;
    this.unanswered = [];
    this.fields = new SlotFields(() => this.on.slot());
  }

  get current() {
    return this.suggestions[this.index] ?? null;
  }

  /** The text that a copy takes: the agent's own when there is one, else the suggestion. */
  get text() {
    return this.draft ?? this.current?.text ?? "";
  }

  /**
   * New suggestions, and the questions of the message that none of them answers; while the agent's
   * own text stands they wait behind a button instead.
   */
  show(suggestions, unanswered = []) {
    if (this.draft !== null) {
      this.waiting = { suggestions, unanswered };
      this.root.querySelector("[data-waiting]")?.removeAttribute("hidden");
      return;
    }
    const kept = this.current?.entry_id;
    this.suggestions = suggestions;
    this.unanswered = unanswered;
    this.index = Math.max(0, suggestions.findIndex((s) => s.entry_id === kept));
    this.#draw();
  }

  message(...nodes) {
    if (this.draft !== null) return;
    this.suggestions = [];
    this.root.replaceChildren(h("div", { class: "empty" }, ...nodes));
  }

  select(index) {
    if (this.draft !== null || !this.suggestions[index]) return;
    this.index = index;
    this.#draw();
  }

  edit() {
    if (!this.current || this.editing) return;
    this.draft ??= this.current.text;
    this.editing = true;
    this.#draw();
    const area = this.root.querySelector("textarea.draft");
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
  }

  /** Leaves editing and keeps what was written; an unchanged text makes way for what came meanwhile. */
  stopEditing() {
    this.editing = false;
    const text = this.draft?.trim() ?? "";
    if (!text || text === this.current.text.trim()) this.discard();
    else this.#draw();
  }

  /** Drops the agent's own text; suggestions that came meanwhile are shown. */
  discard() {
    this.draft = null;
    this.editing = false;
    const next = this.waiting;
    this.waiting = null;
    if (next) this.show(next.suggestions, next.unanswered);
    else this.#draw();
  }

  /** A new contact: nothing of the last one stays. */
  reset() {
    this.draft = null;
    this.editing = false;
    this.waiting = null;
    this.fields.reset();
  }

  /** Puts the cursor into the first variable that is empty; whether there is one. */
  focusSlot() {
    const fields = [...this.root.querySelectorAll("[data-slot]")];
    const field = fields.find((f) => !f.value) ?? fields[0];
    field?.focus();
    return Boolean(field);
  }

  #draw() {
    if (!this.current) return;
    const collected = collect(this.current.sentences);
    const focused = this.#focused();
    this.root.replaceChildren(...[
      this.#tabs(), this.#warning(), this.#open(), this.#panel(collected), this.#slotFields(), this.#actions(),
      drawSources(collected, this.on.open),
    ].filter(Boolean));
    if (focused) this.root.querySelector(focused.selector)?.focus();
    if (focused?.start !== undefined) document.activeElement.setSelectionRange?.(focused.start, focused.end);
  }

  /** Which control has the focus, so that a redraw gives it back. */
  #focused() {
    const active = document.activeElement;
    if (!this.root.contains(active)) return null;
    if (active.dataset.slot) {
      return { selector: `[data-slot="${active.dataset.slot}"]`, start: active.selectionStart, end: active.selectionEnd };
    }
    if (active.dataset.act) return { selector: `[data-act="${active.dataset.act}"]` };
    return active.getAttribute("role") === "tab" ? { selector: "[role=tab][aria-selected=true]" } : null;
  }

  /** What to know before sending: a basis that is stale, disputed or about to change. */
  #warning() {
    const stale = [this.current.freshness, ...this.current.sentences.flatMap((s) => s.evidence.map((e) => e.freshness))]
      .filter((freshness) => freshness && freshness.state !== "current");
    if (!stale.length) return null;
    const messages = [...new Set(stale.flatMap((freshness) => freshness.reasons.map((reason) => reason.message)))];
    const [colour, shape] = tone(stale[0].state);
    return h("div", { class: `notice ${colour} reply-warning` }, icon(shape),
      h("div", {}, h("b", {}, t(`state.${stale[0].state}`)), ...messages.map((message) => h("div", {}, message))));
  }

  /** What the customer also asked and the reply leaves open. */
  #open() {
    if (!this.unanswered.length) return null;
    return h("div", { class: "notice due reply-warning reply-open" }, icon("inbox"),
      h("div", {}, h("b", {}, t("reply.open")), h("ul", {}, ...this.unanswered.map((question) => h("li", {}, question)))));
  }

  #tabs() {
    const move = (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      this.select((this.index + step + this.suggestions.length) % this.suggestions.length);
    };
    return h("div", { class: "tabs", role: "tablist", "aria-label": t("console.reply"), onkeydown: move },
      ...this.suggestions.map((suggestion, index) => h("button", {
        class: "tab", role: "tab", type: "button", id: `reply-tab-${index}`, "aria-selected": String(index === this.index),
        "aria-controls": "reply-panel", "aria-keyshortcuts": `Alt+${index + 1}`,
        tabindex: index === this.index ? "0" : "-1", title: suggestion.title,
        disabled: this.draft !== null && index !== this.index, onclick: () => this.select(index),
      }, h("kbd", { "aria-hidden": "true" }, `Alt ${index + 1}`), h("b", {}, suggestion.title))));
  }

  #panel(collected) {
    const inside = this.editing ? this.#draft() : this.draft !== null ? this.#own() : this.#body(collected);
    return h("div", { role: "tabpanel", id: "reply-panel", "aria-labelledby": `reply-tab-${this.index}` }, inside);
  }

  #body(collected) {
    return h("div", { class: "reply-body" }, ...this.#paragraphs().map((sentences) =>
      h("p", {}, ...sentences.map((sentence) => this.#sentence(sentence, ofSentence(sentence, collected))))));
  }

  #sentence(sentence, sources) {
    const mark = (on) => sources.forEach(({ n }) => this.root.querySelector(`#ev-${n}`)?.classList.toggle("on", on));
    return h("span", {
      class: `sentence ${sentence.part}`, data: sources.length ? { ev: sources.map(({ n }) => n).join(" ") } : {},
      onmouseenter: () => mark(true), onmouseleave: () => mark(false),
    }, ...withSlots(sentence.text), ...sources.map((item) => h("sup", {}, h("button", {
      type: "button", "aria-label": t("reply.source_n", { n: item.n }), title: item.title,
      onfocus: () => mark(true), onblur: () => mark(false), onclick: () => this.on.open(item.url, item.title),
    }, String(item.n)))));
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

  /** The agent's own text, read back. */
  #own() {
    return h("div", { class: "reply-body own" }, h("span", { class: "chip info" }, icon("edit"), t("reply.edited")),
      ...this.draft.split(/\n+/).filter((line) => line.trim()).map((line) => h("p", {}, ...withSlots(line))));
  }

  #draft() {
    return h("textarea", {
      class: "draft", "aria-label": t("reply.edit"), oninput: (event) => { this.draft = event.target.value; },
    }, this.draft);
  }

  #slotFields() {
    if (this.draft !== null) return null;
    const missing = this.current.sentences.flatMap((s) => s.slots_missing ?? []).concat(slotsIn(this.current.text));
    return this.fields.draw(this.current.entry_id, missing);
  }

  #actions() {
    const button = (act, name, label, handler, cls = "plain", key = null) => h("button", {
      class: `btn ${cls}`, type: "button", data: { act }, onclick: handler,
    }, icon(name), label, key ? h("kbd", { "aria-hidden": "true" }, key) : null);
    const own = this.draft !== null;
    return h("div", { class: "reply-actions" },
      button("copy", "copy", t("reply.copy"), () => this.on.copy(), "primary", "Ctrl ↵"),
      this.editing
        ? button("done", "check", t("reply.edit_done"), () => this.stopEditing(), "", "Esc")
        : button("edit", "edit", t("reply.edit"), () => this.edit(), "", "Alt E"),
      own && !this.editing ? button("restore", "back", t("reply.restore"), () => this.discard()) : null,
      own ? h("button", {
        class: "btn", type: "button", hidden: !this.waiting, data: { waiting: "" }, title: t("reply.waiting_help"), onclick: () => this.discard(),
      }, icon("reload"), t("reply.waiting")) : null,
      h("span", { class: "spring" }),
      own ? null : button("unhelpful", "down", t("reply.unhelpful"), () => this.on.feedback("unhelpful")),
      own ? null : button("outdated", "flag", t("reply.outdated"), () => this.on.feedback("outdated")));
  }
}
