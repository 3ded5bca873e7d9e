/**
 * Replies not yet sent, kept for a reload of the page: the agent's own text by contact, in this
 * window's session storage, until they are sent or the agent signs out. What a customer wrote is
 * never among them.
 */

const SCRATCH = "scratch";

export class Drafts {
  constructor(owner) {
    this.name = `zhike-drafts-${owner}`;
    this.texts = this.#read();
    document.querySelector("form[action='/logout']")?.addEventListener("submit", () => this.clear());
  }

  of({ id }) {
    return this.texts[id ?? SCRATCH] ?? null;
  }

  /** Keeps `text` for a conversation; null or blank forgets it. */
  keep({ id }, text) {
    const key = id ?? SCRATCH;
    if (text?.trim()) this.texts[key] = text;
    else if (key in this.texts) delete this.texts[key];
    else return;
    try {
      sessionStorage.setItem(this.name, JSON.stringify(this.texts));
    } catch {
      // Storage is full or forbidden: the draft still stands on the page.
    }
  }

  clear() {
    this.texts = {};
    sessionStorage.removeItem(this.name);
  }

  #read() {
    try {
      return JSON.parse(sessionStorage.getItem(this.name)) ?? {};
    } catch {
      return {};
    }
  }
}
