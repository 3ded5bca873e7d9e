/** Points at words in the transcript without touching it: the parts that draw it need not know. */

const NAME = "risk-words";
const SKIPPED = ".visually-hidden, .said-at, button";

/** Marks every occurrence of `words` in what the customer said, and brings the newest one into view. */
export function markWords(transcript, words) {
  if (!globalThis.CSS?.highlights) return; // the words themselves stand in the strip
  const wanted = words.filter((word) => word.trim());
  const ranges = [...transcript.querySelectorAll(".customer")].flatMap((item) => rangesIn(item, wanted));
  if (!ranges.length) {
    clearMarks();
    return;
  }
  CSS.highlights.set(NAME, new Highlight(...ranges));
  const last = ranges.at(-1).startContainer.parentElement;
  const [inner, outer] = [last.getBoundingClientRect(), transcript.getBoundingClientRect()];
  if (inner.top < outer.top || inner.bottom > outer.bottom) last.scrollIntoView({ block: "nearest" });
}

export function clearMarks() {
  globalThis.CSS?.highlights?.delete(NAME);
}

/** Where the words stand in an element, also when one runs over several of its text nodes. */
function rangesIn(element, words) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT,
    (node) => (node.parentElement.closest(SKIPPED) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT));
  const places = [];
  let text = "";
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    places.push({ node, start: text.length });
    text += node.data;
  }
  const point = (at, end) => {
    const place = places.findLast(({ start }) => (end ? start < at : start <= at));
    return [place.node, at - place.start];
  };
  const found = [];
  for (const word of words) {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
      const range = new Range();
      range.setStart(...point(at, false));
      range.setEnd(...point(at + word.length, true));
      found.push(range);
    }
  }
  return found;
}
