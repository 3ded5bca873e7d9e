/**
 * What the customer has sent and the service has not taken yet. Each message keeps its external id
 * through every attempt, so that one that did arrive is not said twice.
 */

import { Problem } from "./client.js";

const PAUSES_S = [1, 3, 8];
const LONGEST_WAIT_S = 60; // what is asked to wait longer is left for the customer to send again
const SLOW_MS = 6_000;

/** A name that nobody else gives; without `randomUUID`, which pages over plain http lack. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Tells `changed`. Each item: {id, text, status, until}; the status is `sending`, `slow`, `waiting`
 * (sent again at `until`), `offline`, `busy` (may be sent again after `until`), `failed`, `refused`.
 */
export class Outgoing extends EventTarget {
  items = [];
  #session;
  #conversation;
  #context;
  #busy = false;
  #wake = null;

  constructor(session, conversation, context) {
    super();
    this.#session = session;
    this.#conversation = conversation;
    this.#context = context;
    this.online = () => this.#wake?.();
    addEventListener("online", this.online);
  }

  /** Whether an answer is waited for. */
  get waiting() {
    return this.items.some(({ status }) => ["sending", "slow", "waiting", "offline"].includes(status));
  }

  send(text) {
    this.items.push({ id: newId(), text, status: "sending", until: 0 });
    this.#tell();
    this.#pump();
  }

  /** Tries a failed message once more. */
  again(item) {
    this.#set(item, "sending");
    this.#pump();
  }

  /** Forgets a message that did not get through; its text. */
  drop(item) {
    this.items = this.items.filter((one) => one !== item);
    this.#tell();
    return item.text;
  }

  stop() {
    removeEventListener("online", this.online);
    this.items = [];
    this.#wake?.();
  }

  async #pump() {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (;;) {
        const item = this.items.find(({ status }) => status === "sending");
        if (!item) break;
        await this.#deliver(item);
      }
    } finally {
      this.#busy = false;
    }
  }

  async #deliver(item) {
    for (let attempt = 0; this.items.includes(item); attempt += 1) {
      const slow = setTimeout(() => this.#set(item, "slow"), SLOW_MS);
      try {
        await this.#conversation.restore();
        const body = { text: item.text, external_id: item.id, context: this.#context() };
        const answer = await this.#session.call("POST", "messages", body, { anew: true });
        this.items = this.items.filter((one) => one !== item);
        this.#conversation.take(answer);
        this.#tell();
        return;
      } catch (error) {
        clearTimeout(slow); // what is waited for from here on has words of its own
        if (!(error instanceof Problem)) {
          this.#set(item, "failed"); // a fault of ours: the text can still be sent again or changed
          throw error;
        }
        if (!(await this.#mayTryAgain(item, error, attempt))) return;
      } finally {
        clearTimeout(slow);
      }
    }
  }

  /** Waits as long as makes sense; whether another attempt does. */
  async #mayTryAgain(item, { status, wait }, attempt) {
    if (status >= 400 && status < 500 && status !== 429 && status !== 401 && status !== 408) return this.#set(item, "refused");
    if (wait > LONGEST_WAIT_S) return this.#set(item, "busy", Date.now() + wait * 1000);
    if (attempt >= PAUSES_S.length) return this.#set(item, "failed");
    const offline = status === 0 && navigator.onLine === false;
    const seconds = Math.max(wait, PAUSES_S[attempt]);
    this.#set(item, offline ? "offline" : status === 0 ? "slow" : "waiting", Date.now() + seconds * 1000);
    await new Promise((resolve) => {
      const timer = offline ? 0 : setTimeout(resolve, seconds * 1000);
      this.#wake = () => { clearTimeout(timer); resolve(); };
    });
    this.#wake = null;
    if (this.items.includes(item)) this.#set(item, "sending");
    return true;
  }

  #set(item, status, until = 0) {
    Object.assign(item, { status, until });
    this.#tell();
    return false;
  }

  #tell() {
    this.dispatchEvent(new Event("changed"));
  }
}
