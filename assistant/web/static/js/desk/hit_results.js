/** Ranked results of a hit test: who answers, how surely, why, and one key to keep it so. */

import { h, highlight, icon } from "../dom.js";
import { t } from "../i18n.js";
import { confidence, stateChip, UNLIKELY, validity } from "../state.js";
import { scoreParts } from "./hit_scores.js";

const AT_FIRST = 5;
const SEEN = 16; // characters by which a snippet is known in its passage
const LONGEST = 160; // characters of a passage that are shown

/** Draws into `root`; `onSave(result)` when a result is to be the expected answer. */
export class HitResults {
  #items = [];
  #results = [];

  constructor(root, { onSave }) {
    this.root = root;
    this.onSave = onSave;
    root.addEventListener("keydown", (event) => this.#key(event));
  }

  /** The answer of the service to what was `asked`. */
  show(answer, asked) {
    this.#results = answer.results;
    this.#items = answer.results.map((result) => this.#item(result));
    this.root.replaceChildren(
      ...(asked.as_of ? [h("p", { class: "notice info hit-asof" }, icon("calendar"), h("span", {}, t("hit.on_day", { date: asked.as_of })))] : []),
      verdict(answer),
      ...this.#items.length ? this.#list()
        : [ h("div", { class: "panel empty" }, icon("inbox"), h("strong", {}, t("console.none")), h("p", {}, t(answer.filtered.length ? "hit.none_filtered" : "hit.none_help")))]);
  }

  /** The result that has the focus, else the first one; null without results. */
  get current() {
    const at = this.#items.findIndex((item) => item.contains(document.activeElement));
    return this.#results[Math.max(at, 0)] ?? null;
  }

  /** Takes the focus to the first result. */
  enter() {
    this.#items[0]?.querySelector("a").focus();
  }

  /** Says on its button that a result is the expected one now. */
  mark(entryId) {
    this.#results.forEach((result, index) => {
      const kept = result.entry_id === entryId;
      const button = this.#items[index].querySelector("[data-save]");
      button.setAttribute("aria-pressed", String(kept));
      button.querySelector("span").textContent = t(kept ? "hit.is_expected" : "hit.save");
    });
  }

  /** The first few; those that hardly answer follow behind a button. */
  #list() {
    const shown = Math.max(AT_FIRST, this.#results.findLastIndex(({ confidence: sure }) => sure >= UNLIKELY) + 1);
    const rest = this.#items.slice(shown);
    const list = h("ol", { class: "hit-list" }, ...this.#items.slice(0, shown));
    if (!rest.length) return [list];
    const more = h("button", { class: "btn plain hit-others", type: "button", onclick: () => {
      list.append(...rest);
      more.remove();
      rest[0].querySelector("a").focus();
    } }, icon("next"), t("console.others", { count: rest.length }));
    return [list, more];
  }

  #item(result) {
    const { matched } = result;
    return h("li", { class: "panel hit-result", data: { entry: result.entry_id } },
      h("span", { class: "hit-rank", "aria-hidden": "true" }, String(result.rank)),
      h("div", { class: "hit-result-head" },
        h("h2", {}, h("a", { href: result.url }, ...highlight(result.title, terms(matched)))), stateChip(result.freshness)),
      h("p", { class: "hit-meta" }, confidence(result.confidence), h("span", {}, t(`kind.${result.kind}`), " · ", t("entry.revision", { number: result.revision })), h("span", {}, validity(result.effective)), h("code", {}, result.entry_id)),
      h("p", { class: "hit-snippet" }, ...highlight(plain(result.snippet), terms(matched))),
      where(result),
      h("div", { class: "hit-actions" },
        h("button", { class: "btn", type: "button", data: { save: "" }, "aria-pressed": "false", "aria-keyshortcuts": "Alt+S", onclick: () => this.onSave(result) },
          icon("target"), h("span", {}, t("hit.save")), result.rank === 1 ? h("kbd", { "aria-hidden": "true" }, "Alt S") : null)),
      scoreParts(result.scores));
  }

  /** With the focus on a result: arrows go to the others. */
  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !event.target.matches(".hit-result h2 a")) return;
    const shown = this.#items.filter(({ isConnected }) => isConnected);
    const at = shown.findIndex((item) => item.contains(event.target));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to < 0) document.getElementById("hit-query").focus();
    else shown[Math.min(to, shown.length - 1)].querySelector("a").focus();
  }
}

const plain = (text) => text.replaceAll(" | ", " · ").replace(/\{\{\s*([^}]+?)\s*\}\}/g, "〔$1〕");
const terms = (matched) => matched.flatMap((each) => each.terms);

/** Whether the question counts as answered, and how surely the first entry does. */
function verdict({ answerable, threshold, results, took_ms: took }) {
  const best = results[0]?.confidence;
  const limits = best === undefined ? null : t("hit.threshold", { threshold: percent(threshold), value: percent(best) });
  return h("p", { class: `hit-verdict ${answerable ? "good" : "due"}`, role: "status", data: { answerable: String(answerable) } },
    icon(answerable ? "check" : "alert"), h("b", {}, t(answerable ? "hit.answerable" : "hit.unanswerable")),
    limits ? h("span", { title: limits }, t(answerable ? "hit.answerable_help" : "hit.unanswerable_help"), " ", confidence(best)) : null,
    h("span", { class: "small quiet" }, t("hit.took", { seconds: (took / 1000).toFixed(2) })));
}

const percent = (value) => `${Math.round(value * 100)}%`;

/** Where the words stood that made this a hit; of a passage that is the snippet only its section is named. */
function where({ matched, snippet, heading }) {
  const seen = snippet.slice(0, SEEN);
  const shown = matched.filter(({ field, text }) => field && text).map(({ field, text, terms: marked }) => {
    if (text.includes(seen)) return heading ? [field, [heading]] : null;
    return [field, highlight(plain(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text), marked)];
  }).filter(Boolean);
  return shown.length ? h("ul", { class: "hit-where" }, ...shown.map(([field, nodes]) => h("li", {}, h("span", { class: "quiet" }, t(`hit.field.${field}`)), " ", ...nodes))) : null;
}
