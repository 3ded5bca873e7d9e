/** One conversation as the console works with it: what was said, what is known, and what the agent left open in it. */

const MOST_SENT = 100;
const LONGEST = 2000;
const MASKED = /\*|\[(邮箱|手机号|身份证号|银行卡号|订单号)\]/; // nothing to write to a customer

/** A contact that the service keeps, or (without an id) the scratch one that only this page knows. */
export class Conversation {
  id = null;
  channel = "chat";
  customer = {};
  /** Values of variables that only this page knows (see `fill`); they are stored nowhere. */
  own = {};
  /** The day whose rules answer; empty for today. */
  asOf = "";
  messages = [];
  risk = null;
  /** Inside another platform's page, which sends the reply itself. */
  embedded = false;
  /** The contact as the service told it last; null for the scratch one. */
  summary = null;
  /** Whether all its messages are here. */
  loaded = false;
  /** Somebody else handles it now. */
  gone = false;
  /** The last suggestions, and for what they were asked (its `key` then). */
  found = null;
  foundFor = "";
  /** What stands in the field for the customer's words, and whether that is unfolded. */
  typed = "";
  unfolded = false;
  /** What was asked about last: asked again (with another day or variable) it is no new question. */
  askedAbout = "";
  /** A change made here is on its way: what the service tells meanwhile is older. */
  changing = false;
  /** When the reply on screen last made way for another one by itself (see `performance.now`). */
  replacedAt = -Infinity;
  /** What is on its way to the service, in order. */
  queue = Promise.resolve();
  /** How the agent left it: the reply being written, the side column, how far it was scrolled. */
  left = null;

  get live() {
    return this.id !== null;
  }

  get status() {
    return this.summary?.status ?? "open";
  }

  get assignedTo() {
    return this.summary?.assigned_to ?? null;
  }

  get waitingSince() {
    return this.summary?.waiting_since ?? null;
  }

  /** What fills variables, with real values: what is known of the contact and not masked, and `own`. */
  get slots() {
    const customer = Object.entries(this.customer).map(([name, value]) => [`customer.${name}`, value]);
    const known = [...customer, ...Object.entries(this.summary?.slots ?? {})].filter(([, value]) => value && !MASKED.test(value));
    return { ...Object.fromEntries(known), ...this.own };
  }

  /** Adds real values for variables, kept in this page's memory alone. */
  fill(values) {
    this.own = { ...this.own, ...values };
  }

  /** Takes over what the service knows of the contact. */
  update(summary) {
    this.id = summary.id;
    this.summary = summary;
    this.channel = summary.channel;
    this.customer = summary.customer;
    if (!this.changing) this.asOf = summary.as_of?.slice(0, 10) ?? "";
    this.risk = summary.risk;
  }

  /**
   * Adds a message, or completes the one that it is (same number, or the sender's own name for it).
   * Words typed here stay as they were typed. Returns whether there is a new one to show.
   */
  add(message) {
    const known = this.messages.find((one) => (one.number && one.number === message.number)
      || (one.external_id && one.external_id === message.external_id));
    if (known) {
      Object.assign(known, { number: message.number, at: message.at, author: message.author, state: null });
      return false;
    }
    this.messages.push(message);
    this.messages.sort((a, b) => (a.number ?? Infinity) - (b.number ?? Infinity));
    return true;
  }

  /** Adds what was said in a conversation that only this page knows. */
  note(role, text) {
    this.messages.push({ role, text, at: new Date().toISOString(), number: null });
  }

  /** The agent's last message when it did not arrive; null otherwise. */
  get unsent() {
    const last = this.messages.findLast(({ role }) => role === "agent");
    return last?.state === "failed" ? last : null;
  }

  /** The number of the last message known without a gap. */
  get reached() {
    return this.messages.reduce((most, { number }) => (number === most + 1 ? number : most), 0);
  }

  /** The last words as the suggestion service takes them; `typing` counts as the newest of the customer's. */
  said(typing = this.typed.trim()) {
    const turns = this.messages.filter(({ state }) => state !== "failed")
      .map(({ role, text, at }) => ({ role, text: text.slice(0, LONGEST), ...(at ? { at } : {}) }));
    if (typing) turns.push({ role: "customer", text: typing.slice(0, LONGEST) });
    return turns.slice(-MOST_SENT);
  }

  /** The customer's newest message that says anything. */
  get question() {
    return this.said().findLast(({ role, text }) => role === "customer" && text.trim())?.text ?? "";
  }

  /** What the customer has said since the agent last spoke: it is answered together. */
  get turn() {
    const said = this.said();
    return said.slice(said.findLastIndex(({ role }) => role === "agent") + 1)
      .filter(({ role }) => role === "customer").map(({ text }) => text).join(" ");
  }

  /** What suggestions depend on: as long as it stays the same, there is nothing to ask again. */
  get key() {
    return JSON.stringify([this.about, this.channel, this.asOf]);
  }

  /** The words alone. */
  get about() {
    return this.said().map(({ role, text }) => `${role}: ${text}`).join("\n");
  }

  /** Starts afresh; only for the scratch one. */
  clear() {
    Object.assign(this, { messages: [], own: {}, customer: {}, found: null, foundFor: "", askedAbout: "", typed: "", left: null, risk: null });
  }
}
