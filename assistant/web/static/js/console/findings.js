/** What was found for the open conversation: answers beside it, warnings and the reply in it. */

import { told } from "../api.js";
import { h, icon, toast } from "../dom.js";
import { t } from "../i18n.js";
import { mended } from "./mended.js";
import { askBack, noAnswer, notSent, replied, unavailable, waitingForCustomer } from "./panels.js";

const SKELETON_AFTER_MS = 160;
const QUIET_MS = 900;
const byId = (id) => document.getElementById(id);

/**
 * Draws with `answers` (AnswerList), `reply` (ReplyCard) and `risk` (`show({risk, handover},
 * conversation)`, `spoken`). `on`: `take(text)` puts a text in the place of what is being typed, `sendQuestion()`
 * sends the question back, `resend()` the reply that did not arrive, `gap()` and `retry()` as they say, `shown(conversation)` when it is drawn.
 */
export class Findings {
  #skeleton = 0;
  #quiet = 0;
  #shown = null;

  constructor({ answers, reply, risk }, on) {
    Object.assign(this, { answers, reply, risk, on });
  }

  /** An answer is on its way. */
  waiting(conversation) {
    byId("progress").hidden = false;
    clearTimeout(this.#skeleton);
    if (!conversation.found) this.#skeleton = setTimeout(() => this.answers.skeleton(), SKELETON_AFTER_MS);
  }

  /** No answer is on its way any more. */
  settled() {
    clearTimeout(this.#skeleton);
    byId("progress").hidden = true;
  }

  /** Everything about a conversation; `replies` false leaves the reply as it stands. */
  show(conversation, replies = true) {
    this.settled();
    const { found } = conversation;
    this.warn(conversation);
    this.on.shown(conversation);
    if (!found) {
      this.#nothing(conversation, replies);
      return;
    }
    const reading = this.#list(conversation);
    if (replies) this.#replace(conversation);
    this.announce([...reading.map((part) => part.textContent), this.risk.spoken, this.#summary(found)].filter(Boolean).join(t("list.join")));
  }

  /** The warnings: those of the last answer, or of the contact itself where its newest words are answered. */
  warn(conversation) {
    const { found, risk, turn } = conversation;
    if (found && (turn || !conversation.live)) this.risk.show(found, conversation);
    else this.risk.show({ risk, handover: risk?.handover ?? null }, conversation);
  }

  /** Old answers stay readable and say that they are old; without any, both panes say what happened. */
  failed(conversation, problem) {
    this.settled();
    const text = told(problem);
    if (conversation.found) {
      const note = byId("answers-note");
      if (note.textContent !== t("console.stale")) toast(text, "alert");
      this.#note(t("console.stale"), true);
      return;
    }
    this.#note("");
    this.answers.message(...unavailable(problem.status ? problem.title : "", text, this.on.retry));
    this.reply.message(icon("send"), h("strong", {}, t("reply.unavailable")),
      problem.status === 0 ? h("p", {}, t("reply.unavailable_help")) : null);
    this.announce(text);
  }

  /** Says it to assistive technology once typing has paused. */
  announce(text) {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => { byId("announce").textContent = text; }, QUIET_MS);
  }

  #list(conversation) {
    const { found } = conversation;
    const used = found.suggestions.map((suggestion) => suggestion.entry_id);
    if (found.results.length) this.answers.show(found.results, used, found.suggestions.length > 0 || Boolean(found.clarify));
    else this.answers.message(icon("search"), h("strong", {}, t("console.none")));
    this.#note(found.degraded ? t("console.degraded") : t("console.found", { count: found.results.length }), found.degraded);
    byId("answers-note").title = t("console.took", { ms: Math.max(1, Math.round(found.took_ms)) });
    const reading = readAs(found, conversation.turn);
    byId("answers-read").replaceChildren(...reading);
    byId("answers-read").hidden = !reading.length;
    return reading;
  }

  /** Notes when the words that were about to be sent make way for others. */
  #replace(conversation) {
    const before = this.reply.text;
    this.#reply(conversation);
    if (this.#shown === conversation && this.reply.text !== before) conversation.replacedAt = performance.now();
    this.#shown = conversation;
  }

  #reply(conversation) {
    const { found, live, turn, channel } = conversation;
    const { mood } = found.risk;
    if (conversation.unsent) this.reply.message(...notSent(this.on.resend));
    else if (live && !turn) this.reply.message(...replied(() => this.reply.show(found.suggestions, [], { mood, channel }), found.suggestions.length));
    else if (found.suggestions.length) this.reply.show(found.suggestions, found.unanswered, { mood, channel });
    else if (found.clarify) this.reply.message(...askBack(found.clarify, live ? null : this.on.take, this.on.sendQuestion));
    else this.reply.message(...noAnswer(found.results.length, this.on.gap));
  }

  /** Before anything was found: nothing said yet, or everything said is answered. */
  #nothing(conversation, replies) {
    this.#note("");
    byId("answers-read").hidden = true;
    this.answers.message(icon("book"), h("strong", {}, t("console.answers_empty")), h("p", {}, t("console.answers_empty_help")));
    if (!replies) return;
    const { live, loaded, turn } = conversation;
    if (!live) this.reply.message(...waitingForCustomer(this.on.take));
    else if (loaded && !turn) this.reply.message(...replied(null, 0));
    else this.reply.loading();
  }

  #note(text, due = false) {
    const note = byId("answers-note");
    note.textContent = text;
    note.title = "";
    note.className = `small ${due ? "due-text" : "quiet"}`;
  }

  #summary(found) {
    if (found.suggestions.length) return t("console.announce", { count: this.answers.useful, title: found.suggestions[0].title });
    return found.clarify ? `${t("reply.ask_back")} ${found.clarify.question}` : t("reply.none");
  }
}

/** As what the question was read where it was mended, and which earlier words counted. */
function readAs({ corrected, context_used: words }, turn) {
  const line = (name, full, ...nodes) => h("p", { title: full }, icon(name), h("span", {}, ...nodes));
  const context = t("console.with_context", { words: words.join(t("list.join")) });
  const [before, after] = t("console.corrected", { text: "\n" }).split("\n");
  return [
    corrected ? line("edit", `${before}${corrected}${after}`, before, ...mended(turn, corrected), after) : null,
    words.length ? line("clock", context, context) : null,
  ].filter(Boolean);
}
