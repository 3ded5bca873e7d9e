/** The conversation on the screen: each message once, what can be done about the newest, and the tail. */

import { button, h, icon, redraw } from "./dom.js";
import { footOf, messageElement } from "./message.js";
import { showOutgoing } from "./outbox.js";
import { closedCard, waitingCard } from "./person.js";
import { t } from "./texts.js";
import { ticketForm } from "./ticket_form.js";

const NEAR_PX = 80;
const SHORT_PX = 160; // a question that may stay in sight above its answer

export class Thread {
  #nodes = new Map();
  #underWay = new Map(); // items of `Outgoing` and their elements
  #tailOf = "";
  #tick = 0;
  #follows = true;

  constructor(app) {
    this.app = app;
    this.past = h("div", { class: "past" });
    this.list = h("div", { class: "messages" });
    this.pending = h("div", { class: "messages" });
    this.typing = h("div", { class: "message assistant typing", hidden: true },
      h("span", { class: "avatar", "aria-hidden": "true" }, icon("chat")),
      h("p", { class: "bubble" }, h("span", { class: "sr" }, t("widget.looking")), [1, 2, 3].map(() => h("i", { "aria-hidden": "true" }))));
    this.loading = h("div", { class: "skeleton", role: "status", "aria-label": t("widget.loading") }, [1, 2, 3].map(() => h("span", { class: "bar" })));
    this.tail = h("div", { class: "tail" });
    this.below = button(t("widget.newer"), () => this.toEnd(), { class: "newer", hidden: true }, icon("down"));
    this.element = h("div", { class: "thread", role: "log", "aria-live": "off", tabindex: "0", "aria-label": t("widget.conversation") },
      this.loading, this.past, this.list, this.pending, this.typing, this.tail);
    this.element.addEventListener("scroll", () => { if (this.#atEnd()) this.below.hidden = true; }, { passive: true });
  }

  /** Brings the screen up to date. */
  update() {
    const { conversation, outgoing, actions } = this.app;
    const { messages, state } = conversation;
    messages.forEach((message) => this.#show(message));
    const newest = messages.at(-1)?.number;
    const busy = outgoing.waiting || actions.busy;
    for (const message of messages) {
      const about = { newest: message.number === newest && !outgoing.items.length, verdict: conversation.verdict(message.number), state, busy };
      const node = this.#nodes.get(message.number);
      node.hidden = message.kind === "closed" && state.mode === "closed"; // the card below says it
      redraw(node.querySelector(".foot"), JSON.stringify(about), () => footOf(message, { ...about, actions }));
    }
    this.#showPending(outgoing.items);
    this.loading.hidden = conversation.restored || messages.length > 0 || outgoing.items.length > 0 || !!actions.failure;
    this.typing.hidden = !(state.mode === "bot" && (outgoing.waiting || actions.busy));
    this.#end(state.mode);
    this.#count(outgoing.items);
  }

  /** Messages have come: what is new is brought into sight, unless somebody reads further up. */
  arrived(messages) {
    const theirs = messages.find(({ role }) => role !== "customer") ?? messages[0];
    const asked = this.#nodes.get(messages[0].number);
    const mine = messages[0].role === "customer" || theirs.role === "assistant";
    if (mine || this.#follows) this.#bring(asked.offsetHeight < SHORT_PX ? asked : this.#nodes.get(theirs.number));
    else this.below.hidden = false;
  }

  /** Before a change: whether the end is in sight, so that what comes should be too. */
  before() {
    this.#follows = this.#atEnd();
  }

  toEnd() {
    this.element.scrollTop = this.element.scrollHeight;
    this.below.hidden = true;
  }

  /** The visit was lost: what was said stays to be read, set apart. */
  setApart() {
    if (!this.list.childNodes.length) return;
    this.list.querySelectorAll(".foot").forEach((foot) => foot.remove());
    this.past.append(...this.list.childNodes, h("p", { class: "divider" }, t("widget.new_visit")));
    this.#nodes.clear();
    this.#tailOf = "";
  }

  /** Nothing has been said yet. */
  clear() {
    this.past.replaceChildren();
    this.list.replaceChildren();
    this.#nodes.clear();
    this.#tailOf = "";
  }

  #show(message) {
    if (this.#nodes.has(message.number)) return;
    const node = messageElement(message, this.app);
    this.#nodes.set(message.number, node);
    const later = [...this.list.children].find((one) => Number(one.dataset.number) > message.number);
    this.list.insertBefore(node, later ?? null);
  }

  /** Each message on its way once: what is said about one is neither read out again nor loses the focus to another's. */
  #showPending(items) {
    for (const [item, node] of this.#underWay) {
      if (items.includes(item)) continue;
      node.remove();
      this.#underWay.delete(item);
    }
    for (const item of items) {
      if (!this.#underWay.has(item)) {
        this.#underWay.set(item, h("div", { class: "message customer" }));
        this.pending.append(this.#underWay.get(item));
      }
      showOutgoing(this.#underWay.get(item), item, this.app);
    }
  }

  /** The tail belongs to the mode; a form that is being filled in is left alone. */
  #end(mode) {
    const wanted = mode === "closed" ? `closed ${this.app.conversation.verdict(this.app.conversation.newest)}` : mode;
    const shown = mode === "ticket" && this.app.actions.ticketPutOff ? "" : wanted;
    if (shown === this.#tailOf) return;
    this.#tailOf = shown;
    const cards = { waiting: waitingCard, ticket: ticketForm, closed: closedCard };
    const card = cards[shown.split(" ")[0]]?.(this.app);
    this.tail.replaceChildren(...(card ? [card] : []));
    if (card) this.toEnd();
  }

  /** The seconds until a message is sent again go down on the screen. */
  #count(items) {
    clearTimeout(this.#tick);
    if (items.some(({ status }) => status === "waiting")) this.#tick = setTimeout(() => this.update(), 1000);
  }

  #atEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }

  /** What is longer than the screen is read from its beginning. */
  #bring(node) {
    this.element.scrollTop = node.offsetTop - this.element.offsetTop - 12;
  }
}
