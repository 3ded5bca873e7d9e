/** What is being written, kept while it is written: with the service, and on this computer while it is out of reach. */

import { call } from "../api.js";
import { serverNow } from "../server_time.js";
import { same } from "./editor_state.js";

const PAUSE_MS = 2000;
const AGAIN_MS = 15_000;
const BEACON = 60_000; // bytes that a browser still sends when the page goes away
const MOST_UNANSWERED = 3;

export class Autosave {
  #timer = 0;
  #saving = null;
  #kept = "";
  #here = "";
  #seen = "";
  #unanswered = []; // states sent that may be what is stored, nobody has told yet
  #taken = new Set();
  #held = false;
  #ended = false;

  /**
   * `key` names the draft, `local` are the LocalDrafts; `collect()` gives `{ state, title, base_revision,
   * base_version }`, or null when there is nothing to keep. `say(what, time)` tells "saving", "saved", "local",
   * "waiting" or "failed"; `onNewer(draft)` that another window saved meanwhile.
   */
  constructor({ key, local, collect, say, onNewer }) {
    Object.assign(this, { key, local, collect, say, onNewer });
    document.addEventListener("focusout", () => this.now());
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.now(); });
    addEventListener("pagehide", () => this.#leave());
    addEventListener("online", () => this.now());
  }

  /** Goes on over the draft saved at `seen`; by default over the one known of. */
  begin(seen = this.#seen) {
    this.#seen = seen;
    this.#kept = "";
    this.#held = false;
  }

  /** Until `begin` all stays on this computer: a choice between two drafts waits to be made. */
  hold() {
    this.#held = true;
  }

  /** A draft of this computer goes on here: its record goes when the service has it. */
  takeOver({ place, state }) {
    this.#taken.add(place);
    this.#sends(state);
  }

  /** Something was typed. */
  soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.now(), PAUSE_MS);
  }

  /** Saves what is there now, if it is not saved yet; resolves when that is done. */
  async now() {
    clearTimeout(this.#timer);
    if (this.#ended) return;
    if (this.#saving) {
      await this.#saving;
      this.soon();
      return;
    }
    const body = this.collect();
    const text = JSON.stringify(body);
    if (this.#held) {
      this.#wait(body, text);
      return;
    }
    if (!body && this.#seen && this.#kept) await this.discard(); // what was saved here was taken back again
    if (!body || text === this.#kept) return;
    await this.#alone(() => this.#put(body, text));
  }

  /** One message at a time is on its way about a draft. */
  async #alone(send) {
    while (this.#saving) await this.#saving;
    this.#saving = send();
    await this.#saving;
    this.#saving = null;
  }

  async #put(body, text) {
    this.say("saving");
    this.#sends(body.state);
    try {
      const { saved_at: at } = await call("PUT", `/api/v1/working/${this.key}`, { ...body, seen: this.#seen });
      this.#seen = at;
      this.#unanswered = [];
      this.#kept = text;
      if (!this.#here || this.#here === text) this.#forget(); // what is kept here may have been typed since
      this.say("saved", at);
    } catch (problem) {
      if (problem.status === 409 && this.#unanswered.some((own) => same(problem.body.draft.state, own))) {
        // A message of our own, sent when the page was left or its answer got lost.
        this.#seen = problem.body.draft.saved_at;
        this.soon();
      } else if (problem.status === 409) {
        this.hold();
        this.#wait(body, text);
        this.onNewer(problem.body.draft);
      } else {
        const newest = this.collect() ?? body; // the page may be on its way out, with more than was sent
        this.#say(this.#keep(newest, JSON.stringify(newest)) ? "local" : "failed");
        this.#timer = setTimeout(() => this.now(), AGAIN_MS);
      }
    }
  }

  /**
   * Throws this window's draft away: it is a revision now, or nobody wants it. What another window saved since stays,
   * and while a choice is waited for so does what is to be chosen from.
   */
  async discard() {
    clearTimeout(this.#timer);
    await this.#alone(async () => {
      clearTimeout(this.#timer);
      this.#forget();
      // Nothing counts as saved: what was typed since has yet to be.
      this.#kept = "";
      const had = this.#seen;
      if (!had || this.#held) return;
      this.#seen = "";
      const which = new URLSearchParams({ seen: had });
      await call("DELETE", `/api/v1/working/${this.key}?${which}`).catch(({ status }) => { if (status !== 409) this.#seen = had; });
    });
  }

  /** Throws the draft away for good: nothing is saved here any more. */
  async end() {
    this.#ended = true;
    await this.discard();
  }

  /** The page goes away: what is not saved goes with it as a last message, and stays on this computer. */
  #leave() {
    if (this.#ended) return;
    const body = this.collect();
    const text = JSON.stringify(body);
    if (!body || text === this.#kept) return;
    this.#keep(body, text);
    if (this.#held) return;
    this.#sends(body.state);
    const message = JSON.stringify({ ...body, seen: this.#seen });
    if (new Blob([message]).size > BEACON) return;
    fetch(`/api/v1/working/${this.key}`, {
      method: "PUT", keepalive: true, credentials: "same-origin", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: message,
    }).catch(() => {});
  }

  /** A message about to go may be what is stored next, with nobody left to hear of it. */
  #sends(state) {
    this.#unanswered = [...this.#unanswered.filter((other) => !same(other, state)), state].slice(-MOST_UNANSWERED);
  }

  #wait(body, text) {
    if (text === this.#here) return;
    if (body) this.#say(this.#keep(body, text) ? "waiting" : "failed");
    else this.#forget();
  }

  #say(what) {
    this.say(what, new Date(serverNow()).toISOString());
  }

  #keep(body, text) {
    const done = this.local.keep(this.key, { ...body, seen: this.#seen, sent: this.#unanswered });
    if (done) this.#here = text;
    return done;
  }

  #forget() {
    this.#here = "";
    this.local.forget(this.key);
    if (this.#held) return;
    for (const place of this.#taken) this.local.drop(place);
    this.#taken.clear();
  }
}
