/** What was reported as outdated from this page: it shows beside the quote before anything is asked for again. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";

const reported = new Set();
const keyOf = ({ entry_id: id, quote }) => `${id}\n${quote}`;

export function noteReported(item) {
  reported.add(keyOf(item));
}

/** A chip that says so for a quote that was reported; null for others. */
export function reportedChip(item) {
  return reported.has(keyOf(item)) ? h("span", { class: "chip due reported" }, icon("flag"), t("report.done")) : null;
}
