/** The visit: begun once for all tabs, its token renewed in time, begun anew when it was lost. */

import { ask, Problem } from "./client.js";

const RENEWED_AT = 2 / 3; // of a token's life
const SHORTEST_MS = 5 * 60_000;
const LONGEST_LIFE_MS = 30 * 60_000;
const LOOKS = 8;
const LOOK_MS = 50;

/** When a token given now should be renewed. A wrong clock here makes that early, never too late. */
function renewalOf(expires) {
  const life = Math.min(Math.max(Date.parse(expires) - Date.now(), SHORTEST_MS), LONGEST_LIFE_MS);
  return Date.now() + life * RENEWED_AT;
}

/** Tells `begun` (a new visit, with the service's answer) and `lost` (the old one is gone). */
export class Session extends EventTarget {
  #beginning = null;
  #timer = 0;
  #over = false;

  constructor(settings, memory) {
    super();
    this.settings = settings;
    this.memory = memory;
  }

  /** The visit that stands, or null. */
  get visit() {
    return this.memory.read();
  }

  address(path) {
    return new URL(`widget/v1/${path}`, this.settings.base).href;
  }

  /** A visit: the one that stands, or a new one; null after `stop`. */
  async ensure() {
    if (!this.visit && !this.#over) {
      this.#beginning ??= this.memory.alone("begin", (waited) => this.#begin(waited)).finally(() => { this.#beginning = null; });
      await this.#beginning;
    }
    this.#watch();
    return this.visit;
  }

  async #begin(waited) {
    if (waited) await this.#elsewhere(undefined);
    if (this.visit) return; // another tab was first
    const body = { site: this.settings.site, lang: this.settings.lang };
    const begun = await ask(this.address("sessions"), { method: "POST", body, lang: this.settings.lang });
    const { token, expires_at, visit, site, top } = begun;
    this.memory.keep({ token, visit, site, top, renew: renewalOf(expires_at), mode: begun.state.mode, verdicts: {} });
    this.dispatchEvent(new CustomEvent("begun", { detail: begun }));
  }

  /**
   * Calls the service for this visit. When the visit turns out to be lost a new one is begun, and
   * `anew` says whether the call makes sense there: then it is made again. So it is when another
   * visit has taken the place of the one that was asked in: that one's answer is nobody's any more.
   */
  async call(method, path, body, { anew = false, ...more } = {}) {
    await this.ensure();
    await this.#renewIfDue();
    for (;;) {
      const { token, visit } = (await this.ensure()) ?? {};
      try {
        const answer = await ask(this.address(path), { ...more, method, body, token, lang: this.settings.lang });
        if (this.#over || this.visit?.visit === visit) return answer;
        if (!anew) throw new Problem(0);
      } catch (error) {
        if (this.#over || !(error instanceof Problem) || error.status !== 401) throw error;
        await this.#replace(token);
        if (!anew) throw error;
      }
      anew = false;
    }
  }

  /** After a refusal of `token`: with another tab's newer one there is nothing to do. */
  async #replace(token) {
    if (await this.#elsewhere(token)) return;
    this.memory.forget();
    this.dispatchEvent(new Event("lost"));
    await this.ensure();
  }

  /** Whether another tab has another token than `token`; what it keeps is seen here a moment later. */
  async #elsewhere(token) {
    for (let look = 0; look < LOOKS; look += 1) {
      if (this.visit && this.visit.token !== token) return true;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return false;
  }

  async #renewIfDue() {
    if ((this.visit?.renew ?? Infinity) > Date.now()) return;
    await this.memory.alone("renew", async (waited) => {
      if (waited) await this.#elsewhere(this.visit?.token);
      const visit = this.visit;
      if (!visit || visit.renew > Date.now()) return; // another tab did it
      try {
        const given = await ask(this.address("sessions/renew"), { method: "POST", body: {}, token: visit.token });
        this.#renewed(visit, { token: given.token, renew: renewalOf(given.expires_at) });
      } catch (error) {
        // A refusal is dealt with by the call that follows; anything else is tried again then.
        if (error.status !== 401) this.#renewed(visit, { renew: Date.now() + 30_000 });
      }
    });
    this.#watch();
  }

  /** Keeps what became of renewing `visit`'s token, unless another visit has begun meanwhile. */
  #renewed(visit, more) {
    const now = this.visit;
    if (now?.token === visit.token) this.memory.keep(now, more);
  }

  /** Renews in time also while nothing is sent. */
  #watch() {
    clearTimeout(this.#timer);
    const due = (this.visit?.renew ?? 0) - Date.now();
    if (this.visit) this.#timer = setTimeout(() => this.#renewIfDue(), Math.max(due, 1_000));
  }

  /** Ends the visit here and there; nothing waits for the service to hear of it. */
  end() {
    const token = this.visit?.token;
    this.memory.forget();
    clearTimeout(this.#timer);
    if (token) ask(this.address("sessions"), { method: "DELETE", token, keepalive: true }).catch(() => {});
  }

  /** Ends the visit for good: nothing that is still on its way begins another one. */
  stop() {
    this.#over = true;
    this.end();
  }
}
