/** What an agent changed, word by word: Chinese is cut into words by the browser. */

import { h } from "../dom.js";
import { lang, t } from "../i18n.js";

const MOST = 1500;
const words = typeof Intl.Segmenter === "function" ? new Intl.Segmenter(lang, { granularity: "word" }) : null;

function cut(text) {
  return words ? Array.from(words.segment(text), (part) => part.segment) : Array.from(text);
}

/** Runs of `{ kind: "same" | "del" | "ins", text }` that turn `before` into `after`. */
export function wordDiff(before, after) {
  const [a, b] = [cut(before).slice(0, MOST), cut(after).slice(0, MOST)];
  const rows = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      rows[i][j] = a[i] === b[j] ? rows[i + 1][j + 1] + 1 : Math.max(rows[i + 1][j], rows[i][j + 1]);
    }
  }
  const runs = [];
  const add = (kind, text) => {
    if (runs.at(-1)?.kind === kind) runs.at(-1).text += text;
    else runs.push({ kind, text });
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      add("same", a[i]);
      i += 1;
      j += 1;
    } else if (i < a.length && (j === b.length || rows[i + 1][j] >= rows[i][j + 1])) add("del", a[i++]);
    else add("ins", b[j++]);
  }
  return runs;
}

/** The difference as a region that reads well aloud, too. */
export function drawDiff(before, after) {
  const says = (key) => h("span", { class: "visually-hidden" }, t(key));
  return h("section", { class: "draft-changes", "aria-label": t("reply.changes") }, h("p", {}, ...wordDiff(before, after).map(({ kind, text }) =>
    (kind === "same" ? text : h(kind, {}, says(kind === "del" ? "reply.deleted" : "reply.inserted"), text)))));
}
