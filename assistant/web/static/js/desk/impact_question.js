/** A question as an impact sees it: who answers it now, and who would. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { confidence } from "../state.js";

/** One question of the preview of `entryId` (null: a new entry) by `step`. */
export function impactQuestion(question, { entryId, step }) {
  const { text, source, must_hit: must, before, after, expects, titles, audience, as_of: date } = question;
  const asked = new URLSearchParams({ q: text, ...(audience === "customer" ? {} : { audience }), ...(date ? { as_of: date.slice(0, 10) } : {}) });
  return h("li", { class: "impact-row impact-q" },
    h("p", { class: "impact-row-head" }, h("a", { class: "impact-asked", href: `/desk/test?${asked}` }, text),
      must ? h("span", { class: "chip info" }, icon("target"), t("impact.must_hit")) : null,
      source === "asked" || source === "own" ? h("span", { class: "chip outline" }, t(`impact.source_${source}`)) : null),
    h("div", { class: "impact-sides" },
      side("impact.now", before, entryId), icon("next"), side(`impact.then_${step}`, after, entryId)),
    source !== "own" && expects.length && !expects.includes(after?.entry_id) ? h("p", { class: "small quiet" }, t("impact.expects"), " ",
      ...expects.flatMap((id, index) => [index ? t("impact.or") : "", h("a", { href: `/entries/${encodeURIComponent(id)}` }, titles[id] || id)])) : null);
}

function side(label, answer, entryId) {
  return h("div", { class: "impact-side" }, h("span", { class: "small quiet" }, t(label)),
    answer ? h("span", { class: "impact-answer" }, answer.url ? h("a", { href: answer.url }, answer.title) : h("span", {}, answer.title || t("impact.hidden")),
      h("span", { class: "small impact-how" }, isThis(answer, entryId) ? h("span", { class: "chip outline" }, t("impact.this_entry")) : null, confidence(answer.confidence)))
      : h("span", { class: "impact-answer none" }, icon("stop"), t("impact.no_answer")));
}

/** A new entry has no id yet, and one that the reader may not know of has no title. */
const isThis = ({ entry_id: id, title }, entryId) => (entryId ? id === entryId : !id && Boolean(title));
