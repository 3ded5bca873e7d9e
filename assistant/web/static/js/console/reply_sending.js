/** What is asked before a reply is sent, and what is told about the suggestion afterwards. */

import { t } from "../i18n.js";
import { wrongText } from "./reply_reading.js";
import { fill, slotLabel } from "./slots.js";

const MOST = 100;
const LONGEST_QUOTE = 4_000;
const LONGEST_TEXT = 10_000;

/** What the figures of a draft may rest on: evidence, and what has been said anyway. */
export function groundsOf({ base, current, about, inserted, values }) {
  const evidence = ((base ?? current)?.sentences ?? []).flatMap((sentence) => sentence.evidence).slice(0, MOST)
    .map(({ entry_id, revision, quote }) => ({ entry_id, revision, quote: quote.slice(0, LONGEST_QUOTE) }));
  const said = [...about.said, ...inserted, ...Object.values(values.all).map(String)].filter(Boolean);
  return { evidence, said: said.slice(-MOST).map((part) => part.slice(0, LONGEST_TEXT)), ...(about.asOf ? { as_of: about.asOf } : {}) };
}

/** Open variables and figures that the evidence does not back, as one question; null for none. */
export function questionBefore({ unfilled, draft, check, about }) {
  const wrong = draft === null ? [] : check.wrong;
  const problems = [
    unfilled.length ? t("reply.unfilled", { slots: unfilled.map(slotLabel).join(t("list.join")) }) : null, ...wrong.map(wrongText),
  ].filter(Boolean);
  return problems.length ? t(`reply.ask_${about.action}`, { problems: problems.join(t("reply.problem_join")) }) : null;
}

/** What becomes of the suggestion when the text is sent: taken over, edited, or passed over; null when there is none. */
export function outcomeOf({ base, current, draft, text, values }) {
  const suggestion = base ?? current;
  if (!suggestion) return null;
  const sent = text.trim();
  if (draft === null || sent === fill(suggestion.text, values.all).trim()) return { kind: "adopted", suggestion };
  return base ? { kind: "edited", suggestion, sent } : { kind: "ignored", suggestion };
}
