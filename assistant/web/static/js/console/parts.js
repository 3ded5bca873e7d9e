/** A suggestion laid out for reading: rows of sentences, each with the part it plays in the reply. */

import { slotParts } from "./slots.js";

/**
 * Rows of `{ part, name, gap, sentences: [{ sentence, index, before }] }`: a new row where the text breaks the line or
 * another part begins. `name` is what the part is called, where it begins; `gap` says that a paragraph does; `before`
 * is what the text puts in front of a sentence (a bullet, a step's number).
 */
export function rowsOf({ text, sentences }) {
  const rows = [];
  let at = 0;
  sentences.forEach((sentence, index) => {
    const found = text.indexOf(sentence.text, at);
    const between = found < 0 ? "" : text.slice(at, found);
    if (found >= 0) at = found + sentence.text.length;
    const last = rows.at(-1);
    const breaks = between.includes("\n");
    if (!last || breaks || last.part !== sentence.part) {
      const begins = last?.part !== sentence.part;
      const name = begins ? (last && sentence.part === "empathy" ? "closing" : sentence.part) : "";
      rows.push({ part: sentence.part, name, gap: Boolean(last) && /\n\s*\n/.test(between), sentences: [] });
    }
    rows.at(-1).sentences.push({ sentence, index, before: between.slice(between.lastIndexOf("\n") + 1).trimStart() });
  });
  return rows;
}

/** Sentences of a text that is being written: `{ start, end, text }`. */
export function sentencesOf(text) {
  return [...text.matchAll(/[^。！？；!?;\n]+[。！？；!?;]*[”’」』）)]*/g)]
    .filter((found) => found[0].trim())
    .map((found) => ({ start: found.index, end: found.index + found[0].length, text: found[0] }));
}

/** Pairs of characters, to compare wordings by. */
function pairs(text) {
  const plain = slotParts(text).filter((part) => typeof part === "string").join("").replace(/[\s，。；：、“”！？,.;:!?·①-⑨]/g, "");
  return new Set(Array.from({ length: Math.max(0, plain.length - 1) }, (_, n) => plain.slice(n, n + 2)));
}

/** The one of `sentences` that `text` was made from, or null when it resembles none of them. */
export function sourceOf(text, sentences, least = 0.4) {
  const own = pairs(text);
  if (!own.size) return null;
  const scored = sentences.map((sentence) => {
    const other = pairs(sentence.text);
    const shared = [...own].filter((pair) => other.has(pair)).length;
    return { sentence, share: other.size ? shared / Math.min(own.size, other.size) : 0 };
  });
  const best = scored.reduce((a, b) => (b.share > a.share ? b : a), { share: 0 });
  return best.share >= least ? best.sentence : null;
}
