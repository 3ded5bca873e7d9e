/**
 * When somebody's last shift ended, and what they have seen since.
 *
 * Kept in this browser, by person: the server holds no record of when its people work. Where nothing
 * is known yet (a new computer), a day is taken.
 */

const GAP_MS = 4 * 3_600_000;
const STEP_MS = 60_000;
const UNKNOWN_MS = 24 * 3_600_000;
const MOST_SEEN = 500;

/** The shift of `person`; `onNew()` when one begins while the page stands open. */
export class Shift {
  #key;
  #kept;

  constructor(person, onNew = () => {}, now = () => Date.now()) {
    this.#key = `zhike.shift.${person}`;
    this.now = now;
    this.onNew = onNew;
    this.#kept = this.#read();
    this.#touch();
    for (const sign of ["keydown", "pointerdown"]) document.addEventListener(sign, () => this.#active(), { capture: true, passive: true });
  }

  /** The moment since when changes are news, as ISO 8601 in UTC. */
  get since() {
    return this.#kept.since;
  }

  /** Takes another moment, until the next shift begins; null: the end of the last one again. */
  choose(moment) {
    Object.assign(this.#kept, { since: moment ?? this.#kept.ended, chosen: Boolean(moment) });
    this.#write();
  }

  /** Whether the moment was chosen by hand. */
  get chosen() {
    return Boolean(this.#kept.chosen);
  }

  seen(id) {
    return this.#kept.seen.includes(id);
  }

  /** Marks news as seen, or as unseen again. */
  mark(ids, seen = true) {
    const others = this.#kept.seen.filter((id) => !ids.includes(id));
    this.#kept.seen = (seen ? [...others, ...ids] : others).slice(-MOST_SEEN);
    this.#write();
  }

  /** An open page is no work: only what somebody does counts. */
  #active() {
    if (this.now() - this.#kept.last < STEP_MS) return;
    if (this.#touch()) this.onNew();
  }

  /** Notes that the console is in use; whether a shift begins with it. */
  #touch() {
    // Another tab of the same person may have noted more meanwhile.
    this.#kept = this.#read();
    const begins = this.now() - this.#kept.last > GAP_MS;
    if (begins) {
      const ended = new Date(this.#kept.last).toISOString();
      Object.assign(this.#kept, { since: ended, ended, chosen: false });
    }
    this.#kept.last = this.now();
    this.#write();
    return begins;
  }

  #read() {
    const ended = new Date(this.now() - UNKNOWN_MS).toISOString();
    const fresh = { last: this.now(), since: ended, ended, seen: [] };
    try {
      const kept = JSON.parse(localStorage.getItem(this.#key)) ?? {};
      return Number.isFinite(kept.last) && Array.isArray(kept.seen) && !Number.isNaN(Date.parse(kept.since)) ? kept : this.#kept ?? fresh;
    } catch {
      return this.#kept ?? fresh; // storage is closed to a frame of another site: it lasts as long as the page
    }
  }

  #write() {
    try {
      localStorage.setItem(this.#key, JSON.stringify(this.#kept));
    } catch { /* as above */ }
  }
}
