/** Shows what was changed in a question that was read otherwise than it was typed. */

import { h } from "../dom.js";

const LONG = 24;
const AROUND = 5;

/** For each character of `text`, whether it stands in `typed` too, in the same order. */
function kept(typed, text) {
  const [a, b] = [[...typed.toLowerCase()], [...text.toLowerCase()]];
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      common[i][j] = a[i] === b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  const found = b.map(() => false);
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) { found[j] = true; i += 1; j += 1; }
    else if (common[i + 1][j] >= common[i][j + 1]) i += 1;
    else j += 1;
  }
  return found;
}

/** A stretch that was typed so: in a long text only what stands next to a change. */
function shortened(part, first, last) {
  const room = AROUND * (first || last ? 1 : 2) + 1;
  if (part.length <= room) return part.join("");
  return [first ? "" : part.slice(0, AROUND).join(""), "…", last ? "" : part.slice(-AROUND).join("")].join("");
}

/** `text` as nodes, what differs from `typed` in bold; long unchanged stretches left out. */
export function mended(typed, text) {
  const characters = [...text];
  const same = kept(typed, text);
  const starts = characters.map((_, at) => at).filter((at) => !at || same[at] !== same[at - 1]);
  return starts.map((start, index) => {
    const end = starts[index + 1] ?? characters.length;
    const part = characters.slice(start, end);
    if (!same[start]) return h("b", {}, part.join(""));
    return characters.length > LONG ? shortened(part, start === 0, end === characters.length) : part.join("");
  });
}
