/** The list of ranked answers: rendering, moving the selection, and folding away the unlikely ones. */

import { h, highlight, icon } from "../dom.js";
import { t } from "../i18n.js";
import { readable } from "./slots.js";
import { confidence, UNLIKELY, validity } from "../state.js";
import { versionsChip } from "./versions.js";

const AT_LEAST = 3;

/**
 * Draws answers into `list`, with `input` as the field that keeps the focus while the selection
 * moves; `onOpen(result)` when one is opened. Keeps the selection on the same entry.
 */
export class AnswerList {
  constructor(list, input, onOpen) {
    this.list = list;
    this.input = input;
    this.onOpen = onOpen;
    this.results = [];
    this.selected = -1;
    this.useful = 0;
    this.unfolded = false;
    this.toggle = h("button", { class: "btn plain answers-more", type: "button", hidden: true, "aria-expanded": "false",
      "aria-controls": list.id, onclick: () => this.unfold(!this.unfolded) });
    list.after(this.toggle);
    list.addEventListener("keydown", (event) => this.#key(event));
    input.setAttribute("aria-controls", list.id);
  }

  /**
   * Shows `results`; those in `used` (entry ids) are useful whatever their confidence. Where nothing
   * `reliable` was found they are only the nearest entries, and say so instead of their confidence.
   */
  show(results, used = [], reliable = true) {
    this.reliable = reliable;
    const kept = this.results[this.selected]?.entry_id;
    this.results = results;
    this.useful = this.#countUseful(used);
    this.selected = results.findIndex((r) => r.entry_id === kept);
    this.list.setAttribute("role", "listbox");
    this.list.tabIndex = 0;
    this.list.setAttribute("aria-label", t("console.answers"));
    this.list.replaceChildren(...results.map((result, index) => this.#item(result, index)));
    this.unfold(this.unfolded || this.selected >= this.useful);
    this.#mark();
  }

  skeleton() {
    this.#plain(...[0, 1, 2].map(() => h("li", { class: "answer", "aria-hidden": "true" },
      h("span"), h("div", { class: "skeleton bar" }), h("div", { class: "skeleton bar thin" }))));
  }

  message(...nodes) {
    this.#plain(h("li", { class: "empty" }, ...nodes));
  }

  move(step) {
    if (!this.results.length) return;
    this.selected = Math.max(0, Math.min(this.results.length - 1, this.selected + step));
    if (this.selected >= this.useful) this.unfold(true);
    this.#mark(true);
  }

  /** Takes the focus into the list, on the selected answer or the first one. */
  enter() {
    if (!this.results.length) return;
    this.list.focus();
    if (this.selected < 0) this.move(1);
  }

  /** Opens the selected answer, if there is one. */
  openSelected() {
    if (this.current) this.onOpen(this.current);
  }

  /** Shows or hides the answers that are unlikely to be the one. */
  unfold(open) {
    const rest = this.results.length - this.useful;
    this.unfolded = open && rest > 0;
    [...this.list.children].forEach((item, index) => { item.hidden = index >= this.useful && !this.unfolded; });
    this.toggle.hidden = rest <= 0;
    this.toggle.setAttribute("aria-expanded", String(this.unfolded));
    this.toggle.replaceChildren(icon("next"), this.unfolded ? t("console.fewer") : t("console.others", { count: rest }));
  }

  /** A new contact starts folded. */
  reset() {
    this.unfolded = false;
  }

  get current() {
    return this.results[this.selected] ?? null;
  }

  /** The leading answers that are likely or used in the reply; a few when nothing is. */
  #countUseful(used) {
    const last = this.results.findLastIndex((r) => r.confidence >= UNLIKELY || used.includes(r.entry_id));
    const confident = this.results[0]?.confidence >= UNLIKELY;
    const count = confident ? last + 1 : Math.max(last + 1, AT_LEAST);
    return this.results.length - count <= 1 ? this.results.length : count;
  }

  #plain(...items) {
    this.results = [];
    this.selected = -1;
    this.useful = 0;
    this.toggle.hidden = true;
    this.list.removeAttribute("role");
    this.list.removeAttribute("tabindex");
    this.#point(null);
    this.list.replaceChildren(...items);
  }

  #mark(scroll = false) {
    [...this.list.children].forEach((item, index) => {
      item.setAttribute("aria-selected", String(index === this.selected));
      if (scroll && index === this.selected) item.scrollIntoView({ block: "nearest" });
    });
    this.#point(this.selected >= 0 ? `answer-${this.selected}` : null);
  }

  /** Tells which answer is selected, on the list and on the field that keeps the focus. */
  #point(id) {
    for (const element of [this.input, this.list]) {
      if (id) element.setAttribute("aria-activedescendant", id);
      else element.removeAttribute("aria-activedescendant");
    }
  }

  /** With the focus in the list itself. */
  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const does = { ArrowDown: () => this.move(1), ArrowUp: () => this.move(-1), ArrowRight: () => this.openSelected(), Enter: () => this.openSelected() }[event.key];
    if (!does) return;
    event.preventDefault();
    event.stopPropagation();
    does();
  }

  #item(result, index) {
    const { matched } = result;
    const snippet = readable(result.snippet.replaceAll(" | ", " · "));
    const hit = matched?.field === "question" && matched.text
      ? h("span", {}, t("matched.question"), ...highlight(t("matched.quote", { text: matched.text }), matched.terms))
      : result.heading && result.kind !== "reply" ? h("span", {}, t("matched.section"), result.heading) : null;
    return h("li", {
      class: `answer${index === this.useful ? " rest" : ""}`, role: "option", id: `answer-${index}`,
      onclick: () => { this.selected = index; this.#mark(); this.onOpen(result); },
    },
    h("span", { class: "n", "aria-hidden": "true" }, String(index + 1)),
    h("div", { class: "head" }, h("b", {}, ...highlight(result.title, matched?.terms)), versionsChip(result.freshness, result.entry_id, { option: true })),
    h("div", { class: "meta" }, h("span", {}, t(`kind.${result.kind}`), " · ", t("entry.revision", { number: result.revision })),
      h("span", {}, validity(result.effective)), confidence(result.confidence, this.reliable)),
    h("p", {}, ...highlight(snippet, matched?.terms)),
    hit ? h("div", { class: "meta" }, hit) : null);
  }
}
