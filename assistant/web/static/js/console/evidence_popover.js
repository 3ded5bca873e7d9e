/** The evidence of a sentence beside it, for when the list of sources is out of sight. */

import { h } from "../dom.js";
import { drawEvidence, markSources } from "./sources.js";

const LINGER_MS = 120;
const MARGIN = 8;

/** Whether all of `element` shows: in the window and in what scrolls around it. */
function isInView(element) {
  const own = element.getBoundingClientRect();
  for (let around = element.parentElement; around; around = around.parentElement) {
    if (!/auto|scroll|hidden|clip/.test(getComputedStyle(around).overflowY)) continue;
    const box = around.getBoundingClientRect();
    if (own.top < box.top - 1 || own.bottom > box.bottom + 1) return false;
  }
  return own.top >= 0 && own.bottom <= innerHeight;
}

/** One at a time, inside `root`; `onOpen(url, title)` opens a source. Esc puts it away, the pointer may rest on it. */
export class EvidencePopover {
  #timer = 0;

  constructor(root, onOpen) {
    this.root = root;
    this.onOpen = onOpen;
    this.box = h("div", { class: "evidence-popover", hidden: true, onpointerenter: () => clearTimeout(this.#timer), onpointerleave: () => this.leave() });
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") this.hide(); }, true);
    document.addEventListener("scroll", (event) => { if (!this.box.hidden && !this.box.contains(event.target)) this.hide(); }, { capture: true, passive: true });
  }

  /** Marks the sources `items` in the list; shows them beside `sentence` where the list is not in view. */
  show(sentence, items) {
    clearTimeout(this.#timer);
    markSources(this.root, items);
    const rows = items.map(({ n }) => this.root.querySelector(`#ev-${n}`));
    if (!items.length || rows.every((row) => row && isInView(row))) {
      this.box.hidden = true;
      return;
    }
    this.box.replaceChildren(drawEvidence(items, this.onOpen));
    this.root.append(this.box);
    this.box.hidden = false;
    const line = sentence.getClientRects()[0] ?? sentence.getBoundingClientRect();
    const whole = sentence.getBoundingClientRect();
    const { width, height } = this.box.getBoundingClientRect();
    const below = whole.bottom + 4 + height <= innerHeight - MARGIN;
    this.box.style.left = `${Math.max(MARGIN, Math.min(line.left, innerWidth - width - MARGIN))}px`;
    this.box.style.top = `${below ? whole.bottom + 4 : Math.max(MARGIN, whole.top - height - 4)}px`;
  }

  /** Hides it soon, unless the pointer comes to rest on it. */
  leave() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.hide(), LINGER_MS);
  }

  hide() {
    clearTimeout(this.#timer);
    this.box.hidden = true;
    markSources(this.root, []);
  }
}
