/** Drafts kept on this computer: one record for each window and key, so that two windows keep theirs apart. */

import { serverNow } from "../server_time.js";

/** Eight letters and digits that nobody else has. */
export const token = () => Array.from(crypto.getRandomValues(new Uint8Array(8)), (n) => (n % 36).toString(36)).join("");

const WINDOW = token();
const PLACE = /^([a-z0-9-]+)(?:\.[a-z0-9]+)?$/;

export class LocalDrafts {
  #before;

  /** `owner` is whose drafts they are. */
  constructor(owner) {
    this.#before = `zhike.working.${owner}.`;
  }

  /** All that is kept, newest first: what was kept, with its `key`, its `place` here and `saved_at`. */
  all() {
    const found = [];
    for (const place of this.#places()) {
      const key = place.slice(this.#before.length).match(PLACE)?.[1];
      const draft = key && this.#read(place);
      if (draft) found.push({ ...draft, key, place });
    }
    return found.sort((one, other) => (one.saved_at < other.saved_at ? 1 : -1));
  }

  /** Keeps a draft as this window's own under `key`; whether that worked. */
  keep(key, body) {
    try {
      localStorage.setItem(this.#own(key), JSON.stringify({ ...body, saved_at: new Date(serverNow()).toISOString() }));
      return true;
    } catch {
      return false;
    }
  }

  /** Forgets this window's own draft under `key`. */
  forget(key) {
    this.drop(this.#own(key));
  }

  /** Forgets the draft at a place that `all` told. */
  drop(place) {
    try {
      localStorage.removeItem(place);
    } catch { /* without a store there is nothing to forget */ }
  }

  #own(key) {
    return `${this.#before}${key}.${WINDOW}`;
  }

  #places() {
    try {
      return Object.keys(localStorage).filter((place) => place.startsWith(this.#before));
    } catch {
      return [];
    }
  }

  #read(place) {
    try {
      const draft = JSON.parse(localStorage.getItem(place));
      return draft?.state?.content && draft.saved_at ? draft : null;
    } catch {
      return null;
    }
  }
}
