/** Figures of a run, and how a question fared in it. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { minute } from "../moments.js";
import { confidence } from "../state.js";

export const FIGURES = ["hit1", "hit3", "answered"];

/** The address of a run's page, or of two compared. */
export const runAddress = (id) => `/desk/test?view=batch&run=${encodeURIComponent(id)}`;
export const compareAddress = (before, after) => `/desk/test?view=batch&a=${encodeURIComponent(before)}&b=${encodeURIComponent(after)}`;

/** A figure of a run as a share of what it counts among: hits among the questions with an expected entry. */
export function rate(run, name) {
  const among = name === "answered" ? run.total : run.judged;
  return among ? run[name] / among : null;
}

/** The same in words: percent with a tenth; a dash where nothing was expected. */
export function share(run, name) {
  const value = rate(run, name);
  return value === null || Number.isNaN(value) ? "—" : `${(value * 100).toFixed(1)}%`;
}

/** When a run was, by whom. */
export const when = ({ at, by }) => [minute(at), by].filter(Boolean).join(" · ");

/** What became of a question: "first", "third" (second or third), "missed"; "found" or "nothing" where none was expected. */
export function fate({ expects, rank, answered }) {
  if (expects.length) return rank === 1 ? "first" : rank && rank <= 3 ? "third" : "missed";
  return answered ? "found" : "nothing";
}

const LOOK = { first: ["good", "check"], third: ["due", "alert"], missed: ["bad", "stop"], found: ["info", "check"], nothing: ["due", "stop"] };

/** A chip that says it. */
export function fateChip(row) {
  const name = fate(row);
  const [tone, shape] = LOOK[name];
  return h("span", { class: `chip ${tone}` }, icon(shape), t(name === "missed" && row.rank ? "hit.fate.third" : `hit.fate.${name}`, { rank: row.rank }));
}

/** The best answers of a question, the expected one marked. */
export function topAnswers(top, expects) {
  if (!top.length) return h("span", { class: "quiet" }, t("impact.no_answer"));
  return h("ol", { class: "hit-top" }, ...top.map(({ entry_id: id, title, url, confidence: sure }) => h("li", {},
    url ? h("a", { href: url }, title) : title || t("impact.hidden"), " ", confidence(sure),
    expects.includes(id) ? h("span", { class: "chip outline" }, icon("target"), t("hit.expected")) : null)));
}

/** The entries that were expected. */
export function expectedLinks(expects, titles) {
  if (!expects.length) return h("span", { class: "quiet" }, t("hit.any_answer"));
  return h("span", { class: "hit-expected" }, ...expects.flatMap((id, index) => [index ? t("impact.or") : "", h("a", { href: `/entries/${encodeURIComponent(id)}` }, titles[id] || id)]));
}

/** The address where a question is asked alone, as it was asked. */
export function askAddress({ text, as_of: date, audience, channel }) {
  return `/desk/test?${new URLSearchParams({ q: text, ...(date ? { as_of: date.slice(0, 10) } : {}), ...(audience ? { audience } : {}), ...(channel ? { channel } : {}) })}`;
}

/** Day, people and channel of a question in words, where they are not the usual ones. */
export function askedHow({ as_of: date, audience, channel }) {
  return [date ? t("hit.on", { date: date.slice(0, 10) }) : "", audience && audience !== "customer" ? t(`hit.audience_${audience}`) : "", channel ? t(`channel.${channel}`) : ""].filter(Boolean).join(" · ");
}
