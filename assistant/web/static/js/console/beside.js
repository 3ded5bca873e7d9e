/** What stands beside an answer: its steps to walk, its tables by scenario, past cases like it. */

import { copy, h, icon, toast } from "../dom.js";
import { t } from "../i18n.js";
import { UNLIKELY } from "../state.js";
import { keys } from "./keys.js";
import { ScenarioTables } from "./scenarios.js";
import { SimilarCases } from "./similar.js";
import { StepWalker } from "./steps.js";

/**
 * Puts the three into the side column and binds their keys. `on`: `conversation()` the open one,
 * `found()` the last answer of the service, `current()` the suggestion on screen, `selected()` the
 * answer that is selected, `said()`, `asOf()`, `insert(text, source)`, `open(url, title)`, `home()`.
 * Handing over is for the part that does it: the document gets a "handover" event with
 * `{ conversation, tried }`; whoever takes it prevents its default.
 */
export class Beside {
  #last = null;
  #soon = 0;

  constructor({ side, reader, answers, cases }, on) {
    this.on = on;
    this.offer = h("div", { class: "steps-offer", hidden: true });
    const tables = h("section", { class: "scenario-panel", "aria-label": t("scenarios.title"), hidden: true });
    const foot = h("div", { class: "answers-foot" }, this.offer, tables);
    answers.append(foot);
    const panel = h("aside", { class: "steps", id: "steps", "aria-label": t("steps.title"), hidden: true });
    reader.before(panel);
    const { said, asOf, insert, open } = on;
    this.steps = new StepWalker(panel, { ...on, candidate: () => this.candidate(), handOver: (tried) => this.#handOver(tried) });
    this.scenarios = new ScenarioTables(tables, { said, asOf, insert, open });
    this.cases = new SimilarCases(cases, { said, asOf, open, count: (number) => side.badge("cases", number) });
    this.side = side;
    keys.onEscape(() => this.steps.close());
    keys.add({ combo: "Alt+S", label: "keys.steps", run: () => this.steps.show(), group: "answers" });
    keys.add({ combo: "Alt+I", label: "keys.scenarios", group: "answers", when: () => this.scenarios.open, why: "keys.why_scenarios", run: () => {
      this.steps.close();
      side.show("answers");
      this.scenarios.focus();
    } });
  }

  /** A conversation and its answers are on the screen: what belongs to them is asked for now, not before. */
  shown(conversation) {
    if (!conversation.said().length) this.steps.forget(conversation);
    if (conversation !== this.#last) this.#opened();
    this.#last = conversation;
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => this.#answered());
  }

  /** Uncovers the answers; whether anything stood over them. */
  uncover() {
    return this.steps.close();
  }

  #answered() {
    const found = this.on.found();
    const answer = this.candidate();
    this.offer.hidden = !answer;
    this.offer.replaceChildren(...(answer ? [h("button", { class: "btn", type: "button", title: t("steps.offer", { title: answer.title }), onclick: () => this.steps.start(answer) },
      icon("next"), h("span", {}, t("steps.offer", { title: answer.title })), h("kbd", { "aria-hidden": "true" }, "Alt S"))] : []));
    this.scenarios.show(this.#first("scenarios"));
    const unsure = Boolean(found) && !(found.suggestions[0]?.confidence >= UNLIKELY);
    this.cases.changed(unsure);
  }

  #opened() {
    this.steps.switched();
    this.scenarios.clear();
    this.offer.hidden = true;
  }

  /** The answer whose steps are meant: the one selected, that of the reply, else the first that has any. */
  candidate() {
    return this.#first("flow");
  }

  async #handOver(tried) {
    const conversation = this.on.conversation();
    const asked = new CustomEvent("handover", { cancelable: true, detail: { conversation, tried } });
    // Where nobody hands over, as with words that stand only in this page, the list goes along by hand.
    if (document.dispatchEvent(asked)) toast(t((await copy(tried)) ? "steps.copied" : "reply.copy_failed"));
  }

  #first(having) {
    const found = this.on.found();
    if (!found) return null;
    const likely = found.results.filter((one) => one.confidence >= UNLIKELY);
    const ordered = [this.on.selected(), this.on.current(), ...found.suggestions, ...likely];
    return ordered.find((one) => one?.[having]) ?? null;
  }
}
