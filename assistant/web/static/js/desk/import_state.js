/** How an import's state, counts and rows are worded and shaped: the same in the history and on its own page. */

import { h, icon } from "../dom.js";
import { lang, t } from "../i18n.js";

const STATES = {
  reading: ["info", "clock"], refused: ["bad", "stop"], ready: ["due", "edit"], applying: ["info", "clock"], done: ["good", "check"],
};
const OUTCOMES = {
  new: ["good", "plus"], changed: ["info", "edit"], unchanged: ["", "check"], failed: ["bad", "alert"], skipped: ["", "split"],
};
const numbers = new Intl.NumberFormat(lang);

/** All outcomes of rows, in the order they are told. */
export const ALL_OUTCOMES = Object.keys(OUTCOMES);

/** A count as people read it. */
export const count = (n) => numbers.format(n);

/** Whether work on the import goes on by itself. */
export const working = (run) => (run.state === "reading" || run.state === "applying") && !run.interrupted;

/** A chip that says how far the import is. */
export function stateChip(run) {
  const [tone, shape] = run.interrupted ? ["due", "alert"] : STATES[run.state];
  return h("span", { class: `chip ${tone}` }, icon(shape), t(run.interrupted ? "importer.state_interrupted" : `importer.state_${run.state}`));
}

/** A chip that says what becomes, or became, of a row. */
export function outcomeChip(outcome) {
  const [tone, shape] = OUTCOMES[outcome];
  return h("span", { class: `chip ${tone}` }, icon(shape), t(`importer.outcome_${outcome}`));
}

/** Tone and icon of an outcome. */
export const outcomeTone = (outcome) => OUTCOMES[outcome];

/** How far work is, in words. */
export function progressText(run) {
  if (run.state === "applying") return t("importer.applying", { done: count(run.done), total: count(run.total) });
  if (!run.done) return t("importer.opening");
  if (run.done >= run.total) return t("importer.comparing", { total: count(run.total) });
  return t("importer.reading", { done: count(run.done), total: count(run.total) });
}

/** The counts that are not zero, in one line. */
export function countsText(run) {
  const parts = ALL_OUTCOMES.filter((name) => run.counts[name]).map((name) => `${t(`importer.outcome_${name}`)} ${count(run.counts[name])}`);
  return parts.join(" · ");
}

/** Where a row stands: its sheet or file where there are several, and its number there. */
export function placeText(run, row) {
  const sheets = new Set(run.heads.map(({ sheet }) => sheet));
  const place = row.place !== run.name && !(sheets.size === 1 && sheets.has(row.place)) ? row.place : "";
  const line = row.line ? t("importer.line", { line: count(row.line) }) : "";
  return [place, line].filter(Boolean).join(" · ") || t("importer.item", { number: count(row.number) });
}

/** Where in a row a fault is: its column, and its line in a text that has many. */
export function faultPlace({ column, line }) {
  const words = [line ? t("importer.line", { line: count(line) }) : "", column].filter(Boolean).join(" · ");
  return words ? h("b", {}, words) : null;
}
