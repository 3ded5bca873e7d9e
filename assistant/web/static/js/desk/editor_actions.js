/** Saving and handing in, with all that the page says about it. */

import { call, told } from "../api.js";
import { toast } from "../dom.js";
import { t } from "../i18n.js";
import { timeOf } from "./editor_restore.js";
import { Refused } from "./editor_saving.js";
import { askNote } from "./editor_submit.js";

const by = (id) => document.getElementById(id);
const BUTTONS = ["editor-save", "editor-submit"];

export class Actions {
  /**
   * Takes the parts of the page; `state()` is what it holds, `weigh()` looks for problems, `onFirst(entry)` follows
   * the first save of a new entry, `onRefused(problems)` a save that the service refused, and with none a new try.
   */
  constructor(parts) {
    Object.assign(this, parts);
    document.addEventListener("visibilitychange", () => this.#lookForNewer());
  }

  /** The page takes orders from now on. */
  ready() {
    for (const id of BUTTONS) by(id).disabled = false;
  }

  /** Says which version the page shows. */
  tell({ revision, status }) {
    by("editor-from").replaceChildren(t("entry.revision", { number: revision }), " · ", t(`status.${status}`));
  }

  /** Saves a draft revision; gives the entry, or null when that did not go through. */
  async save() {
    if (this.saving.busy || !(await this.#fit())) return null;
    this.#busy(true);
    try {
      const first = !this.saving.id;
      const entry = await this.saving.save();
      if (entry) await this.#saved(entry, first);
      else this.notices.show("merge", t("editor.unmerged"), { tone: "due", sign: "split", actions: [[t("editor.merge_open_again"), () => this.save(), true]] });
      return entry;
    } catch (problem) {
      this.#refused(problem);
      return null;
    } finally {
      this.#busy(false);
    }
  }

  /** Asks for a note, saves what is not saved and hands the version in. */
  async submit() {
    if (this.saving.busy || !(await this.#fit())) return;
    const note = await askNote(by("editor-submit-sheet"), this.state());
    if (note === null) return;
    const { saving } = this;
    const entry = saving.id && !saving.dirty ? { revision: saving.base, status: saving.status } : await this.save();
    if (!entry) return;
    if (entry.status !== "draft") {
      toast(t(entry.status === "in_review" ? "editor.already_in_review" : "editor.nothing_to_submit"), "alert");
      return;
    }
    this.#busy(true);
    try {
      this.tell(await saving.submit(entry.revision, note));
      const review = `/desk/entries/${saving.id}/revisions/${entry.revision}`;
      this.notices.clear("sent_back");
      const made = this.notices.show("submitted", t("editor.submitted", { number: entry.revision }), {
        tone: "good", sign: "check",
        actions: [[t("editor.see_review"), () => location.assign(review), true], [t("editor.write_another"), () => location.assign("/desk/entries/new")]],
      });
      made.querySelector("button").focus();
    } catch (problem) {
      this.#refused(problem);
    } finally {
      this.#busy(false);
    }
  }

  /** Whether nothing stands in the way; else leads to what does. */
  async #fit() {
    this.notices.clear("taken");
    this.onRefused([]);
    await this.newId?.settle();
    await this.preview.now();
    this.weigh();
    if (!this.problems.all.length) return true;
    toast(t("editor.fix_first"), "alert");
    this.problems.first();
    return false;
  }

  async #saved(entry, first) {
    for (const name of ["merge", "stale", "submitted"]) this.notices.clear(name);
    await this.autosave.discard();
    if (first) {
      history.replaceState(null, "", `/desk/entries/${entry.id}/edit`);
      this.autosave.key = entry.id;
      this.restoring.settled();
      this.newId = null;
      this.onFirst(entry);
    } else this.restoring.saved();
    this.autosave.soon(); // what was typed while it was saved
    by("editor-saved").textContent = t("editor.saved_as", { number: entry.revision });
    by("editor-saved").className = "editor-saved small good-text";
    this.tell(entry);
    this.preview.soon(0);
  }

  #refused(problem) {
    if (problem instanceof Refused && problem.problems.length) {
      this.onRefused(problem.problems);
      this.problems.first();
    }
    if (problem.taken) {
      const open = async () => { await this.autosave.now(); location.assign(`/desk/entries/${problem.taken}`); };
      this.notices.show("taken", t("editor.taken", { id: problem.taken }), { tone: "due", sign: "alert", actions: [[t("editor.taken_open"), open]] });
    }
    toast(problem.status === 0 ? t("editor.save_offline") : told(problem), "alert");
    this.autosave.soon();
  }

  #busy(on) {
    for (const id of BUTTONS) by(id).setAttribute("aria-disabled", String(on));
  }

  /** Whether others saved meanwhile: told early, before saving finds it out. */
  async #lookForNewer() {
    const { saving } = this;
    if (!saving.id || document.hidden || saving.busy) return;
    const found = await call("GET", `/api/v1/entries/${saving.id}`).catch(() => null);
    if (!found || found.version === saving.version || saving.busy) return;
    const newest = found.revisions.findLast(({ status }) => status !== "withdrawn");
    if (!newest || newest.number <= saving.base) return;
    this.notices.show("stale", t("editor.stale", { name: newest.author, number: newest.number, time: timeOf(newest.created_at) }), {
      tone: "due", sign: "split", actions: [[t("editor.merge_now"), () => this.save(), true]],
    });
  }
}
