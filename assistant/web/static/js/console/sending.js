/** Sends the reply where the conversation takes place, and tells the service what became of the suggestion. */

import { call, told } from "../api.js";
import { copy, toast } from "../dom.js";
import { t } from "../i18n.js";

const UNREAD_MS = 600;

/** The text of a question back, with the ways to mean it, so that the customer only has to choose. */
export function questionText({ question, options }) {
  return [question, ...options.map((option, index) => `${index + 1}. ${option.text ?? option}`)].join("\n");
}

/**
 * `reply` is the ReplyCard, `book` the ContactBook, `host` the platform around the page (`embedded`,
 * `insert(text, conversation)`), null without; `onSent(conversation)` follows each sending.
 */
export class Sending {
  constructor({ reply, book, host, onSent }) {
    Object.assign(this, { reply, book, host, onSent });
  }

  /** Sends what stands in the reply, or the question back where there is only that. */
  async send(conversation) {
    if (this.busy) return;
    this.busy = true;
    await this.#send(conversation).finally(() => { this.busy = false; });
  }

  async #send(conversation) {
    if (conversation.gone) {
      toast(t("contacts.gone_help"), "alert");
      return;
    }
    const { reply } = this;
    const text = reply.text.trim();
    if (!text) {
      if (reply.draft !== null || !(await this.#sendOther(conversation))) toast(t("keys.why_send"), "alert");
      return;
    }
    // The customer's words may have changed the reply just as the key came down: it was not read yet.
    if (conversation.live && reply.draft === null && !conversation.typed && performance.now() - conversation.replacedAt < UNREAD_MS) {
      toast(t("reply.just_replaced"), "alert");
      return;
    }
    const stop = await reply.ready();
    if (reply.text.trim() !== text) return; // another contact was opened meanwhile, or more was typed
    if (stop) {
      toast(stop.problem, "alert");
      stop.fix();
      return;
    }
    const outcome = reply.outcome();
    const query = conversation.turn || conversation.question;
    if (!(await this.#deliver(conversation, text))) return;
    if (outcome) this.#tell(query, outcome);
    reply.sent();
    this.onSent(conversation);
  }

  async sendQuestion(conversation) {
    if (await this.#deliver(conversation, questionText(conversation.found.clarify))) this.onSent(conversation);
  }

  /** Copies the reply, whatever else sending would do; nothing is said or told. */
  async copy() {
    const text = this.reply.text.trim();
    if (!text) {
      toast(t("keys.why_send"), "alert");
      return;
    }
    const done = await copy(text);
    toast(t(done ? "reply.copied" : "reply.copy_failed"), done ? "check" : "alert");
  }

  /** Reports the shown suggestion as outdated or unhelpful. */
  async report(conversation, kind, sentence) {
    const suggestion = this.reply.current;
    if (!suggestion) return;
    try {
      await this.#feedback(conversation.turn || conversation.question, suggestion, { kind, ...(sentence ? { sentence } : {}) });
      toast(t(`reply.${kind}_sent`));
    } catch (problem) {
      toast(told(problem), "alert");
    }
  }

  /** Without a reply: once more what did not arrive, or the question back; whether there was either. */
  async #sendOther(conversation) {
    const { found, turn, live, unsent } = conversation;
    const asks = !unsent && found?.clarify && !found.suggestions.length && (turn || !live);
    if (unsent) await this.book.retry(conversation, unsent);
    else if (asks) await this.sendQuestion(conversation);
    return Boolean(unsent || asks);
  }

  /** Whether it was handed over; a live contact takes it at once and says later when it did not arrive. */
  async #deliver(conversation, text) {
    const typed = conversation.typed.trim();
    conversation.typed = "";
    if (conversation.embedded && this.host) {
      if (!(await this.host.insert(text, conversation))) {
        conversation.typed = typed;
        return false;
      }
      if (typed && conversation.live) this.book.say(conversation, "customer", typed); // the platform tells what it sent, not what the caller said
    } else if (conversation.live) {
      if (typed) this.book.say(conversation, "customer", typed);
      this.book.say(conversation, "agent", text);
      return true;
    } else if (!(await copy(text))) {
      conversation.typed = typed;
      toast(t("reply.copy_failed"), "alert");
      return false;
    } else toast(t("reply.copied"));
    if (!conversation.live) {
      if (typed) conversation.note("customer", typed);
      conversation.note("agent", text);
    }
    return true;
  }

  #tell(query, { kind, suggestion, sent }) {
    this.#feedback(query, suggestion, { kind, ...(sent ? { sent } : {}) }).catch(() => {});
  }

  #feedback(query, { entry_id, revision }, fields) {
    return call("POST", "/api/v1/feedback", { entry_id, revision, query: query.slice(0, 2000), ...fields });
  }
}
