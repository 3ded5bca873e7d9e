/**
 * Which conversation is open, and everything that happens to it: words arrive, answers arrive, the
 * agent goes to another one and comes back. Each conversation keeps its reply, its answers, its side
 * column and how far it was scrolled; nothing that arrives moves the focus or touches a draft.
 */

import { toast } from "../dom.js";
import { t } from "../i18n.js";
import { Conversation } from "./conversation.js";

const TOGETHER_MS = 3_000; // consoles that hear of new knowledge ask again within this time, not at once

export class Workplace {
  /** `parts`: actions, answers, asking, asOf, book, composer, drafts, findings, head, list, reader, reply, side, thread. */
  constructor(parts) {
    Object.assign(this, parts);
    this.scratch = new Conversation();
    this.current = this.scratch;
    const { asking, book } = this;
    asking.addEventListener("asking", ({ detail }) => this.#if(detail, () => this.findings.waiting(this.current)));
    asking.addEventListener("answered", ({ detail }) => this.#if(detail, () => this.findings.show(this.current)));
    asking.addEventListener("failed", ({ detail }) => this.#if(detail, () => this.findings.failed(this.current, detail.problem)));
    book.addEventListener("message", ({ detail }) => this.#said(detail));
    book.addEventListener("contact", ({ detail }) => this.#if(detail, () => this.#changed()));
    document.addEventListener("visibilitychange", () => this.#read());
    addEventListener("pagehide", () => this.#keepDraft());
  }

  /** Opens a contact by its id (null: the scratch one); the focus goes home, if it is to. */
  open(id, focus = true) {
    if (id !== null && !this.book.contacts.has(id)) return;
    const next = id === null ? this.scratch : this.book.conversation(id);
    if (next !== this.current) this.#switch(next);
    if (focus) this.home({ preventScroll: true });
  }

  /** Shows everything about the open conversation, as at the start. */
  start() {
    const draft = this.drafts.of(this.current);
    if (draft) this.reply.restore({ draft });
    this.#show();
  }

  /** Where the keyboard belongs: the customer's words in the scratch contact, the reply in a live one. */
  home(options = {}) {
    if (!this.current.live) this.composer.focus();
    else (this.reply.root.querySelector("[data-home]") ?? this.reply.root).focus(options);
  }

  /** Asks for suggestions to what now stands there; with nothing said, says so. */
  refresh(again = false) {
    const { current } = this;
    if (current.question) {
      this.asking.ask(current, again);
      return;
    }
    this.asking.cancel(current);
    current.found = null;
    this.findings.show(current);
  }

  /** What is being typed in the customer's field. */
  typed(text) {
    this.current.typed = text;
    this.current.typed.trim() ? this.asking.soon(this.current) : this.refresh();
  }

  /** What was typed becomes a message of the customer. */
  commit() {
    const { current } = this;
    const text = current.typed.trim();
    if (!text || this.actions.refused(current)) return;
    current.typed = "";
    this.composer.show(current);
    if (current.live) this.book.say(current, "customer", text);
    else {
      current.note("customer", text);
      this.thread.draw(current);
      this.refresh();
    }
  }

  /** Chooses the day whose rules answer; a live contact keeps it. */
  choose(day) {
    const { current } = this;
    current.asOf = day;
    this.refresh();
    if (current.live) this.actions.change(current, { as_of: day });
  }

  /** Unfolds the customer's words in a live contact, or folds them away. */
  unfold(open = !this.current.unfolded) {
    const { current } = this;
    if (!current.live) {
      this.composer.focus();
      return;
    }
    current.unfolded = open;
    this.composer.show(current);
    this.head.show(current);
    if (open) this.composer.focus();
    else this.home();
  }

  /** After something was sent: the conversation as it is now. */
  sent(conversation) {
    if (conversation !== this.current) return;
    this.composer.show(conversation);
    this.thread.draw(conversation);
    if (!conversation.live) this.drafts.keep(conversation, null);
    if (conversation.live) this.findings.show(conversation);
    this.home();
  }

  /** A new scratch contact; from another contact it is only opened. */
  fresh() {
    if (this.current === this.scratch) {
      this.scratch.clear();
      this.reply.reset();
      this.drafts.keep(this.scratch, null);
      if (this.reader.open) this.reader.close();
      this.#show();
    }
    this.open(null);
  }

  /** The knowledge is different now: everything asked so far is asked again, quietly. */
  renewed() {
    setTimeout(() => this.refresh(true), Math.random() * TOGETHER_MS);
    this.book.forgetAnswers();
  }

  /** A message that did not arrive goes back into the reply, unless one stands there. */
  takeBack(message) {
    const { current, reply } = this;
    if (reply.draft?.trim()) {
      toast(t("thread.draft_stands"), "alert");
      return;
    }
    this.book.drop(current, message);
    reply.restore({ ...reply.snapshot(), draft: message.text });
    this.#keepDraft();
    this.home();
  }

  #switch(next) {
    const { current } = this;
    this.#keepDraft();
    current.left = { reply: this.reply.snapshot(), side: this.side.current, scroll: this.thread.scroll, found: current.found };
    if (this.reader.open) this.reader.close();
    if (next.live && next.left === null) next.unfolded = next.channel === "phone";
    this.current = next;
    const draft = this.drafts.of(next);
    this.reply.restore(next.left?.reply ?? (draft ? { draft } : null));
    this.#show();
    const address = new URL(location.href);
    address.searchParams.delete("q");
    if (next.live) address.searchParams.set("contact", next.id);
    else address.searchParams.delete("contact");
    history.replaceState(null, "", address);
  }

  #show() {
    const { current } = this;
    const { left } = current;
    this.thread.show(current, left?.scroll ?? null);
    this.head.show(current);
    this.composer.show(current);
    this.asOf.show(current.asOf);
    this.answers.reset();
    this.side.show(left?.side ?? "answers");
    this.list.mark(current.id);
    // The reply that was restored is the one to these answers: it stands as it was left.
    const same = left && current.found && left.found === current.found && (current.turn || !current.live);
    this.findings.show(current, !same);
    if (current.live && !current.loaded) this.book.fetch(current).catch((problem) => this.#if({ conversation: current }, () => this.findings.failed(current, problem)));
    else if (current.turn || !current.live) this.refresh();
    this.#read();
  }

  #said({ conversation, message, first }) {
    if (message?.role === "agent" && (message.state || this.drafts.of(conversation) === message.text)) {
      this.drafts.keep(conversation, message.state ? message.text : null);
    }
    if (conversation !== this.current) {
      if (conversation.turn) this.asking.ask(conversation); // so that it is there when the agent comes
      return;
    }
    if (first) this.thread.show(conversation);
    else this.thread.draw(conversation);
    this.head.show(conversation);
    this.list.draw();
    if (!conversation.turn || !this.asking.ask(conversation)) this.#settled();
    this.#read();
  }

  /** Nothing is asked for: what is known is shown, unless an answer to just that is on its way. */
  #settled() {
    if (!this.asking.busy(this.current)) this.findings.show(this.current);
  }

  #changed() {
    const { current } = this;
    this.head.show(current);
    this.findings.warn(current);
    if (current.asOf !== this.asOf.day) {
      this.asOf.show(current.asOf);
      this.refresh();
    }
    if (current.gone) this.findings.announce(t("contacts.gone"));
  }

  #keepDraft() {
    this.drafts.keep(this.current, this.reply.draft);
  }

  #read() {
    if (this.current.live && document.visibilityState === "visible") this.book.read(this.current);
  }

  #if({ conversation }, then) {
    if (conversation === this.current) then();
  }
}
