/** The draft: a text area over a layer that marks variables and figures, and what is said below it. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { sentencesOf, sourceOf } from "./parts.js";
import { wrongText } from "./reply_reading.js";
import { slotLabel, slotPlaces, unworded, worded } from "./slots.js";
import { drawEvidence, markSources, ofSentence } from "./sources.js";

/**
 * Edits one draft. `card` gives `check` (FigureCheck), `root`, `on.open`, and takes `written(text)` with every change,
 * `slotWritten(name, value)` and `leaveEditor()` (after the last variable).
 */
export class ReplyEditor {
  #filling = null;
  #left = null;
  #shown = "";

  constructor(card) {
    this.card = card;
    this.layer = h("div", { class: "draft-layer", "aria-hidden": "true" });
    this.area = h("textarea", {
      class: "draft", rows: "5", maxlength: 10_000, spellcheck: "false", "aria-label": t("reply.edit"), "aria-describedby": "draft-figures", data: { home: "" },
      oninput: () => this.#changed(), oncompositionend: () => this.#changed(),
      onkeydown: (event) => this.#key(event), onpointerdown: () => { this.#filling = null; },
      onkeyup: () => this.#follow(), onclick: () => this.#follow(), onfocus: () => this.#entered(), onblur: () => { this.#left = [this.area.selectionStart, this.area.selectionEnd]; },
    });
    this.figures = h("div", { class: "draft-figures", id: "draft-figures", role: "status" });
    this.basis = h("div", { class: "draft-basis" });
    this.element = h("div", { class: "draft-box" }, h("div", { class: "draft-field" }, this.layer, this.area), this.figures, this.basis);
  }

  /** Takes over `text`, with what it may rest on: the sentences of a suggestion and their numbered quotes. */
  open(text, sentences, collected) {
    this.sentences = sentences;
    this.collected = collected;
    this.#filling = null;
    this.#left = null;
    this.#shown = "";
    this.area.value = worded(text);
    this.#mark();
  }

  get text() {
    return unworded(this.area.value);
  }

  /** Puts the cursor at the end, or where it was. */
  focus(selection = null) {
    this.area.focus();
    const end = this.area.value.length;
    this.area.setSelectionRange(...(selection ?? [end, end]));
  }

  /**
   * Puts `text` in at the cursor as paragraphs of their own (`gap` between paragraphs), but at the end while a variable
   * is selected to be filled; the cursor goes to its first open variable, else behind it.
   */
  insert(text, gap) {
    const { value, selectionStart, selectionEnd } = this.area;
    const filling = slotPlaces(value).some(({ start, end }) => start === selectionStart && end === selectionEnd);
    const [from, until] = filling ? [value.length, value.length] : [selectionStart, selectionEnd];
    const before = value.slice(0, from);
    const behind = value.slice(until);
    const lead = before.trim() && !/\n[ \t]*$/.test(before) ? gap : "";
    const tail = behind.trim() && !/^[ \t]*\n/.test(behind) ? gap : "";
    const put = worded(text);
    this.#replace(from, until, lead + put + tail);
    const start = from + lead.length;
    const open = slotPlaces(put)[0];
    if (open) this.#fill({ name: open.name, start: start + open.start, end: start + open.end });
    else this.area.setSelectionRange(start + put.length, start + put.length);
  }

  /** Selects the first open variable from the cursor on; whether there is one. */
  focusSlot(from = 0) {
    const places = slotPlaces(this.area.value);
    const next = places.find((place) => place.start >= from) ?? places[0];
    if (!next) return false;
    this.area.focus();
    this.#fill(next);
    return true;
  }

  /** Selects the first figure that the evidence does not back. */
  focusFigure() {
    const [figure] = this.card.check.wrong;
    if (figure) this.focus([figure.start, figure.end]);
  }

  /** Draws the marks again; `figures` may have come from the service. */
  marks() {
    this.#mark();
  }

  /** A dialog that closes gives the focus back, and in some browsers not the place of the cursor. */
  #entered() {
    if (this.#left) this.area.setSelectionRange(...this.#left);
    this.#follow();
  }

  #fill(place) {
    this.#filling = { name: place.name, start: place.start };
    this.area.setSelectionRange(place.start, place.end);
  }

  /** Replaces a stretch so that it can be undone; where the field cannot have the focus it is just set. */
  #replace(from, until, text) {
    this.area.focus();
    this.area.setSelectionRange(from, until);
    const typed = document.activeElement === this.area && (text ? document.execCommand("insertText", false, text) : document.execCommand("delete"));
    if (typed) return;
    this.area.setRangeText(text, from, until, "end");
    this.#changed();
  }

  #changed() {
    this.card.written(this.text, this.area.value);
    this.#mark();
    this.#follow();
  }

  #key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const forward = (event.key === "Tab" && !event.shiftKey) || (event.key === "Enter" && !event.shiftKey && this.#filling);
    if (!forward) {
      if (/^(Arrow|Home|End|Page)/.test(event.key)) this.#filling = null;
      return;
    }
    const was = this.#filling;
    if (was) this.#spread(was);
    const here = this.area.selectionEnd;
    this.#filling = null;
    if (slotPlaces(this.area.value).length) {
      event.preventDefault();
      this.focusSlot(here);
    } else if (was) {
      event.preventDefault();
      this.card.leaveEditor();
    }
  }

  /** What was just typed for a variable goes wherever it stands again. */
  #spread({ name, start }) {
    const cursor = this.area.selectionEnd;
    const value = this.area.value.slice(start, cursor);
    if (!value.trim() || value.includes("\n") || value.includes("{{") || value.length > 200) return;
    this.card.slotWritten(slotPlaces(unworded(`{{${name}}}`))[0]?.name ?? name, value);
    const again = slotPlaces(this.area.value).filter((place) => place.name === name);
    let moved = cursor;
    for (const place of again.reverse()) {
      this.#replace(place.start, place.end, value);
      if (place.start < cursor) moved += value.length - (place.end - place.start);
    }
    if (again.length) this.area.setSelectionRange(moved, moved);
  }

  #mark() {
    const text = this.area.value;
    const marks = [
      ...slotPlaces(text).map((place) => ({ ...place, kind: "slot" })),
      ...this.card.check.wrong.map((figure) => ({ ...figure, kind: "wrong" })),
    ].filter((mark) => mark.kind === "slot" || text.slice(mark.start, mark.end) === mark.text).sort((a, b) => a.start - b.start);
    const nodes = [];
    let at = 0;
    for (const { kind, start, end } of marks) {
      if (start < at) continue;
      nodes.push(text.slice(at, start), h("mark", { class: kind }, text.slice(start, end)));
      at = end;
    }
    this.layer.replaceChildren(...nodes, text.slice(at), "\u200b");
    this.#say(marks);
  }

  /** The same in words, below; only what is new is said aloud. */
  #say(marks) {
    const rows = [
      ...marks.filter(({ kind }) => kind === "wrong").map((figure) => ["bad", "alert", wrongText(figure)]),
      ...(this.card.check.failed ? [["due", "clock", t("reply.unchecked")]] : []),
    ];
    const slots = [...new Set(marks.filter(({ kind }) => kind === "slot").map(({ name }) => slotLabel(name)))];
    if (slots.length) rows.push(["due", "edit", t("reply.unfilled", { slots: slots.join(t("list.join")) })]);
    const said = JSON.stringify(rows);
    if (said === this.#shown) return;
    this.#shown = said;
    const items = rows.map(([tone, name, text]) => h("li", { class: `${tone}-text` }, icon(name), text));
    this.figures.replaceChildren(...(items.length ? [h("ul", {}, ...items)] : []));
  }

  /** Shows the evidence of the sentence that the cursor is in. */
  #follow() {
    const { value, selectionEnd: cursor } = this.area;
    const here = sentencesOf(value).find(({ start, end }) => cursor >= start && cursor <= end);
    const source = here ? sourceOf(here.text, this.sentences.filter((sentence) => sentence.evidence.length)) : null;
    const items = source ? ofSentence(source, this.collected) : [];
    markSources(this.card.root, items);
    const key = items.map(({ n }) => n).join(" ");
    if (this.basis.dataset.ev === key) return;
    this.basis.dataset.ev = key;
    this.basis.replaceChildren(...(items.length ? [h("h2", {}, t("reply.basis_here")), drawEvidence(items, this.card.on.open)] : []));
  }
}
