/** What an agent does with a contact besides answering; whatever goes wrong is said. */

import { call, told } from "../api.js";
import { toast } from "../dom.js";
import { t } from "../i18n.js";

const LONGEST = 2000;

export class ContactActions {
  constructor(book) {
    this.book = book;
  }

  /** Changes date, slots or who has the contact; whether it worked. */
  async change(conversation, changes) {
    conversation.changing = true;
    const done = await this.#try(() => this.book.change(conversation, changes));
    conversation.changing = false;
    return done;
  }

  /** Ends a contact, or opens it again. */
  async closeOrReopen(conversation) {
    if (!conversation.live || this.refused(conversation)) return;
    const closes = conversation.status === "open";
    const done = await this.#try(() => (closes ? this.book.close(conversation) : this.book.reopen(conversation)));
    if (done) toast(t(closes ? "contacts.closed_done" : "contacts.reopened_done"));
  }

  /** Sends what has no reliable answer to the people who write. */
  async reportGap({ found, turn, question, channel }) {
    if (!found || (found.suggestions.length && !found.unanswered.length)) {
      toast(t("keys.why_gap"), "alert");
      return;
    }
    const open = found.unanswered.length ? found.unanswered : [turn || question];
    const done = await this.#try(async () => {
      for (const query of open) await call("POST", "/api/v1/gaps", { query: query.slice(0, LONGEST), channel });
    });
    if (done) toast(t("reply.gap_sent"));
  }

  /** Whether somebody else has the contact by now, which is said. */
  refused(conversation) {
    if (conversation.gone) toast(t("contacts.gone_help"), "alert");
    return conversation.gone;
  }

  async #try(does) {
    try {
      await does();
      return true;
    } catch (problem) {
      toast(problem.status === 409 ? t("contacts.gone_help") : told(problem), "alert");
      return false;
    }
  }
}
