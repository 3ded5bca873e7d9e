/** The line above a live contact's transcript: who it is, who handles it, and what can be done with it. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { clock, nameOf } from "./contact_words.js";

/** Draws into `root`; parts of the console add their `action`s. */
export class ThreadHead {
  #actions = [];
  #below = [];
  #conversation = null;
  #drawn = "";

  /** `me` is the agent's name. */
  constructor(root, me) {
    this.root = root;
    this.me = me;
    this.wait = null;
  }

  /**
   * Adds a button: `name`, `label(conversation)`, `icon`, `run(conversation)`, and optionally
   * `when(conversation)` it is there, `pressed(conversation)` for one that unfolds something,
   * `combo` (its key, as registered elsewhere) and `primary(conversation)`.
   */
  action(action) {
    this.#actions.push(action);
  }

  /** Adds a part that shows something of each conversation below the line: `show(conversation)`. */
  below(part) {
    this.#below.push(part);
  }

  show(conversation) {
    this.#conversation = conversation;
    for (const part of this.#below) part.show(conversation);
    this.root.hidden = !conversation.live;
    if (!conversation.live) return;
    const shown = this.#actions.filter(({ when }) => !conversation.gone && (when?.(conversation) ?? true));
    const parts = shown.map((action) => [action.name, action.label(conversation), action.pressed?.(conversation) ?? null, action.primary?.(conversation) ?? false]);
    const shape = JSON.stringify([conversation.id, conversation.customer, conversation.channel, conversation.assignedTo, conversation.gone, conversation.waitingSince, parts]);
    if (shape === this.#drawn) return;
    this.#drawn = shape;
    const focused = this.root.contains(document.activeElement) ? document.activeElement.dataset.act : null;
    this.wait = conversation.waitingSince ? h("span", { class: "wait" }, icon("clock"), t("contacts.waiting"), " ", h("b", {}, clock(conversation.waitingSince))) : null;
    this.root.replaceChildren(
      h("h2", {}, nameOf(conversation)),
      h("span", { class: "small quiet head-facts" }, h("span", {}, t(`channel.${conversation.channel}`)), h("span", {}, this.#whose(conversation)), this.wait),
      h("div", { class: "head-actions" }, ...shown.map((action, index) => this.#button(action, parts[index]))));
    if (focused) (this.root.querySelector(`[data-act="${focused}"]`) ?? this.root.querySelector("button"))?.focus();
  }

  /** Brings the waiting time up to date. */
  tick() {
    if (this.wait && this.#conversation?.waitingSince) this.wait.querySelector("b").textContent = clock(this.#conversation.waitingSince);
  }

  #whose({ gone, assignedTo, status }) {
    if (gone) return t("contacts.gone");
    if (status === "closed") return t("contacts.is_closed");
    if (!assignedTo) return t("contacts.unassigned");
    return assignedTo === this.me ? t("contacts.is_mine") : t("contacts.has", { name: assignedTo });
  }

  #button(action, [name, label, pressed, primary]) {
    return h("button", {
      class: `btn ${primary ? "primary" : "plain"}`, type: "button", data: { act: name }, "aria-keyshortcuts": action.combo,
      "aria-expanded": pressed === null ? null : String(pressed), title: action.combo ? `${label} (${action.combo})` : null,
      onclick: () => action.run(this.#conversation),
    }, action.icon ? icon(action.icon) : null, label);
  }
}
