/** Quotes and the text they come from: finding a quote again, marking it, and reading the selection. */

import { h } from "../dom.js";

// How a quote is written in the source or the page must not matter: neither blanks nor Markdown's signs count.
const NOISE = /[\s*_`#>|~\\[\]-]/;

/** The text of `root` that readers see as the new version, letter by letter with the node it stands in. */
function letters(root) {
  const found = [];
  const nodes = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, (node) => (node.parentElement.closest("del") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT));
  for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
    for (let at = 0; at < node.data.length; at += 1) if (!NOISE.test(node.data[at])) found.push({ node, at });
  }
  return found;
}

/** Marks `quote` in `root` for a thread; the marks in order of the text, none when it is not there. */
export function markQuote(root, quote, { thread, done }) {
  const wanted = Array.from(quote).filter((letter) => !NOISE.test(letter)).join("");
  if (!wanted) return [];
  const all = letters(root);
  const at = all.map(({ node, at: place }) => node.data[place]).join("").indexOf(wanted);
  if (at < 0) return [];
  const pieces = [];
  for (const { node, at: place } of all.slice(at, at + wanted.length)) {
    const last = pieces.at(-1);
    if (last?.node === node) last.end = place + 1;
    else pieces.push({ node, start: place, end: place + 1 });
  }
  return pieces.map(({ node, start, end }) => {
    const range = document.createRange();
    range.setStart(node, start);
    range.setEnd(node, end);
    const mark = h("mark", { class: `quoted${done ? " done" : ""}`, data: { thread } });
    range.surroundContents(mark);
    return mark;
  });
}

/** Takes all marks of quotes off again. */
export function unmark(root) {
  for (const mark of root.querySelectorAll("mark.quoted")) {
    const parent = mark.parentNode;
    mark.replaceWith(...mark.childNodes);
    parent.normalize();
  }
}

/** What is selected inside `root`, without words that were taken out; null when nothing is. */
export function selected(root) {
  const selection = getSelection();
  if (!root || !selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!root.contains(range.commonAncestorContainer)) return null;
  const copy = range.cloneContents();
  copy.querySelectorAll("del").forEach((gone) => gone.remove());
  // A variable reads as its label; the text that is quoted from has its name.
  copy.querySelectorAll("mark.slot[title]").forEach((slot) => slot.replaceWith(slot.title));
  const text = copy.textContent.replace(/\s+/g, " ").trim();
  return text ? { text, box: range.getBoundingClientRect() } : null;
}
