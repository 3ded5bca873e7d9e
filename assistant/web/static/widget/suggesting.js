/** Questions offered while somebody types: asked for after a pause, given up when typing goes on or a message is sent. */

import { h } from "./dom.js";
import { t } from "./texts.js";

const PAUSE_MS = 180;

/**
 * Connects `field` with `list` (role listbox). `find(text, signal)` resolves to questions,
 * `choose(question)` takes one, `shown(count)` hears how many stand in the list.
 */
export class Suggesting {
  #options = [];
  #active = -1;
  #timer = 0;
  #asking = null;
  #quietUntil = 0;

  constructor(field, list, { find, choose, shown = () => {} }) {
    Object.assign(this, { field, list, find, choose, shown });
    field.addEventListener("input", (event) => this.#typed(event));
    field.addEventListener("compositionend", (event) => this.#typed(event));
    field.addEventListener("keydown", (event) => this.#key(event));
    field.addEventListener("blur", () => setTimeout(() => this.list.getRootNode().activeElement !== field && this.#show([]), 150));
    this.#show([]);
  }

  /** No list, and nothing that is under way will bring one. */
  stop() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#asking = null;
    this.#show([]);
  }

  #typed(event) {
    if (event.isComposing && event.type !== "compositionend") return;
    this.stop();
    const text = this.field.value.trim();
    if (!text || text.length > 100 || Date.now() < this.#quietUntil) return;
    this.#timer = setTimeout(() => this.#ask(text), PAUSE_MS);
  }

  async #ask(text) {
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const found = await this.find(text, asking.signal);
      if (!asking.signal.aborted) this.#show(found);
    } catch (error) {
      // Without suggestions one can still ask; a service that is busy is left alone for a while.
      if (error.wait) this.#quietUntil = Date.now() + error.wait * 1000;
    }
  }

  #show(questions) {
    this.#active = -1;
    this.#options = questions.map((question, i) => h("div", {
      role: "option", id: `${this.list.id}-${i}`, "aria-selected": "false", class: "option",
      onmousedown: (event) => event.preventDefault(), // the field keeps the focus
      onclick: () => this.#choose(i),
    }, question));
    this.list.replaceChildren(...this.#options);
    this.list.hidden = !questions.length;
    this.list.setAttribute("aria-label", t("widget.suggestions"));
    if (this.field.getAttribute("role") === "combobox") this.field.setAttribute("aria-expanded", String(!!questions.length));
    this.field.removeAttribute("aria-activedescendant");
    this.shown(questions.length);
  }

  #choose(i) {
    const question = this.#options[i].textContent;
    this.stop();
    this.choose(question);
  }

  #key(event) {
    if (!this.#options.length || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#move(step);
    else if (event.key === "Enter" && this.#active >= 0) this.#choose(this.#active);
    else if (event.key === "Escape") this.stop();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  #move(step) {
    const places = this.#options.length + 1; // one of them is the field itself
    this.#active = ((this.#active + 1 + step + places) % places) - 1;
    this.#options.forEach((option, i) => option.setAttribute("aria-selected", String(i === this.#active)));
    const active = this.#options[this.#active];
    if (active) this.field.setAttribute("aria-activedescendant", active.id);
    else this.field.removeAttribute("aria-activedescendant");
    active?.scrollIntoView({ block: "nearest" });
  }
}
