/** The id of a new entry: offered from its title until somebody writes one, checked while it is typed. */

import { call } from "../api.js";
import { t } from "../i18n.js";

const PAUSE_MS = 300;

export class NewId {
  #timer = 0;
  #asked = "";
  #own = false;
  #settled = false;

  /** `kind()` is the kind chosen; `onChange()` follows each change. */
  constructor({ input, note, title, kind, onChange }) {
    Object.assign(this, { input, note, title, kind, onChange, problem: "" });
    this.#own = Boolean(input.value);
    input.addEventListener("input", () => { this.#own = Boolean(input.value.trim()); this.#soon(); onChange(); });
    title.addEventListener("input", () => { if (!this.#own) this.#soon(); });
  }

  get() {
    return this.input.value.trim();
  }

  set(id) {
    this.input.value = id;
    this.#own = Boolean(id);
    if (id) this.#soon(0);
  }

  /** Offers another one: the kind is another. */
  again() {
    if (!this.#own) this.#soon(0);
  }

  /** The entry exists now: its id stays what it is, whatever becomes of the title. */
  keep() {
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#say("", "");
  }

  /** Waits for the answer that is under way, so that a title just typed has its id. */
  async settle() {
    clearTimeout(this.#timer);
    await this.#ask();
  }

  #soon(pause = PAUSE_MS) {
    clearTimeout(this.#timer);
    if (!this.#settled) this.#timer = setTimeout(() => this.#ask(), pause);
  }

  async #ask() {
    const [typed, title] = [this.get(), this.title.value.trim().slice(0, 300)];
    const asked = this.#own ? `id ${typed}` : `${this.kind()} ${title}`;
    if (asked === this.#asked) return;
    this.#asked = asked;
    if (this.#own ? !typed : !title) {
      if (!this.#own) this.input.value = "";
      this.#say("", "");
      return;
    }
    const query = this.#own ? { id: typed } : { title, ...(this.kind() ? { kind: this.kind() } : {}) };
    try {
      const found = await call("GET", `/api/v1/entry-ids?${new URLSearchParams(query)}`);
      if (this.#settled || this.#asked !== asked) return;
      if (!this.#own) this.input.value = found.id;
      const wrong = !found.id || found.free ? "" : found.valid ? t("editor.id_taken") : t("editor.id_form");
      this.#say(wrong, found.free ? t(this.#own ? "editor.id_free" : "editor.id_offered") : "");
    } catch {
      if (this.#settled) return;
      this.#asked = "";
      this.#say("", "");
    }
    this.onChange();
  }

  #say(problem, word) {
    this.problem = problem;
    this.note.textContent = problem || word;
    this.note.classList.toggle("bad-text", Boolean(problem));
    this.note.classList.toggle("quiet", !problem);
    this.input.ariaInvalid = problem ? "true" : null;
  }
}
