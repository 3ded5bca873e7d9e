/**
 * The contacts that the agent may see, kept in step with the service: the list, the conversations
 * opened so far, and everything that is done to them. Tells by events: `list` (the list is
 * different), `message` ({conversation, message}: something was said in an opened conversation),
 * `contact` ({conversation}: an opened one changed otherwise), `arrived` ({summary, message}: in any).
 */

import { call } from "../api.js";
import { Conversation } from "./conversation.js";

const PATH = "/api/v1/contacts";
const ownName = () => `console-${[...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;

export class ContactBook extends EventTarget {
  #opened = new Map();

  /** `me` is the agent's name, as contacts are assigned. */
  constructor(me) {
    super();
    this.me = me;
    this.contacts = new Map();
    this.last = new Map();
    this.state = "loading";
    this.problem = null;
  }

  /** Fetches the list; opened conversations learn what they missed. Resolves to where the events go on. */
  async load() {
    try {
      const { contacts, position } = await call("GET", `${PATH}?status=open`);
      this.contacts = new Map(contacts.map(({ last, ...contact }) => [contact.id, contact]));
      this.last = new Map(contacts.filter(({ last }) => last).map(({ id, last }) => [id, last]));
      this.state = "ready";
      this.problem = null;
      this.#tell("list");
      for (const conversation of this.#opened.values()) this.fetch(conversation).catch(() => {});
      return position;
    } catch (problem) {
      if (this.state !== "ready") this.state = "failed";
      this.problem = problem;
      this.#tell("list");
      throw problem;
    }
  }

  /** Whether there is such a contact for the agent, in the list or beyond it. */
  async find(id) {
    if (!this.contacts.has(id)) await call("GET", `${PATH}/${encodeURIComponent(id)}`).then((contact) => this.#learn(contact), () => {});
    return this.contacts.has(id);
  }

  /** Fetches the closed ones as well. */
  async loadClosed() {
    const { contacts } = await call("GET", `${PATH}?status=closed`);
    for (const { last, ...contact } of contacts) {
      this.contacts.set(contact.id, contact);
      if (last) this.last.set(contact.id, last);
    }
    this.#tell("list");
  }

  /** The contacts with a status, newest activity first; with `mine` only the agent's own. */
  listed({ status = "open", mine = false } = {}) {
    return [...this.contacts.values()]
      .filter((contact) => contact.status === status && (!mine || contact.assigned_to === this.me))
      .sort((a, b) => (b.last_message_at ?? b.created_at).localeCompare(a.last_message_at ?? a.created_at));
  }

  /** Takes in one event of the stream. */
  apply({ type, data }) {
    if (type === "contact" && data.gone) this.#gone(data.id);
    if (type === "contact" && !data.gone) this.#learn(data.summary);
    if (type === "message") this.#heard(data);
  }

  /** A contact's conversation, at once; its messages are fetched the first time (`message` tells). */
  conversation(id) {
    if (!this.#opened.has(id)) {
      const conversation = new Conversation();
      conversation.update(this.contacts.get(id));
      this.#opened.set(id, conversation);
    }
    return this.#opened.get(id);
  }

  /** Fetches the messages that are not here yet. */
  async fetch(conversation) {
    try {
      const contact = await call("GET", `${PATH}/${conversation.id}?after=${conversation.reached}`);
      const first = !conversation.loaded;
      const added = contact.messages.filter((message) => conversation.add(message));
      conversation.loaded = true;
      conversation.gone = false;
      this.#learn(contact);
      if (first || added.length) this.#tell("message", { conversation, message: null, first });
    } catch (problem) {
      if (problem.status === 404) this.#gone(conversation.id);
      throw problem;
    }
  }

  /**
   * Says something in a contact: it stands in the transcript at once as pending and is `failed` with
   * its problem when it did not arrive. An agent's words take a contact that nobody has.
   */
  async say(conversation, role, text) {
    const message = { role, text, at: new Date().toISOString(), author: this.me, number: null, external_id: ownName(), state: "pending" };
    conversation.add(message);
    this.#tell("message", { conversation, message });
    await this.#inTurn(conversation, message);
    return message;
  }

  /** Sends a failed message again, under the same name: twice heard is once said. */
  async retry(conversation, message) {
    Object.assign(message, { state: "pending", problem: null });
    this.#tell("message", { conversation, message });
    await this.#inTurn(conversation, message);
  }

  /** Gives up a message that did not arrive. */
  drop(conversation, message) {
    conversation.messages.splice(conversation.messages.indexOf(message), 1);
    this.#tell("message", { conversation, message: null });
  }

  /** Changes date, slots or who has the contact; a 409 means that somebody was quicker. */
  async change(conversation, changes) {
    await this.#do(conversation, "PATCH", "", changes);
  }

  async close(conversation, outcome = "") {
    await this.#do(conversation, "POST", "/close", outcome ? { outcome } : {});
  }

  async reopen(conversation) {
    await this.#do(conversation, "POST", "/reopen", {});
  }

  /** Counts what the customer wrote as read. */
  async read(conversation) {
    if (!conversation.summary?.unread || conversation.gone) return;
    this.#learn({ ...conversation.summary, unread: 0 });
    await call("POST", `${PATH}/${conversation.id}/read`, {}).catch(() => {}); // the next one says it again
  }

  /** Nothing that was found is good any more: it is asked again when a conversation is opened. */
  forgetAnswers() {
    for (const conversation of this.#opened.values()) conversation.foundFor = "";
  }

  async #do(conversation, method, path, body) {
    try {
      this.#learn(await call(method, `${PATH}/${conversation.id}${path}`, body));
    } catch (problem) {
      if (problem.status === 404 || (problem.status === 409 && "assigned_to" in body)) this.#gone(conversation.id);
      throw problem;
    }
  }

  /** One after the other, so that an answer never comes before its question. */
  #inTurn(conversation, message) {
    conversation.queue = conversation.queue.then(() => this.#deliver(conversation, message));
    return conversation.queue;
  }

  async #deliver(conversation, message) {
    try {
      if (message.role === "agent" && !conversation.assignedTo) await this.change(conversation, { assigned_to: "me" });
      const { role, text, external_id } = message;
      const stored = await call("POST", `${PATH}/${conversation.id}/messages`, { role, text, external_id });
      conversation.add(stored);
    } catch (problem) {
      if (problem.status === 404) this.#gone(conversation.id);
      // It may have arrived although the answer was lost: then the stream has told its number.
      if (!message.number) Object.assign(message, { state: "failed", problem });
    }
    this.#tell("message", { conversation, message });
  }

  #heard({ message, summary }) {
    const before = this.last.get(summary.id);
    if (!before || before.number <= message.number) this.last.set(summary.id, message);
    const conversation = this.#opened.get(summary.id);
    this.#learn(summary);
    if (conversation?.loaded) {
      if (message.number > conversation.reached + 1) this.fetch(conversation).catch(() => {});
      if (conversation.add(message)) this.#tell("message", { conversation, message });
      else this.#tell("message", { conversation, message: null });
    }
    this.#tell("arrived", { summary, message });
  }

  #learn(summary) {
    const known = this.contacts.get(summary.id);
    if (known && known.version > summary.version) return;
    const { messages, position, last, ...contact } = summary;
    if (last) this.last.set(contact.id, last);
    this.contacts.set(contact.id, contact);
    const conversation = this.#opened.get(contact.id);
    if (conversation) {
      conversation.gone = false;
      conversation.update(contact);
      this.#tell("contact", { conversation });
    }
    this.#tell("list");
  }

  #gone(id) {
    this.contacts.delete(id);
    const conversation = this.#opened.get(id);
    this.#opened.delete(id);
    if (conversation) {
      conversation.gone = true;
      this.#tell("contact", { conversation });
    }
    this.#tell("list");
  }

  #tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
