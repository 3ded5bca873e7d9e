/** The parts of a score in words: what spoke for an entry, what against it, and the bare figures for who wants them. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";

/** Parts that are shares from 0 to 1, in the order in which people understand them; `from` of what the index measures. */
const SHARES = [
  { name: "asked", from: ["dense_asked"] },
  { name: "body", from: ["dense_body"] },
  { name: "words", from: ["coverage"] },
  { name: "things", from: ["nouns_held"] },
];
/** Facts that count strongly when they hold. */
const FACTS = [
  { name: "exact", from: "exact", holds: (value) => value >= 0.5, good: true },
  { name: "code", from: "code_found", holds: (value) => value > 0, good: true },
  { name: "counter_exact", from: "exact_counter", holds: (value) => value >= 0.5, good: false },
  { name: "counter", from: "dense_counter", holds: (value) => value > 0.02, good: false },
  { name: "code_missing", from: "code_missing", holds: (value) => value > 0, good: false },
  { name: "unknown", from: "nouns_unknown", holds: (value) => value > 0.3, good: false },
  { name: "language", from: "same_language", holds: (value) => value === 0, good: false },
];
const STRONG = 0.66;
const SOME = 0.33;

/** A foldable explanation of `scores`, name to value; null without any. */
export function scoreParts(scores = {}) {
  if (!Object.keys(scores).length) return null;
  const shares = SHARES.filter(({ from }) => from.some((name) => name in scores))
    .map(({ name, from }) => ({ name, value: Math.max(...from.map((each) => scores[each] ?? 0)) }));
  const facts = FACTS.filter(({ from, holds }) => from in scores && holds(scores[from]));
  return h("details", { class: "hit-scores" },
    h("summary", {}, t("hit.scores"), h("span", { class: "small quiet" }, [...shares.filter(({ value }) => value >= STRONG).map(({ name }) => t(`hit.part.${name}`)), ...facts.map(({ name }) => t(`hit.fact.${name}`))].slice(0, 3).join(t("hit.list")))),
    h("div", { class: "hit-parts" },
      ...shares.map(({ name, value }) => h("div", { class: "hit-part" }, h("span", {}, t(`hit.part.${name}`)),
        h("meter", { min: "0", max: "1", value: String(Math.max(0, Math.min(1, value))), title: value.toFixed(2) }, value.toFixed(2)),
        h("span", { class: "quiet" }, t(value >= STRONG ? "hit.strong" : value >= SOME ? "hit.some" : "hit.weak")))),
      ...facts.map(({ name, good }) => h("p", { class: `hit-fact ${good ? "good" : "bad"}` }, icon(good ? "check" : "stop"), t(`hit.fact.${name}`))),
      h("details", { class: "hit-all" }, h("summary", { class: "small quiet" }, t("hit.all_values")),
        h("dl", {}, ...Object.entries(scores).flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, Number(value).toFixed(3))])))));
}
