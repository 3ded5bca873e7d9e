/** The variables of a canned reply being written: offered for insertion, and listed as they stand in the text. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { slotLabel, slotsIn, worded } from "./slots.js";

/** Variables that every contact may bring. */
const KNOWN = ["customer.name", "order.no", "product.name", "tracking.no", "repair.no", "refund.amount", "visit.time", "agent.name"];
KNOWN.forEach((name) => worded(`{{${name}}}`)); // whoever types the word means the variable

/** Buttons that write a variable, or a question to the agent, at the caret of `area`. */
export function holeButtons(area) {
  const write = (text, from, to) => {
    const at = area.selectionStart;
    area.focus();
    area.setRangeText(text, at, area.selectionEnd, "end");
    if (to) area.setSelectionRange(at + from, at + to);
    area.dispatchEvent(new Event("input"));
  };
  const pick = h("select", { class: "input", "aria-label": t("canned.hole_add"), onchange: () => {
    if (pick.value) write(worded(`{{${pick.value}}}`));
    pick.value = "";
  } }, h("option", { value: "" }, t("canned.hole_add")), ...KNOWN.map((name) => h("option", { value: name }, slotLabel(name))));
  const question = t("canned.question_example");
  return h("div", { class: "hole-buttons" }, pick, h("button", {
    class: "btn", type: "button", onclick: () => write(`{{?${question}}}`, 3, 3 + question.length),
  }, icon("edit"), t("canned.question_add")));
}

/** The list of variables in a text: which are filled from the conversation, which the agent is asked for. */
export class HoleList {
  constructor(params = []) {
    this.element = h("ul", { class: "hole-list" });
    // What was declared stays declared while its variable stands in the text.
    this.asked = new Map(params.filter(({ name }) => !name.startsWith("?")).map(({ name, label }) => [name, label]));
    this.names = [];
  }

  /** The parameters to store: variables that are asked for; questions speak for themselves. */
  get params() {
    return this.names.filter((name) => this.asked.has(name)).map((name) => ({ name, label: this.asked.get(name) }));
  }

  draw(text) {
    const names = slotsIn(text);
    if (names.join("\n") === this.names.join("\n") && names.length) return;
    this.names = names;
    this.element.hidden = !names.length;
    this.element.replaceChildren(...names.map((name) => h("li", {}, h("mark", { class: "slot" }, slotLabel(name)),
      name.startsWith("?") ? h("span", { class: "small quiet" }, t("canned.hole_asked")) : this.#choice(name))));
  }

  #choice(name) {
    const label = slotLabel(name);
    return h("label", { class: "small" }, h("input", { type: "checkbox", checked: this.asked.has(name), onchange: (event) => {
      if (event.target.checked) this.asked.set(name, label);
      else this.asked.delete(name);
    } }), t("canned.hole_ask_instead"));
  }
}
