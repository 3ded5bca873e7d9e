/** What an import comes to: counts that filter the rows, and what the file was recognised as. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { ALL_OUTCOMES, count, outcomeTone } from "./import_state.js";

/** Tiles with counts and the recognised forms; `mark(filter)` shows which count is chosen. */
export function summary(run, { onFilter }) {
  const total = ALL_OUTCOMES.reduce((sum, name) => sum + run.counts[name], 0);
  const shown = ALL_OUTCOMES.filter((name) => name !== "skipped" || run.counts.skipped);
  const tile = (filter, number, label, tone = "", shape = "") => h("button", {
    class: `tile ${tone}`, type: "button", data: { filter }, "aria-pressed": "false", onclick: () => onFilter(filter),
  }, h("b", {}, count(number)), h("span", {}, shape ? icon(shape) : null, label));
  const tiles = h("div", { class: "state-tiles run-tiles", role: "group", "aria-label": t("importer.counts") },
    tile("", total, t("importer.all")),
    ...shown.map((name) => tile(name, run.counts[name], t(`importer.outcome_${name}`), ...outcomeTone(name))),
    tile("duplicates", run.duplicates, t("importer.duplicates"), "due", "copy"));
  const mark = (filter) => {
    for (const button of tiles.children) {
      const on = button.dataset.filter === filter;
      button.classList.toggle("on", on);
      button.setAttribute("aria-pressed", String(on));
    }
  };
  return { tiles, mark, forms: recognised(run) };
}

/** Each header row with its form by name and its columns as they were understood. */
function recognised(run) {
  const notes = run.notes.map((text) => h("li", {}, text));
  const heads = run.heads.map((head) => h("div", { class: "head" },
    run.heads.length > 1 || head.sheet ? h("p", {}, head.sheet ? h("b", {}, t("importer.sheet", { name: head.sheet })) : null, t("importer.recognised", { form: t(`importer.form_${head.form}`) })) : null,
    h("ul", { class: "columns" }, ...head.columns.map(column))));
  const unused = run.heads.flatMap((head) => head.columns).filter(({ field, header }) => header && !field).length;
  if (!heads.length && !notes.length) return h("div", { hidden: true });
  return h("details", { class: "panel run-forms", open: run.heads.length === 1 && run.heads[0].columns.length <= 8 },
    h("summary", {}, heads.length ? t("importer.columns", { forms: forms(run) }) : t("importer.notes"),
      unused ? h("span", { class: "chip due" }, icon("alert"), t("importer.unused_count", { count: unused })) : null),
    ...heads, notes.length ? h("ul", { class: "run-notes small" }, ...notes) : null);
}

const forms = (run) => run.forms.map((name) => t(`importer.form_${name}`)).join(" · ");

function column({ header, field }) {
  return h("li", { class: field ? "" : "unused" }, h("code", {}, header || t("importer.no_header")),
    h("span", {}, field ? t(`importer.field_${field}`) : t("importer.unused")));
}
