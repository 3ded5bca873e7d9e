/** Similar past cases: scene, handling, outcome and lesson of each. Internal: nothing of them goes into a reply. */

import { call, told } from "../api.js";
import { h, highlight, icon } from "../dom.js";
import { t } from "../i18n.js";
import { confidence, stateChip, UNLIKELY } from "../state.js";

const NEAREST = 3; // shown where none is really close
const MOST_LINES = 4;

/**
 * Draws into `panel`. `on`: `said()` what the customer said, oldest first, `asOf()` the day asked about,
 * `open(url, title)` an entry, `count(n)` how many were found. Cases are asked for when the tab is
 * looked at, or beforehand when no answer is sure.
 */
export class SimilarCases {
  #asked = "";
  #inFlight = null;

  constructor(panel, on) {
    this.panel = panel;
    this.on = on;
    this.list = h("ol", { class: "case-list", "aria-label": t("cases.title") });
    this.note = h("p", { class: "small quiet cases-note", role: "status" });
    panel.replaceChildren(this.note, this.list);
    panel.addEventListener("keydown", (event) => this.#key(event));
    this.#empty("book", t("cases.empty"), t("cases.empty_help"));
  }

  /** What the customer said has changed; `unsure` when no answer is sure. */
  changed(unsure) {
    const said = this.#said();
    if (this.#key_of(said) === this.#asked) return;
    this.on.count(0);
    if (!said.length) this.#reset();
    else if (!this.panel.hidden || unsure) this.load();
    else this.#stale();
  }

  /** The tab is looked at. */
  shown() {
    if (this.#key_of(this.#said()) !== this.#asked) this.load();
  }

  /** Asks for the cases of what was said. */
  async load() {
    const said = this.#said();
    if (!said.length) {
      this.#reset();
      return;
    }
    const asked = this.#key_of(said);
    this.#asked = asked;
    this.#inFlight?.abort();
    this.#inFlight = new AbortController();
    this.#skeleton();
    try {
      const asOf = this.on.asOf();
      const found = await call("POST", "/api/v1/cases/similar", { messages: said, ...(asOf ? { as_of: asOf } : {}) }, { signal: this.#inFlight.signal });
      this.#show(found);
    } catch (problem) {
      if (problem.name === "AbortError") return;
      this.#asked = "";
      this.#failed(problem);
    }
  }

  #said() {
    return this.on.said().map((text) => text.trim().slice(0, 2000)).filter(Boolean).slice(-100);
  }

  #key_of(said) {
    return said.length ? JSON.stringify([said, this.on.asOf()]) : "";
  }

  #show({ cases: found, reliable, degraded }) {
    const likely = reliable ? found.filter((one) => one.confidence >= UNLIKELY) : [];
    const cases = likely.length ? likely : found.slice(0, NEAREST);
    this.on.count(likely.length);
    if (!cases.length) {
      this.#empty("search", t("cases.none"), t("cases.none_help"));
      return;
    }
    this.note.textContent = degraded ? t("console.degraded") : likely.length ? t("cases.found", { count: cases.length }) : t("cases.nearest");
    const had = this.list.contains(document.activeElement);
    this.list.replaceChildren(...cases.map((one, place) => this.#card(one, place, likely.length > 0)));
    if (had) this.list.querySelector("article").focus();
  }

  #card(one, place, reliable) {
    const { title, scene, handling, outcome, lesson, rules, matched, url } = one;
    const marked = (text) => highlight(text, matched.terms);
    const part = (name, ...nodes) => h("div", { class: `case-part ${name}` }, h("b", { class: "small" }, t(`cases.${name}`)), ...nodes);
    const id = `case-${place}`;
    return h("li", {}, h("article", {
      class: "case", tabindex: place ? "-1" : "0", "aria-labelledby": id, data: { url, title, ...(place ? {} : { first: "" }) },
    },
    h("header", {}, h("h3", { id }, ...marked(title)), stateChip(one.freshness), confidence(one.confidence, reliable)),
    h("p", { class: "case-scene" }, ...marked(scene)),
    handling.length ? part("handling", this.#handling(handling, marked)) : null,
    outcome ? part("outcome", h("p", {}, outcome)) : null,
    lesson ? part("lesson", h("p", {}, lesson)) : null,
    h("footer", {}, rules.length ? h("span", { class: "small quiet" }, t("cases.rules")) : null,
      ...rules.map((rule) => h("button", { class: "link small", type: "button", onclick: () => this.on.open(rule.url, rule.title) }, icon("link"), rule.title)),
      h("span", { class: "spring" }),
      h("button", { class: "btn plain", type: "button", onclick: () => this.on.open(url, title) }, t("cases.open"), h("kbd", { "aria-hidden": "true" }, "↵")))));
  }

  /** The first steps of it: the whole is one key away. */
  #handling(lines, marked) {
    if (lines.length === 1) return h("p", {}, ...marked(lines[0]));
    const more = lines.length - MOST_LINES;
    return h("div", {}, h("ol", {}, ...lines.slice(0, MOST_LINES).map((line) => h("li", {}, ...marked(line)))),
      more > 0 ? h("p", { class: "small quiet" }, t("cases.more", { count: more })) : null);
  }

  /** Other words since, and nobody looks: what is under way is let go, and looking asks anew. */
  #stale() {
    this.#asked = "";
    this.#inFlight?.abort();
  }

  #reset() {
    this.#stale();
    this.#empty("book", t("cases.empty"), t("cases.empty_help"));
  }

  #empty(name, title, help) {
    this.note.textContent = "";
    this.list.replaceChildren(h("li", { class: "empty" }, icon(name), h("strong", {}, title), h("p", {}, help)));
  }

  #skeleton() {
    this.note.textContent = t("cases.loading");
    const focused = this.list.contains(document.activeElement);
    this.list.replaceChildren(...[0, 1].map(() => h("li", { class: "case", "aria-hidden": "true" }, h("div", { class: "skeleton bar" }), h("div", { class: "skeleton bar thin" }))));
    if (focused) this.panel.focus();
  }

  #failed(problem) {
    const text = told(problem);
    this.note.textContent = "";
    this.list.replaceChildren(h("li", { class: "empty" }, icon("alert"), h("strong", {}, text),
      h("button", { class: "btn", type: "button", onclick: () => this.load() }, icon("reload"), t("common.retry"))));
  }

  /** ↑ ↓ from case to case, Enter opens. */
  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.isComposing) return;
    const cards = [...this.list.querySelectorAll("article.case")];
    const at = cards.findIndex((card) => card.contains(event.target));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && cards.length) {
      event.preventDefault();
      event.stopPropagation();
      const next = cards[at < 0 ? 0 : Math.max(0, Math.min(cards.length - 1, at + step))];
      cards.forEach((card) => { card.tabIndex = card === next ? 0 : -1; });
      next.focus();
      next.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && event.target === cards[at]) {
      event.preventDefault();
      this.on.open(cards[at].dataset.url, cards[at].dataset.title);
    }
  }
}
