/** Finding canned replies: one question at a time, and the most used ones at hand before they are asked for. */

import { call } from "../api.js";
import { lang } from "../i18n.js";

const MOST = 30;

/** Searches for `page.channel()` and `page.asOf()`; see `CannedPalette`. */
export class CannedSearch {
  #first = new Map();
  #inFlight = null;

  constructor(page) {
    this.page = page;
  }

  /** The most used of `scope`, as they were when last asked for; empty when they never were. */
  known(scope) {
    return this.#first.get(this.#key(scope)) ?? [];
  }

  /** Fetches the most used, so that the palette opens with them. */
  async warm() {
    await this.#fetch("", "", undefined).catch(() => {});
  }

  /** Something was used or written: what is known may be old. */
  forget() {
    this.#first.clear();
  }

  cancel() {
    this.#inFlight?.abort();
  }

  /** Replies for what was typed, best first; null when a newer question overtook this one. */
  async find(query, scope) {
    this.cancel();
    this.#inFlight = new AbortController();
    const { signal } = this.#inFlight;
    try {
      const found = await this.#fetch(query.trim().replace(/^[/、]/, ""), scope, signal);
      return signal.aborted ? null : found;
    } catch (problem) {
      if (problem.name === "AbortError") return null;
      throw problem;
    }
  }

  #key(scope) {
    return [scope, this.page.channel(), this.page.asOf()].join(" ");
  }

  async #fetch(query, scope, signal) {
    const asked = new URLSearchParams({ q: query, channel: this.page.channel(), limit: MOST });
    if (scope) asked.set("scope", scope);
    if (this.page.asOf()) asked.set("as_of", this.page.asOf());
    const key = this.#key(scope);
    const { replies } = await call("GET", `/api/v1/canned?${asked}`, undefined, { signal });
    if (query) return replies;
    // Most used first; among equals those in the language of the page.
    const foreign = ({ lang: spoken }) => Number(spoken !== lang);
    const sorted = replies.sort((a, b) => b.uses.mine - a.uses.mine || b.uses.all - a.uses.all || foreign(a) - foreign(b));
    this.#first.set(key, sorted);
    return sorted;
  }
}
