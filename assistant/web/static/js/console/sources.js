/** What a reply rests on: distinct quotes, numbered, each run of one source under one line about it. */

import { h } from "../dom.js";
import { t } from "../i18n.js";
import { reportedChip } from "./reported.js";
import { readable } from "./slots.js";
import { validity } from "../state.js";
import { versionsChip } from "./versions.js";

const keyOf = (item) => `${item.entry_id}\n${item.revision}\n${item.quote}`;

/** Distinct quotes of `sentences` in order, by key, numbered from 1. */
export function collect(sentences) {
  const found = new Map();
  for (const item of sentences.flatMap((sentence) => sentence.evidence)) {
    if (!found.has(keyOf(item))) found.set(keyOf(item), { ...item, n: found.size + 1 });
  }
  return found;
}

/** The numbered quotes that a sentence rests on. */
export function ofSentence(sentence, collected) {
  return [...new Set(sentence.evidence.map((item) => collected.get(keyOf(item))))].filter(Boolean);
}

/** The list of sources; `onOpen(url, title)` when one is opened. Nothing without evidence. */
export function drawSources(collected, onOpen) {
  if (!collected.size) return null;
  return h("section", { class: "evidence", "aria-label": t("reply.sources") },
    h("h2", {}, t("reply.sources")),
    h("ol", { class: "sources" }, ...rows([...collected.values()], onOpen, (item) => ({ id: `ev-${item.n}` }))));
}

/** The same, for a few of them: beside a sentence or under the draft. */
export function drawEvidence(items, onOpen) {
  return h("ol", { class: "sources" }, ...rows(items, onOpen));
}

/** Marks the sources of one sentence in the list, and only those. */
export function markSources(root, items) {
  const wanted = new Set(items.map(({ n }) => `ev-${n}`));
  for (const row of root.querySelectorAll(".evidence .sources > li")) row.classList.toggle("on", wanted.has(row.id));
}

function rows(items, onOpen, props = () => ({})) {
  const same = (a, b) => b && a.entry_id === b.entry_id && a.revision === b.revision;
  return items.map((item, index) => h("li", props(item),
    h("span", { class: "n", "aria-hidden": "true" }, String(item.n)),
    h("q", {}, readable(item.quote).replaceAll(" | ", t("reply.cell_join"))),
    reportedChip(item),
    same(item, items[index + 1]) ? null : source(item, onOpen)));
}

function source(item, onOpen) {
  return h("span", { class: "src" },
    h("a", { href: item.url, onclick: (event) => {
      if (event.metaKey || event.ctrlKey) return;
      event.preventDefault();
      onOpen(item.url, item.title);
    } }, item.title),
    t("entry.revision", { number: item.revision }),
    item.effective ? h("span", {}, validity(item.effective)) : null,
    item.freshness ? versionsChip(item.freshness, item.entry_id) : null);
}
