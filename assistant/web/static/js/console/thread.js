/** The transcript: who said what and when, what is still on its way, and what did not arrive. */

import { told } from "../api.js";
import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { isNote, noteParts } from "./handover_note.js";

const NEAR_END = 60;

function why(problem) {
  return problem?.status === 404 || problem?.status === 409 ? t("contacts.gone") : told(problem ?? {});
}

/** Draws a conversation into `list`; `onRetry(message)` and `onTakeBack(message)` for what did not arrive. */
export class Thread {
  #items = new Map();

  constructor(list, { onRetry, onTakeBack }) {
    this.list = list;
    this.on = { onRetry, onTakeBack };
    this.follows = true;
    list.addEventListener("scroll", () => { this.follows = this.#atEnd; });
    new ResizeObserver(() => this.#follow()).observe(list);
  }

  /** Shows a conversation from its end, or where `scroll` says it was left. */
  show(conversation, scroll = null) {
    this.#items.clear();
    this.list.replaceChildren();
    // What was said before is history; only what comes now is announced.
    this.list.setAttribute("aria-live", "off");
    this.draw(conversation);
    this.follows = scroll === null;
    if (scroll === null) this.#follow();
    else this.list.scrollTop = scroll;
    requestAnimationFrame(() => this.list.setAttribute("aria-live", "polite"));
  }

  /** Brings the list up to date; it follows its end unless the reader has scrolled away from it. */
  draw(conversation) {
    const { list } = this;
    for (const [message, { item }] of this.#items) {
      if (!conversation.messages.includes(message)) { item.remove(); this.#items.delete(message); }
    }
    conversation.messages.forEach((message, index) => {
      const item = this.#item(message);
      if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
    });
    this.#follow();
  }

  /** How far it is scrolled; null at its end. */
  get scroll() {
    return this.follows ? null : this.list.scrollTop;
  }

  get #atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.list;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  #follow() {
    if (this.follows) this.list.scrollTop = this.list.scrollHeight;
  }

  #item(message) {
    const known = this.#items.get(message);
    const shape = `${message.state ?? ""}/${message.at}`;
    if (known?.shape === shape) return known.item;
    const item = h("li", { class: `bubble ${message.role}${message.state ? ` ${message.state}` : ""}${isNote(message) ? " note" : ""}` },
      h("span", { class: message.role === "assistant" ? "who" : "visually-hidden" }, t(`speaker.${message.role}`)),
      isNote(message) ? noteParts(message.text) : message.text, this.#state(message));
    known?.item.replaceWith(item);
    this.#items.set(message, { item, shape });
    return item;
  }

  #state(message) {
    if (message.state === "pending") return h("small", { class: "said-at" }, t("thread.pending"));
    if (message.state === "failed") {
      return h("small", { class: "said-at" }, icon("alert"), h("span", {}, t("thread.failed", { why: why(message.problem) })),
        h("button", { class: "btn", type: "button", onclick: () => this.on.onRetry(message) }, icon("reload"), t("common.retry")),
        h("button", { class: "btn", type: "button", onclick: () => this.on.onTakeBack(message) }, icon("back"), t("thread.take_back")));
    }
    return message.number && message.at ? h("time", { class: "said-at", datetime: message.at }, message.at.slice(11, 16)) : null;
  }
}
