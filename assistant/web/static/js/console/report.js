/** One key tells the people who write that a sentence is outdated: the one pointed at, or one chosen here. */

import { call, told } from "../api.js";
import { h, icon, toast } from "../dom.js";
import { heldOpen } from "../held_open.js";
import { t } from "../i18n.js";
import { noteReported, reportedChip } from "./reported.js";
import { readable } from "./slots.js";
import { collect } from "./sources.js";

const LONGEST = 500; // characters of a sentence

/**
 * Reports for `page`: `reply` (the card; its `root` and `current`), `answer()` (the selected answer or null),
 * `query()` (what the customer asked), `done()` after one was sent.
 */
export class OutdatedReport {
  #busy = false;

  constructor(page) {
    this.page = page;
  }

  /** Reports what is pointed at or has the focus; asks which sentence where nothing is. */
  start() {
    const found = this.#candidates();
    const pointed = this.#pointed(found);
    if (pointed) this.#send(pointed, "");
    else if (found.length) this.#ask(found);
    else toast(t("report.nothing"), "alert");
  }

  /** Asks about one sentence of an entry, `{ entry_id, revision, title }`. */
  startWith(side, sentence) {
    this.#ask([{ entry_id: side.entry_id, revision: side.revision, title: side.title, quote: sentence, text: sentence }]);
  }

  /** What may be outdated, as it stands in the entry: a reply may hold a customer's name. */
  #candidates() {
    const reading = document.querySelector("#reader:not([hidden]) article.entry");
    if (reading) return fromReader(reading);
    const { current } = this.page.reply;
    if (current) {
      return current.sentences.flatMap((sentence) => sentence.evidence.slice(0, 1).map((item) => ({
        entry_id: item.entry_id, revision: item.revision, title: item.title, quote: item.quote, text: readable(sentence.text), sentence,
      })));
    }
    const answer = this.page.answer();
    return answer ? sentencesOf(answer.snippet).map((text) => ({ entry_id: answer.entry_id, revision: answer.revision, title: answer.title, quote: text, text: readable(text) })) : [];
  }

  /** The candidate that is under the mouse or has the focus. */
  #pointed(candidates) {
    const { root, current } = this.page.reply;
    if (!current || !candidates.some((one) => one.sentence)) return null;
    const at = (selector) => [document.activeElement?.closest?.(selector), ...root.querySelectorAll(`${selector}:hover`)].find((node) => node && root.contains(node));
    const said = at(".sentence[data-sentence]");
    if (said) {
      const sentence = current.sentences[Number(said.dataset.sentence)];
      return candidates.find((one) => one.sentence === sentence) ?? null;
    }
    const source = at(".evidence li");
    const item = source && [...collect(current.sentences).values()].find(({ n }) => source.id === `ev-${n}`);
    return item ? { entry_id: item.entry_id, revision: item.revision, title: item.title, quote: item.quote, text: readable(item.quote) } : null;
  }

  #ask(candidates) {
    const note = h("input", { class: "input", maxlength: 300, autocomplete: "off", placeholder: t("report.note_placeholder") });
    const options = candidates.map((one, index) => h("label", { class: "report-option" },
      h("input", { type: "radio", name: "sentence", value: String(index), checked: index === 0 }),
      h("span", {}, one.text, h("small", { class: "quiet" }, one.title))));
    const cancel = h("button", { class: "btn", type: "button", onclick: () => dialog.close() }, t("common.cancel"));
    const send = h("button", { class: "btn primary", type: "submit" }, icon("flag"), t("report.send"), h("kbd", { "aria-hidden": "true" }, "↵"));
    const away = h("button", { class: "btn plain icon-only", type: "button", "aria-label": t("common.close"), onclick: () => dialog.close() }, icon("close"));
    const form = h("form", { onsubmit: async (event) => {
      event.preventDefault();
      const chosen = candidates[Number(new FormData(form).get("sentence"))];
      if (await heldOpen(dialog, [cancel, send, away], () => this.#send(chosen, note.value.trim()))) dialog.close();
      else if (!dialog.contains(document.activeElement)) send.focus(); // disabled, it let go of the focus
    } },
    h("fieldset", { class: "report-options" }, h("legend", {}, t("report.which")), ...options),
    h("label", { class: "field" }, h("span", {}, t("report.note")), note),
    h("footer", {}, h("span", { class: "small quiet" }, t("report.help")), h("span", { class: "spring" }), cancel, send));
    const dialog = h("dialog", {
      class: "sheet report", "aria-labelledby": "report-title", onclose: () => dialog.remove(), onkeydown: (event) => event.stopPropagation(),
    }, h("header", {}, h("h2", { id: "report-title" }, t("report.title")), away), form);
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector("input").focus();
  }

  /** Sends one; whether that worked. It shows at once, before anything is asked for again. */
  async #send(one, note) {
    if (this.#busy) return false;
    this.#busy = true;
    try {
      await call("POST", "/api/v1/feedback", {
        kind: "outdated", entry_id: one.entry_id, revision: one.revision, query: this.page.query(), sentence: one.quote.slice(0, LONGEST), ...(note ? { note } : {}),
      });
    } catch (problem) {
      toast(told(problem), "alert");
      return false;
    } finally {
      this.#busy = false;
    }
    noteReported(one);
    this.#show(one);
    toast(t("report.sent", { sentence: one.text.length > 30 ? `${one.text.slice(0, 29)}…` : one.text }), "flag");
    this.page.done();
    return true;
  }

  /** Says it beside the quote, also where a draft keeps the card from being drawn again. */
  #show(one) {
    const { root, current } = this.page.reply;
    const items = collect(current?.sentences ?? []).values();
    for (const item of items) {
      const place = item.entry_id === one.entry_id && item.quote === one.quote ? root.querySelector(`#ev-${item.n}`) : null;
      if (place && !place.querySelector(".reported")) place.querySelector("q").after(reportedChip(item));
    }
  }
}

/** The sentences of an entry that is being read; the marked words first. */
function fromReader(article) {
  const { entry, revision } = article.dataset;
  const title = article.querySelector("h1")?.textContent ?? entry;
  const made = (text) => ({ entry_id: entry, revision: Number(revision), title, quote: text, text });
  const selection = getSelection();
  const marked = article.contains(selection.anchorNode) ? selection.toString().trim() : "";
  if (marked) return [made(marked)];
  const texts = [...article.querySelectorAll(".prose p, .prose li, .prose td")].flatMap((node) => sentencesOf(node.textContent));
  return [...new Set(texts)].map(made);
}

function sentencesOf(text) {
  return (text.replaceAll(" | ", "；").match(/[^。！？!?；;\n]+[。！？!?；;]?/g) ?? []).map((part) => part.trim()).filter((part) => part.length > 3);
}
