/** What was written before and is no revision yet: found when the page opens, offered, taken or thrown away. */

import { call } from "../api.js";
import { t } from "../i18n.js";
import { localMinute } from "../moments.js";
import { serverNow } from "../server_time.js";
import { token } from "./editor_local.js";
import { same, whole } from "./editor_state.js";

const NEW = /^new-[a-z0-9]{8}$/;
const MOST_OFFERED = 3;

/** The key under which the draft of a new entry is kept; it stands in the address, so that a reload finds it. */
export function newKey() {
  const address = new URL(location.href);
  const given = address.searchParams.get("draft") ?? "";
  const key = NEW.test(given) ? given : `new-${token()}`;
  address.searchParams.set("draft", key);
  history.replaceState(null, "", address);
  return key;
}

/** A moment in words: the time alone when it is today. */
export function timeOf(iso) {
  const [then, now] = [localMinute(Date.parse(iso)), localMinute(serverNow())];
  return then.slice(0, 10) === now.slice(0, 10) ? then.slice(11) : then;
}

const lastFirst = (drafts) => [...drafts].sort((one, other) => Date.parse(other.saved_at) - Date.parse(one.saved_at));

export class Restoring {
  #stored = null;
  #waiting = [];
  #newer = false;

  /**
   * `autosave`, `local` (LocalDrafts), `notices`; `state()` is what the form shows, `dirty()` whether it holds what no
   * revision does, `written()` whether somebody wrote in it since the page came, `take(draft)` puts a draft into it.
   */
  constructor({ autosave, local, notices, state, dirty, written, take, isNew }) {
    Object.assign(this, { autosave, local, notices, state, dirty, written, take, isNew });
  }

  /** Looks for drafts; one of a new entry that the address names is taken at once, unless it would go over what was typed. */
  async look() {
    const { key } = this.autosave;
    const { drafts } = await call("GET", "/api/v1/working").catch(() => ({ drafts: [] }));
    this.#stored = drafts.some((draft) => draft.key === key) ? await call("GET", `/api/v1/working/${key}`).catch(() => null) : null;
    const kept = this.local.all();
    this.autosave.begin(this.#stored?.saved_at ?? "");
    await this.#sort(kept.filter((draft) => draft.key === key));
    if (this.isNew && this.#waiting.length === 1 && !this.written()) this.#resume(this.#waiting.pop());
    else this.#offer();
    if (this.isNew) this.#others([...drafts, ...kept].filter((draft) => NEW.test(draft.key) && !draft.base_revision && draft.key !== key));
  }

  /** Another window saved under the same key: one of the two has to be chosen. */
  newer(draft) {
    this.#newer = true;
    this.#waiting = [];
    const chosen = () => { this.#newer = false; this.notices.clear("newer"); };
    this.notices.show("newer", t("editor.newer", { time: timeOf(draft.saved_at) }), {
      tone: "due", sign: "split",
      actions: [
        [t("editor.newer_mine"), () => { chosen(); this.autosave.begin(draft.saved_at); this.autosave.now(); }, true],
        [t("editor.newer_theirs"), () => { chosen(); this.take(draft); this.autosave.begin(draft.saved_at); this.autosave.soon(); }],
      ],
    });
    this.notices.clear("restore");
  }

  /** What is written is a revision now: there is no choice left to make, but what was found before stays on offer. */
  saved() {
    if (!this.#newer) return;
    this.#newer = false;
    this.notices.clear("newer");
    this.autosave.begin("");
  }

  /** The new entry exists: its draft has another key from now on, and the drafts of others are for later. */
  settled() {
    this.#waiting = [];
    this.#newer = false;
    for (const name of ["others", "restore", "newer"]) this.notices.clear(name);
    this.autosave.begin("");
  }

  /** Puts aside what says nothing new; the rest waits to be chosen from. */
  async #sort(kept) {
    const shown = whole(this.state());
    const stored = this.#stored;
    if (stored && same(whole(stored.state), shown)) {
      await this.autosave.discard();
      this.#stored = null;
    } else if (stored) this.#waiting.push(stored);
    for (const draft of kept) {
      const known = [shown, ...this.#waiting.map(({ state }) => whole(state))];
      if (known.some((other) => same(other, whole(draft.state)))) this.local.drop(draft.place);
      else this.#waiting.push(draft);
    }
    // Written on from what is stored: only the later one is of use.
    const later = this.#stored && this.#waiting.find((draft) => draft.place
      && (draft.seen === this.#stored.saved_at || draft.sent?.some((sent) => same(sent, this.#stored.state))));
    if (later) this.#waiting = this.#waiting.filter((draft) => draft !== this.#stored);
    if (later) this.#stored = later;
    this.#waiting = lastFirst(this.#waiting);
  }

  #use(draft) {
    this.take(draft);
    if (draft.place) this.autosave.takeOver(draft);
    this.#go();
    this.autosave.soon();
  }

  /** Saving goes on, unless the draft it would go over waits to be chosen. */
  #go() {
    if (!this.#waiting.includes(this.#stored)) this.autosave.begin();
  }

  #resume(draft) {
    this.#use(draft);
    this.notices.show("restore", t("editor.resumed", { time: timeOf(draft.saved_at) }), {
      actions: [[t("editor.start_over"), async () => { await this.autosave.end(); location.assign("/desk/entries/new"); }]],
    });
  }

  /** Offers the first of those that wait. */
  #offer() {
    const [draft] = this.#waiting;
    if (!draft) return;
    if (this.#waiting.includes(this.#stored)) this.autosave.hold();
    const chosen = () => {
      this.#waiting.shift();
      this.notices.clear("restore");
    };
    this.notices.show("restore", t("editor.restore", { time: timeOf(draft.saved_at) }), {
      tone: "due", sign: "clock",
      actions: [
        [t("editor.restore_take"), () => {
          if (this.dirty() && !window.confirm(t("editor.restore_over"))) return;
          chosen();
          this.#use(draft);
          this.#offer();
        }, true],
        [t("editor.restore_drop"), async () => {
          chosen();
          this.#go();
          if (draft.place) this.local.drop(draft.place);
          if (draft === this.#stored) await this.autosave.discard();
          this.autosave.soon();
          this.#offer();
        }],
      ],
    });
  }

  #others(found) {
    const drafts = lastFirst(found).filter(({ key }, n, all) => all.findIndex((other) => other.key === key) === n);
    if (!drafts.length) return;
    this.notices.show("others", t("editor.others"), {
      sign: "edit",
      actions: [
        ...drafts.slice(0, MOST_OFFERED).map((draft) => [
          `${draft.title || t("editor.untitled")} · ${timeOf(draft.saved_at)}`,
          async () => { await this.autosave.now(); location.assign(`/desk/entries/new?draft=${draft.key}`); },
        ]),
        [t("common.close"), () => this.notices.clear("others")],
      ],
    });
  }
}
