/** The list of ranked answers: rendering and moving the selection. */

import { h, highlight } from "./dom.js";
import { t } from "./i18n.js";
import { confidence, stateChip, validity } from "./state.js";

/** Draws answers into `list`; `onOpen(result)` when one is opened. Keeps the selection on the same entry. */
export class AnswerList {
  constructor(list, onOpen) {
    this.list = list;
    this.onOpen = onOpen;
    this.results = [];
    this.selected = -1;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", t("console.answers"));
  }

  show(results) {
    const kept = this.results[this.selected]?.entry_id;
    this.results = results;
    this.selected = results.findIndex((r) => r.entry_id === kept);
    this.list.replaceChildren(...results.map((result, index) => this.#item(result, index)));
    this.#mark();
  }

  skeleton() {
    this.results = [];
    this.list.replaceChildren(...[0, 1, 2].map(() =>
      h("li", { class: "answer", "aria-hidden": "true" }, h("span"), h("div", { class: "skeleton bar" }))));
  }

  message(...nodes) {
    this.results = [];
    this.selected = -1;
    this.list.replaceChildren(h("li", { class: "empty" }, ...nodes));
  }

  move(step) {
    if (!this.results.length) return;
    this.selected = Math.max(0, Math.min(this.results.length - 1, this.selected + step));
    this.#mark(true);
  }

  get current() {
    return this.results[this.selected] ?? null;
  }

  #mark(scroll = false) {
    [...this.list.children].forEach((item, index) => {
      item.setAttribute("aria-selected", String(index === this.selected));
      if (scroll && index === this.selected) item.scrollIntoView({ block: "nearest" });
    });
  }

  #item(result, index) {
    const { matched } = result;
    const hit = matched?.field === "question" && matched.text
      ? h("span", {}, t("matched.question"), "「", ...highlight(matched.text, matched.terms), "」")
      : result.heading && result.kind !== "reply" ? h("span", {}, t("matched.section"), result.heading) : null;
    return h("li", {
      class: "answer", role: "option", id: `answer-${index}`,
      onclick: () => { this.selected = index; this.#mark(); this.onOpen(result); },
    },
    h("span", { class: "n" }, String(index + 1)),
    h("div", { class: "head" }, h("b", {}, ...highlight(result.title, matched?.terms)), stateChip(result.freshness)),
    h("div", { class: "meta" }, t(`kind.${result.kind}`), ` r${result.revision}`, h("span", {}, validity(result.effective)),
      confidence(result.confidence)),
    h("p", {}, ...highlight(result.snippet.replaceAll(" | ", " · "), matched?.terms)),
    hit ? h("div", { class: "meta" }, hit) : null);
  }
}
