/** What a change of many entries does, or did, row by row. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";

const LOOK = { changed: ["good", "check"], unchanged: ["", "next"], refused: ["bad", "stop"] };
const ORDER = ["refused", "changed", "unchanged"];

const link = (row) => `/desk/entries/${encodeURIComponent(row.id)}/revisions/${row.revision}`;

/** A sentence with the counts, and the table; what was refused comes first. */
export function bulkRows({ rows, counts, dry_run: dry }, change) {
  const drafts = ["add_tags", "remove_tags", "effective_from", "effective_until"].some((name) => name in change);
  const sorted = [...rows].sort((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome));
  return [
    h("p", {}, h("b", {}, t(dry ? "bulk.would" : "bulk.did", counts)), " ", drafts && dry ? t("bulk.drafts_note") : ""),
    h("div", { class: "table-wrap bulk-table", tabindex: "0", role: "region", "aria-label": t("bulk.rows") }, h("table", { class: "grid" },
      h("thead", {}, h("tr", {}, ...["entry", "outcome", "why"].map((name) => h("th", { scope: "col" }, t(`bulk.col_${name}`))))),
      h("tbody", {}, ...sorted.map((row) => {
        const [tone, shape] = LOOK[row.outcome];
        const draft = !dry && row.revision ? h("a", { href: link(row) }, t("entry.revision", { number: row.revision })) : null;
        return h("tr", { data: { outcome: row.outcome } }, h("td", {}, row.title || row.id),
          h("td", {}, h("span", { class: `chip ${tone}` }, icon(shape), t(`bulk.${dry ? "dry_" : ""}${row.outcome}`))), h("td", { class: "small" }, row.reason, draft ? " " : "", draft));
      })))),
  ];
}
