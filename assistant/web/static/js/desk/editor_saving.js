/** Saving what is written as a draft revision, merging it with what others saved meanwhile, handing it in. */

import { call } from "../api.js";
import { Choices } from "./editor_choices.js";
import { contentIn, same } from "./editor_state.js";

const MOST_TRIES = 5;

/** Why a save did not go through: `problems` of fields, or a `message`; `taken` is an id that another entry has. */
export class Refused extends Error {
  constructor(message, problems = [], taken = "") {
    super(message);
    Object.assign(this, { problems, taken });
  }
}

const fieldOf = (name) => name.replace(/^(?:body\.)?(?:(?:content|stewardship)(?:\.|$))?/, "").split(".")[0];

export class Saving {
  #busy = null;

  /**
   * `writing` is what the page began with; `collect()` gives the state; `merge(found)` asks how to put two changes
   * together and resolves to the content or null; `take(content)` puts that into the form.
   */
  constructor({ writing, collect, merge, take }) {
    Object.assign(this, { collect, merge, take, id: writing.id, version: writing.version, base: writing.base, status: writing.latest?.status ?? "" });
    this.kept = null;
  }

  get busy() {
    return this.#busy !== null;
  }

  /** Marks a state as the one that is on record. */
  mark(state) {
    this.kept = { content: contentIn(state), stewardship: state.stewardship };
  }

  /** Whether there is something that no revision holds. */
  get dirty() {
    const state = this.collect();
    return !this.kept || !same(contentIn(state), this.kept.content) || !same(state.stewardship, this.kept.stewardship);
  }

  /** Saves; resolves to the entry as it is then, or null when a merge was left undone. Rejects with Refused or Problem. */
  async save() {
    await this.#busy;
    this.#busy = this.#save();
    try {
      return await this.#busy;
    } finally {
      this.#busy = null;
    }
  }

  async #save() {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const state = this.collect();
      try {
        const entry = this.id ? await this.#edit(state) : await this.#create(state);
        this.mark(state);
        return entry;
      } catch (problem) {
        if (problem.status === 422) throw new Refused(problem.message, problem.errors.map((each) => ({ ...each, field: fieldOf(each.field) })));
        if (problem.status !== 409) throw problem;
        if (!this.id) throw new Refused(problem.message, [{ field: "id", message: problem.message }], state.id);
        if (!(await this.merged())) return null;
      }
    }
    throw new Refused("");
  }

  async #create(state) {
    const entry = await call("POST", "/api/v1/entries", { id: state.id, content: contentIn(state), stewardship: state.stewardship });
    this.id = entry.id;
    return this.#know(entry);
  }

  async #edit(state) {
    const path = `/api/v1/entries/${this.id}`;
    const tag = () => ({ headers: { "If-Match": `"${this.version}"` } });
    let entry = null;
    if (!this.kept || !same(contentIn(state), this.kept.content)) {
      entry = this.#know(await call("PUT", path, { content: contentIn(state) }, tag()));
      this.kept = { content: contentIn(state), stewardship: this.kept?.stewardship };
    }
    if (!same(state.stewardship, this.kept.stewardship)) {
      const { version } = await call("PATCH", `${path}/stewardship`, state.stewardship, tag());
      this.version = version;
    }
    return entry ?? { id: this.id, revision: this.base, status: this.status };
  }

  #know(entry) {
    Object.assign(this, { version: entry.version, base: entry.revision, status: entry.status });
    return entry;
  }

  /** Puts what is written together with what is on record; false when the writer left that for later. */
  async merged() {
    const sent = contentIn(this.collect());
    const found = await call("POST", `/api/v1/entries/${this.id}/merge`, { base: this.base, content: sent });
    if (!same(contentIn(this.collect()), sent)) return this.merged(); // typed on meanwhile
    const choices = new Choices(found);
    const content = choices.mineAlone ? choices.content() : await this.merge(found);
    if (!content) return false;
    if (!choices.mineAlone) this.take(content);
    // What is on record now is theirs: the next save writes the result over it, knowing it.
    this.kept = { content: null, stewardship: this.kept?.stewardship ?? {} };
    Object.assign(this, { version: found.version, base: found.latest });
    return true;
  }

  /** Hands the revision in for review. */
  async submit(number, note) {
    const entry = await call("POST", `/api/v1/entries/${this.id}/revisions/${number}/submit`, { note }, { headers: { "If-Match": `"${this.version}"` } });
    return this.#know(entry);
  }
}
