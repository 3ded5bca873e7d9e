/** What an impact comes to: one line that can be acted on, and how many of what it holds. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";

/** A text for `count` things; a language with a singular has it under the key with `_one`. */
export const many = (key, count) => t(count === 1 ? `${key}_one` : key, { count });

const named = (question) => question.question_id || question.text;

/** The questions of an impact by what happens to them; one that breaks is listed there and nowhere else. */
export function sorted(impact) {
  const { gained, lost, swapped } = impact.questions;
  const broken = impact.must_hit_broken;
  const listed = new Set(broken.map(named));
  const rest = (questions) => questions.filter((question) => !listed.has(named(question)));
  const changed = new Set([...gained, ...lost, ...swapped, ...broken].map(named)).size;
  return { broken, lost: rest(lost), swapped: rest(swapped), gained: rest(gained), changed };
}

/** What the groups of an impact are, in the order in which they matter: name, what is in it, tone and shape. */
export function parts(impact) {
  const { broken, lost, swapped, gained } = sorted(impact);
  return [
    { name: "broken", items: broken, tone: "bad", shape: "stop" },
    { name: "lost", items: lost, tone: "due", shape: "alert" },
    { name: "conflicts", items: impact.conflicts, tone: "bad", shape: "split" },
    { name: "swapped", items: swapped, tone: "due", shape: "reload" },
    { name: "duplicates", items: impact.duplicates, tone: "due", shape: "copy" },
    { name: "marked", items: impact.marked, tone: "due", shape: "link" },
    { name: "unresolved", items: impact.unresolved, tone: "due", shape: "flag" },
    { name: "gained", items: gained, tone: "good", shape: "check" },
  ].filter(({ items }) => items.length);
}

/** The verdict: what happens, and whether the step may be done. */
export function verdict(impact, step) {
  const { broken, changed } = sorted(impact);
  const { conflicts, duplicates, marked, questions } = impact;
  const said = [];
  if (changed) said.push(many("impact.changed", changed));
  if (broken.length) said.push(many("impact.breaks", broken.length));
  if (conflicts.length) said.push(many("impact.disagrees", conflicts.length));
  if (!said.length && marked.length) said.push(many("impact.marks", marked.length));
  if (!said.length && duplicates.length) said.push(many("impact.repeats", duplicates.length));
  const nothing = !said.length;
  if (nothing) said.push(t(questions.total ? "impact.nothing" : "impact.no_questions"));
  const careful = conflicts.length || questions.lost.length || broken.length;
  const [tone, shape, may] = impact.blocked ? ["bad", "stop", "blocked"] : careful ? ["due", "alert", "careful"] : ["good", "check", "free"];
  const help = impact.blocked ? t(`impact.override_${step}`) : nothing ? t(questions.total ? "impact.nothing_help" : "impact.no_questions_help", { count: questions.total }) : "";
  return h("div", { class: `impact-verdict ${tone}`, role: "status", data: { verdict: may } }, icon(shape),
    h("div", {}, h("strong", {}, said.join(t("impact.and")), h("span", { class: "impact-arrow" }, " → "), h("span", { class: "impact-may" }, t(`impact.${may}_${step}`))),
      help ? h("p", {}, help) : null));
}

/** How many there are of each, as links to their group; null where nothing happens. */
export function counts(impact) {
  const shown = parts(impact);
  if (shown.length < 2) return null;
  return h("ul", { class: "impact-counts", "aria-label": t("impact.counts") }, ...shown.map(({ name, items, tone, shape }) =>
    h("li", {}, h("button", { class: `chip ${tone}`, type: "button", onclick: (event) => open(event.target, name) }, icon(shape), t(`impact.${name}`), h("b", {}, String(items.length))))));
}

function open(from, name) {
  const group = from.closest(".impact").querySelector(`[data-group="${name}"]`);
  group.open = true;
  group.scrollIntoView({ block: "nearest" });
  group.querySelector("summary").focus();
}
