/** Asks for suggestions to a conversation: at once for what was said, after a pause while it is typed. */

import { call } from "../api.js";

const PAUSE_MS = 70;

/**
 * Keeps what it gets with the conversation, and tells `asking` ({conversation}), `answered` and
 * `failed` ({conversation, problem}). A newer question to a conversation cancels the older one.
 */
export class Asking extends EventTarget {
  #flights = new Map();
  #timer = 0;

  /** Asks once typing pauses. */
  soon(conversation) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.ask(conversation), PAUSE_MS);
  }

  /**
   * Asks unless the answer is here already; `again` asks in any case. Quiet when nothing was said.
   * Whether it asks.
   */
  ask(conversation, again = false) {
    clearTimeout(this.#timer);
    if (!conversation.question || (!again && conversation.found && conversation.foundFor === conversation.key)) {
      if (!conversation.question) this.cancel(conversation);
      return false;
    }
    // The same words are asked about already: their answer is good for this, too.
    if (again || this.#flights.get(conversation)?.key !== conversation.key) this.#fly(conversation);
    return true;
  }

  async #fly(conversation) {
    const { key, slots } = conversation;
    this.cancel(conversation);
    const flight = Object.assign(new AbortController(), { key });
    this.#flights.set(conversation, flight);
    this.#tell("asking", { conversation });
    const { about, asOf } = conversation;
    // Words still being typed, or asked about before, are no new question to note as a gap.
    const draft = Boolean(conversation.typed.trim()) || about === conversation.askedAbout;
    try {
      const found = await call("POST", "/api/v1/suggest",
        { messages: conversation.said(), slots, channel: conversation.channel, draft, ...(asOf ? { as_of: asOf } : {}) }, { signal: flight.signal });
      Object.assign(conversation, { found, foundFor: key, askedAbout: about });
      this.#done(conversation, flight);
      this.#tell("answered", { conversation });
    } catch (problem) {
      if (problem.name === "AbortError") return;
      this.#done(conversation, flight);
      this.#tell("failed", { conversation, problem });
    }
  }

  /** Whether an answer to a conversation is on its way. */
  busy(conversation) {
    return this.#flights.has(conversation);
  }

  cancel(conversation) {
    this.#flights.get(conversation)?.abort();
    this.#flights.delete(conversation);
  }

  #done(conversation, flight) {
    if (this.#flights.get(conversation) === flight) this.#flights.delete(conversation);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
