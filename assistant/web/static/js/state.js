/** How freshness, validity and confidence look: the same words and shapes as on the server's pages. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { moment } from "./moments.js";

const TONE = {
  current: ["good", "check"], review_due: ["due", "clock"], review_overdue: ["due", "clock"],
  expired: ["bad", "stop"], not_yet_effective: ["info", "calendar"], superseded: ["bad", "stop"],
  basis_changed: ["due", "alert"], conflict: ["bad", "split"], reported_outdated: ["due", "flag"],
  past_date_in_text: ["due", "calendar"], broken_link: ["due", "link"],
};

/** Answers below this confidence are "low". */
export const UNLIKELY = 0.45;

/** Colour and icon of a state. */
export const tone = (state) => TONE[state] ?? ["due", "alert"];

/** A chip that names the freshness state; its reasons on hover and for screen readers. */
export function stateChip(freshness) {
  const state = freshness?.state ?? "current";
  const [colour, shape] = tone(state);
  const why = (freshness?.reasons ?? []).map((reason) => reason.message).join("\n");
  return h("span", { class: `chip ${colour}`, title: why || null }, icon(shape), t(`state.${state}`),
    why ? h("span", { class: "visually-hidden" }, why) : null);
}

/** The validity of a revision in words. */
export function validity(effective) {
  const { from, until } = effective ?? {};
  if (from && until) return t("validity.between", { from: moment(from), until: moment(until) });
  if (from) return t("validity.since", { from: moment(from) });
  if (until) return t("validity.until", { until: moment(until) });
  return t("validity.always");
}

/** Confidence as a word, with the number on hover; an entry that answers nothing is for reference. */
export function confidence(value, reliable = true) {
  const level = !reliable ? "reference" : value >= 0.75 ? "high" : value >= UNLIKELY ? "mid" : "low";
  return h("span", { class: `confidence ${level}`, title: `${Math.round(value * 100)}%` },
    h("i"), t(`confidence.${level}`));
}
