/**
 * The contact-centre platform whose page holds the console in a frame. Both sides talk by
 * postMessage; only pages of the origins in the settings are heard and answered, and what they say is
 * text, never HTML. Each message is answered by `zhike:done` or by `zhike:refused` with the field.
 *
 * From the platform: zhike:contact {contact: {external_id, channel, customer, slots, messages}} opens
 * a contact, or the one with that id; zhike:message {external_id, role, text, message_id?} says
 * something in it; zhike:close {external_id} ends it. To the platform: zhike:ready {version},
 * zhike:insert {contact, text} (put this into your field), zhike:sent {contact, text} (the console
 * has sent this itself, in a contact that the page did not open), zhike:needs-sign-in.
 */

import { call } from "../api.js";
import { toParent } from "../parent_page.js";
import { Unreadable, read } from "./host_shapes.js";

const VERSION = 1;
const MOST_WAITING = 100; // messages that were heard and not yet done
const PATH = "/api/v1/contacts";

export class Host {
  /** The conversations that the platform has opened, by its own name for them. */
  #opened = new Map();
  #queue = Promise.resolve();
  #waiting = 0;

  /** The platform around the page whose console element says which origins it may have; null without. */
  static around(element) {
    const { origins } = element.dataset;
    return origins && window.parent !== window ? new Host(origins.split(" ")) : null;
  }

  constructor(origins) {
    this.origins = origins;
  }

  /** Starts to listen; `book` is the ContactBook, `open(id)` brings a contact before the agent. */
  start({ book, open }) {
    Object.assign(this, { book, open });
    book.addEventListener("arrived", ({ detail }) => this.#arrived(detail));
    addEventListener("message", (event) => this.#heard(event));
    this.#tell({ type: "zhike:ready", version: VERSION });
  }

  /** Puts a reply into the platform's own field, from where the agent sends it. */
  async insert(text, conversation) {
    this.#tell({ type: "zhike:insert", contact: conversation.summary.external_id, text });
    return true;
  }

  #heard({ data, origin, source }) {
    if (source !== window.parent || !this.origins.includes(origin)) return;
    if (typeof data?.type !== "string" || !data.type.startsWith("zhike:")) return;
    const refuse = (field, reason) => this.#tell({ type: "zhike:refused", of: data.type, field, reason });
    if (this.#waiting >= MOST_WAITING) {
      refuse("", "too many messages at once");
      return;
    }
    this.#waiting += 1;
    // One after the other: a message never overtakes the contact that it belongs to.
    this.#queue = this.#queue.then(() => this.#do(data)).catch((problem) => {
      if (problem instanceof Unreadable) refuse(problem.field, problem.reason);
      else refuse(problem.errors?.[0]?.field ?? "", problem.errors?.[0]?.message ?? problem.message);
    }).finally(() => { this.#waiting -= 1; });
  }

  async #do(data) {
    const parts = read(data);
    const conversation = data.type === "zhike:contact" ? await this.#contact(parts) : this.#known(parts.external_id);
    if (data.type === "zhike:message") await this.#message(conversation, parts);
    if (data.type === "zhike:close") await this.book.close(conversation);
    const external = conversation.summary.external_id;
    this.#tell({ type: "zhike:done", of: data.type, external_id: external, contact_id: conversation.id });
  }

  async #contact(parts) {
    const { messages, ...contact } = await call("POST", PATH, parts);
    this.book.apply({ type: "contact", data: { id: contact.id, summary: contact } });
    const conversation = this.book.conversation(contact.id);
    conversation.embedded = true;
    // The service keeps no order or phone numbers; to fill a reply they stay in this page's memory.
    const customer = Object.entries(parts.customer).map(([name, value]) => [`customer.${name}`, value]);
    conversation.fill({ ...Object.fromEntries(customer), ...parts.slots });
    this.#opened.set(contact.external_id, conversation);
    // One that was there already gets what it lacks. What has no name can only be said at the start.
    const known = new Set(messages.map(({ external_id: id }) => id));
    for (const message of parts.messages.filter(({ external_id: id }) => id && !known.has(id))) await this.#say(conversation, message);
    await this.book.change(conversation, { ...(contact.assigned_to ? {} : { assigned_to: "me" }), slots: parts.slots });
    this.open(contact.id);
    return conversation;
  }

  async #message(conversation, { role, text, message_id: own }) {
    await this.#say(conversation, { role, text, ...(own ? { external_id: own } : {}) });
  }

  async #say(conversation, message) {
    await call("POST", `${PATH}/${conversation.id}/messages`, message);
  }

  #known(external) {
    const found = this.#opened.get(external);
    if (!found || found.gone) throw new Unreadable("external_id", "not open");
    return found;
  }

  #arrived({ summary, message }) {
    if (message.role !== "agent" || message.author !== this.book.me || this.#opened.has(summary.external_id)) return;
    this.#tell({ type: "zhike:sent", contact: summary.external_id, text: message.text });
  }

  #tell(message) {
    toParent(this.origins, message);
  }
}
