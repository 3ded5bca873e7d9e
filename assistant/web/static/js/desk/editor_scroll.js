/** The text and its preview scrolled in step. */

const HEADING = /^(#{1,6})[ \t]+\S/;
const FENCE = /^(?:```|~~~)/;

/** The offsets of the headings of a text, outside code. */
function headingsOf(value) {
  const found = [];
  let [at, fenced] = [0, false];
  for (const line of value.split("\n")) {
    if (FENCE.test(line)) fenced = !fenced;
    else if (!fenced && HEADING.test(line)) found.push(at);
    at += line.length + 1;
  }
  return found;
}

/** Keeps an area and the preview at the same place of the text, by their headings and in parts between. */
export class Together {
  #leader = null;
  #free = 0;
  #stops = null;

  /** `writing()` gives the area that holds the whole text (null: there is none), `twin(area)` its Twin. */
  constructor({ writing, twin, article }) {
    Object.assign(this, { writing, twin, article });
    article.addEventListener("scroll", () => this.#scrolled(article), { passive: true });
    article.addEventListener("drawn", () => { this.#stops = null; this.#step(this.writing()); });
    addEventListener("resize", () => { this.#stops = null; });
  }

  /** Follows the scrolling of an area. */
  wire(area) {
    area.addEventListener("scroll", () => this.#scrolled(area), { passive: true });
  }

  /** Measures again at the next step: another text is shown. */
  forget() {
    this.#stops = null;
  }

  #scrolled(from) {
    if (this.#leader && this.#leader !== from) return;
    this.#leader = from;
    clearTimeout(this.#free);
    this.#free = setTimeout(() => { this.#leader = null; }, 150);
    this.#step(from);
  }

  #step(from) {
    const area = this.writing();
    if (!area?.offsetParent || !this.article.offsetParent) return;
    this.#stops ??= this.#measure(area);
    if (this.#stops.at(-1).some((end) => end <= 0)) return; // one of the two has nothing to scroll
    const there = from === this.article ? [1, 0] : [0, 1];
    const to = from === this.article ? area : this.article;
    const at = from.scrollTop;
    const next = this.#stops.findIndex((stop) => stop[there[0]] > at);
    const [low, high] = next < 0 ? [this.#stops.at(-1), this.#stops.at(-1)] : [this.#stops[Math.max(0, next - 1)], this.#stops[next]];
    const [a, b] = [low[there[0]], high[there[0]]];
    const share = b > a ? (at - a) / (b - a) : 0;
    const top = Math.round(low[there[1]] + share * (high[there[1]] - low[there[1]]));
    if (Math.abs(to.scrollTop - top) > 1) {
      this.#leader ??= from;
      to.scrollTop = top;
      clearTimeout(this.#free);
      this.#free = setTimeout(() => { this.#leader = null; }, 150);
    }
  }

  /** Pairs of distances from the top that show the same: [in the area, in the preview], ascending. */
  #measure(area) {
    const offsets = headingsOf(area.value);
    const prose = this.article.querySelector(".prose");
    const shown = prose ? [...prose.querySelectorAll("h1, h2, h3, h4, h5, h6")] : [];
    const { top } = this.article.getBoundingClientRect();
    const ends = [area.scrollHeight - area.clientHeight, this.article.scrollHeight - this.article.clientHeight];
    const stops = [[0, 0]];
    const heights = this.twin(area).heights(offsets.slice(0, shown.length));
    heights.forEach((height, n) => {
      const stop = [height, shown[n].getBoundingClientRect().top - top + this.article.scrollTop];
      const last = stops.at(-1);
      if (stop[0] > last[0] && stop[1] > last[1] && stop[0] < ends[0] && stop[1] < ends[1]) stops.push(stop);
    });
    return [...stops, ends];
  }
}
