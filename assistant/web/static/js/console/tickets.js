/** What the customer of a contact left while nobody was there: who they are, how to reach them, and that it is done. */

import { call, told } from "../api.js";
import { copy, h, icon, toast } from "../dom.js";
import { t } from "../i18n.js";

const FROM_VISIT = /^(visit:|sha256:)/;

/** A part below the head of the transcript. Only contacts from self-service are asked for tickets. */
export class Tickets {
  #shown = "";
  #conversation = null;

  constructor(root) {
    this.root = root;
  }

  /** Shows those of a conversation; asked for again when it has changed. */
  show(conversation) {
    this.#conversation = conversation;
    const { summary } = conversation;
    const wanted = summary && !conversation.gone && FROM_VISIT.test(summary.external_id ?? "") ? `${summary.id} ${summary.message_count}` : "";
    if (wanted === this.#shown) return;
    if (!wanted || wanted.split(" ")[0] !== this.#shown.split(" ")[0]) this.#draw([]);
    this.#shown = wanted;
    if (wanted) this.#load(wanted, () => call("GET", this.#path));
  }

  get #path() {
    return `/api/v1/contacts/${this.#conversation.id}/ticket`;
  }

  /** What is asked for is drawn only while it is still wanted. */
  async #load(wanted, ask) {
    try {
      const { tickets } = await ask();
      if (wanted === this.#shown) this.#draw(tickets);
      return true;
    } catch (problem) {
      if (wanted === this.#shown) this.#shown = ""; // the next change asks again
      if (problem.status) toast(told(problem), "alert");
      return false;
    }
  }

  #draw(tickets) {
    this.root.hidden = !tickets.length;
    this.root.replaceChildren(...tickets.map((ticket) => this.#card(ticket)));
  }

  #card({ id, name, reach, text, created_at: left, done_at: done }) {
    const time = (moment) => moment.slice(0, 16).replace("T", " ");
    const address = reach.includes("@") ? `mailto:${encodeURIComponent(reach).replace("%40", "@")}` : `tel:${reach.replace(/[^+\d]/g, "")}`;
    return h("section", { class: `ticket${done ? " done" : ""}`, "aria-label": t("handoff.ticket") },
      h("div", { class: "ticket-line" }, icon("inbox"), h("b", {}, t("handoff.ticket")), h("span", { class: "quiet small" }, t("handoff.left_at", { time: time(left) })),
        done ? h("span", { class: "chip good" }, icon("check"), t("handoff.is_done", { time: time(done) }))
          : h("button", { class: "btn", type: "button", data: { done: id }, onclick: () => this.#finish(id) }, icon("check"), t("handoff.done"))),
      h("dl", { class: "note-facts" },
        h("dt", {}, t("handoff.name")), h("dd", {}, name),
        h("dt", {}, t("handoff.reach")), h("dd", {}, h("a", { href: address }, reach), " ",
          h("button", { class: "btn plain icon-only", type: "button", title: t("handoff.copy"), "aria-label": t("handoff.copy"), onclick: () => this.#copy(reach) }, icon("copy")))),
      h("p", { class: "ticket-text" }, text));
  }

  async #copy(reach) {
    toast(t((await copy(reach)) ? "handoff.copied" : "reply.copy_failed"), "copy");
  }

  async #finish(ticket) {
    const button = this.root.querySelector(`[data-done="${ticket}"]`);
    button.disabled = true;
    const done = await this.#load(this.#shown, () => call("POST", this.#path, { ticket }));
    button.disabled = false;
    if (!done) return;
    toast(t("handoff.done_said"));
    if (!document.activeElement || document.activeElement === document.body) this.root.focus();
  }
}
