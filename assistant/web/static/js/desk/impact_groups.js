/** The groups of an impact: questions with their answer before and after, sentences that disagree, what is to be mended. */

import { h, highlight, icon } from "../dom.js";
import { t } from "../i18n.js";
import { wordDiff } from "../console/word_diff.js";
import { impactQuestion } from "./impact_question.js";
import { many, parts } from "./impact_verdict.js";

const AT_FIRST = 5;
const OPEN = new Set(["broken", "lost", "conflicts"]); // what a writer must have seen
const FEW = 3;

/** One foldable group for each thing that happens; `entryId` is the entry that changes, by `step`. */
export function groups(impact, entryId, step) {
  const draw = { conflicts: conflict, duplicates: duplicate, marked, unresolved };
  const shown = parts(impact);
  return [...shown.map(({ name, items, tone, shape }) => {
    const row = draw[name] ?? ((question) => impactQuestion(question, { entryId, step }));
    return h("details", { class: `impact-group ${tone}`, data: { group: name }, open: OPEN.has(name) || shown.length === 1 || items.length <= FEW },
      h("summary", {}, icon(shape), h("b", {}, t(`impact.${name}`)), h("span", { class: "impact-n" }, String(items.length)), h("span", { class: "small quiet" }, t(`impact.${name}_help`))),
      list(items, row));
  }), impact.to_look_at ? h("p", { class: "small quiet" }, many("impact.to_look_at", impact.to_look_at)) : null].filter(Boolean);
}

/** The first few of a group, the others behind a button. */
function list(items, row) {
  const rest = items.slice(AT_FIRST);
  const rows = h("ul", { class: "impact-rows" }, ...items.slice(0, AT_FIRST).map(row));
  if (!rest.length) return rows;
  const more = h("button", { class: "btn plain impact-more", type: "button", onclick: () => {
    const added = rest.map(row);
    rows.append(...added);
    more.remove();
    added[0].querySelector("a")?.focus();
  } }, icon("next"), t("impact.more", { count: rest.length }));
  return h("div", {}, rows, more);
}

const entry = ({ title, url, entry_id: id }) => (url ? h("a", { href: url }, title || id) : h("b", {}, title || id));

/** Two sentences that cannot both be true, side by side. */
function conflict({ mine, theirs, what, new: fresh, ...other }) {
  const [own, others] = what;
  return h("li", { class: "impact-row" },
    h("p", { class: "impact-row-head" }, entry(other), own && others ? h("span", { class: "chip bad" }, `${own} ↔ ${others}`) : null,
      fresh ? null : h("span", { class: "chip outline" }, t("impact.standing"))),
    h("div", { class: "impact-pair" },
      h("div", {}, h("span", { class: "small quiet" }, t("impact.mine")), h("blockquote", {}, ...highlight(mine, [own]))),
      h("div", {}, h("span", { class: "small quiet" }, t("impact.theirs")), h("blockquote", {}, ...highlight(theirs, [others])))));
}

/** An entry that asks or says the same. */
function duplicate({ similarity, what, quote, mine, ...other }) {
  const level = similarity >= 0.95 ? "same" : "near";
  return h("li", { class: "impact-row" },
    h("p", { class: "impact-row-head" }, entry(other), h("span", { class: "chip due", title: `${Math.round(similarity * 100)}%` }, t(`impact.similar_${what}_${level}`))),
    h("div", { class: "impact-pair" },
      mine ? h("div", {}, h("span", { class: "small quiet" }, t("impact.mine")), h("blockquote", {}, mine)) : null,
      quote ? h("div", {}, h("span", { class: "small quiet" }, t("impact.theirs")), h("blockquote", {}, quote)) : null));
}

/** What will be marked "basis changed": its sentence now, and the proposed one where a figure was replaced. */
function marked({ kind, why, sentence, proposed, owner, ...other }) {
  return h("li", { class: "impact-row" },
    h("p", { class: "impact-row-head" }, entry(other), h("span", { class: "chip outline" }, t(`kind.${kind}`)),
      h("span", { class: "small quiet" }, [...why.map((tie) => t(`impact.tie.${tie}`)), owner].filter(Boolean).join(" · "))),
    sentence ? h("blockquote", {}, ...(proposed ? mended(sentence, proposed) : [sentence])) : null);
}

function mended(sentence, proposed) {
  const says = { del: "reply.deleted", ins: "reply.inserted" };
  return wordDiff(sentence, proposed).map(({ kind, text }) => (kind === "same" ? text : h(kind, {}, h("span", { class: "visually-hidden" }, t(says[kind])), text)));
}

/** Something that the entry names and that is not there. */
function unresolved({ field, target, why }) {
  return h("li", { class: "impact-row" }, h("p", { class: "impact-row-head" }, h("b", {}, target), h("span", { class: "small quiet" }, t(`impact.field.${field}`), " · ", t(`impact.missing.${why}`))));
}
