/**
 * What the tabs of one browser share about the visit: kept in the page's own storage, and told to
 * the other tabs at once. Where storage is closed to us the visit lasts as long as the page.
 */

const CLOSED = { getItem: () => null, setItem: () => {}, removeItem: () => {} };

function openStorage() {
  try {
    return window.localStorage ?? CLOSED;
  } catch {
    return CLOSED;
  }
}

/** Tells `shared` with what another tab has said. */
export class VisitMemory extends EventTarget {
  #storage = openStorage();
  #kept = null;
  #channel = null;
  #locks = null;
  #over = false;

  constructor(site) {
    super();
    this.name = `zhike.${site}`;
    if (this.#storage === CLOSED) return; // tabs that share nothing have nothing to tell or to wait for
    this.#locks = navigator.locks; // refused, as the channel is, wherever the storage is closed
    try {
      this.#channel = new BroadcastChannel(this.name);
      this.#channel.onmessage = ({ data }) => this.dispatchEvent(new CustomEvent("shared", { detail: data }));
    } catch {
      // An old browser, or a forbidden channel: the tabs meet in the storage.
    }
  }

  /** The visit as it was last kept, by this tab or another; null: there is none. */
  read() {
    try {
      const found = JSON.parse(this.#storage.getItem(this.name));
      if (found?.token && found.site) return found;
    } catch {
      // Somebody else's words under our name: as if there were none.
    }
    return this.#kept;
  }

  /** Keeps `visit`, with what `more` changes in it. */
  keep(visit, more = {}) {
    if (this.#over) return;
    this.#kept = { ...visit, ...more };
    try {
      this.#storage.setItem(this.name, JSON.stringify(this.#kept));
    } catch {
      // Full or forbidden: this tab goes on with its own copy, and reads no older one there.
      this.#remove();
    }
  }

  /** Forgets the visit. */
  forget() {
    this.#kept = null;
    this.#remove();
  }

  /** Tells the other tabs. */
  share(message) {
    if (!this.#over) this.#channel?.postMessage(message);
  }

  /**
   * Runs `work` while no other tab runs its own of the same name, where the browser has locks; it
   * is told whether it had to wait for one.
   */
  async alone(name, work) {
    if (!this.#locks) return work(false);
    const own = `${this.name}.${name}`;
    const free = await this.#locks.request(own, { ifAvailable: true }, async (lock) => {
      if (!lock) return false;
      await work(false);
      return true;
    });
    if (!free) await this.#locks.request(own, () => work(true));
  }

  /** Runs `work` once no other tab does, or in every tab where the browser has no locks. */
  lead(name, work, signal) {
    return this.#locks ? this.#locks.request(`${this.name}.${name}`, { signal }, work) : work();
  }

  /** Ends listening, and keeps nothing any more: an answer may still be on its way. */
  close() {
    this.#over = true;
    this.#channel?.close();
  }

  #remove() {
    try {
      this.#storage.removeItem(this.name);
    } catch {
      // Nothing was kept there then.
    }
  }
}
