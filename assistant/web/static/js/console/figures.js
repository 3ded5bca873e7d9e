/** The figures of a text that is being written, checked against its evidence by the service's own reading of them. */

import { call } from "../api.js";

const PAUSE_MS = 90;

/** The stretch in which two texts differ: `[start, end in before, end in after]`. */
function changed(before, after) {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let same = 0;
  while (same < Math.min(before.length, after.length) - start && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  return [start, before.length - same, after.length - same];
}

/** Checks texts one after another; `onChange()` when `figures` or `failed` have changed. */
export class FigureCheck {
  #text = "";
  #timer = 0;
  #inFlight = null;
  #pending = Promise.resolve();
  #settle = () => {};

  constructor(onChange) {
    this.onChange = onChange;
    this.figures = [];
    this.failed = false;
  }

  /** Figures that the evidence does not back: `{ start, end, text, near }` in the text checked last. */
  get wrong() {
    return this.figures.filter((figure) => !figure.ok);
  }

  /** Checks `text` after a pause in typing. `against()` gives `{ evidence, said, as_of }` when it is asked. */
  check(text, against) {
    this.#shift(text);
    clearTimeout(this.#timer);
    this.#inFlight?.abort();
    this.#settle();
    this.#pending = new Promise((resolve) => { this.#settle = resolve; });
    this.#timer = setTimeout(() => this.#ask(text, against()), PAUSE_MS);
  }

  /** Resolves when the text given last has been checked, or cannot be. */
  async settled() {
    let waited;
    do {
      waited = this.#pending;
      await waited;
    } while (waited !== this.#pending);
  }

  reset() {
    clearTimeout(this.#timer);
    this.#inFlight?.abort();
    this.#settle();
    this.#text = "";
    this.figures = [];
    this.failed = false;
  }

  async #ask(text, against) {
    const settle = this.#settle;
    if (!/[0-9０-９零〇一二两三四五六七八九十百千万半]|[a-z]/i.test(text)) {
      this.#done(text, [], false);
      settle();
      return;
    }
    this.#inFlight = new AbortController();
    const { signal } = this.#inFlight;
    try {
      const { figures } = await call("POST", "/api/v1/replies/check", { text, ...against }, { signal });
      this.#done(text, figures, false);
    } catch (problem) {
      if (problem.name === "AbortError") return;
      this.#done(text, [], true);
    }
    settle();
  }

  #done(text, figures, failed) {
    this.#text = text;
    this.figures = figures;
    this.failed = failed;
    this.onChange();
  }

  /** Until the next answer, what stands outside the change keeps its mark. */
  #shift(text) {
    const [start, before, after] = changed(this.#text, text);
    const moved = after - before;
    this.figures = this.figures
      .filter((figure) => figure.end < start || figure.start > before || text === this.#text)
      .map((figure) => (figure.start > before ? { ...figure, start: figure.start + moved, end: figure.end + moved } : figure));
    this.#text = text;
  }
}
