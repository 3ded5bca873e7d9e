/** One row in full: what it changes in the entry, or the cells it failed with, beside what says the same. */

import { call, told } from "../api.js";
import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { count, faultPlace, outcomeChip, placeText } from "./import_state.js";

const CODES = { kind: "kind", audience: "audience", risk: "board.risk" };

/** Opens the row in a dialog. */
export async function showRow(run, row) {
  const body = h("div", { class: "row-body", "aria-busy": "true" }, h("div", { class: "skeleton run-bar" }), h("div", { class: "skeleton run-bar" }));
  const dialog = h("dialog", { class: "sheet row-sheet", "aria-labelledby": "row-title" },
    h("header", {}, h("h2", { id: "row-title" }, row.title || placeText(run, row)),
      h("button", { class: "btn plain icon-only", type: "button", "aria-label": t("common.close"), onclick: () => dialog.close() }, icon("close"))),
    body);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  try {
    fill(body, run, await call("GET", `${run.url}/rows/${row.number}`));
  } catch (problem) {
    body.replaceChildren(h("div", { class: "empty" }, icon("alert"), h("strong", {}, told(problem))));
  } finally {
    body.setAttribute("aria-busy", "false");
  }
}

function fill(body, run, row) {
  body.replaceChildren(
    h("p", { class: "row-facts" }, outcomeChip(row.outcome), h("span", { class: "quiet" }, placeText(run, row)),
      row.known ? h("span", { class: "quiet" }, t("importer.compared", { number: row.known })) : null,
      row.url ? h("a", { href: row.url }, t("importer.open_entry")) : null),
    ...(row.problems.length ? [h("ul", { class: "notice bad row-problems" }, ...row.problems.map((problem) => h("li", { class: "import-problem" }, faultPlace(problem), problem.message)))] : []),
    ...(row.cells.length ? [cells(row)] : []),
    ...(row.fields.length ? [fields(row)] : []),
    ...(row.words.length ? [words(row)] : []),
    ...(!row.fields.length && !row.words.some(({ op }) => op !== "equal") && !row.cells.length && !row.beside.length ? [h("p", { class: "quiet" }, t("importer.nothing_changes"))] : []),
    ...row.beside.map((found) => beside(row, found)));
}

function cells(row) {
  const faulty = new Set(row.problems.map(({ column }) => column));
  return h("section", {}, h("h3", {}, t("importer.cells")), h("dl", { class: "row-fields" }, ...row.cells.flatMap(({ header, text }) => [
    h("dt", {}, header || t("importer.no_header")),
    h("dd", { class: faulty.has(header) ? "faulty" : "" }, faulty.has(header) ? icon("alert") : null, text || h("span", { class: "quiet" }, t("importer.empty_cell")))])));
}

function fields(row) {
  const old = row.known !== null;
  return h("section", {}, h("h3", {}, t(old ? "importer.changes" : "importer.fields")), h("dl", { class: "row-fields" }, ...row.fields.flatMap(({ field, before, after }) => [
    h("dt", {}, t(`importer.field_${field}`)),
    h("dd", {}, old && before ? h("del", {}, worded(field, before)) : null, old && before ? " → " : null,
      after ? h(old ? "ins" : "span", {}, worded(field, after)) : h("span", { class: "quiet" }, t("importer.empty_cell")))])));
}

const worded = (field, text) => (CODES[field] ? t(`${CODES[field]}.${text}`) : text.replaceAll("\n", " · "));

function words(row) {
  const changed = row.known !== null && row.words.some(({ op }) => op !== "equal");
  const tag = { insert: "ins", delete: "del", equal: "span" };
  return h("section", {}, h("h3", {}, t(row.known === null ? "importer.body" : changed ? "importer.body_changes" : "importer.body_same")),
    h("div", { class: "row-text", tabindex: "0" }, ...row.words.map(({ op, text }) => h(changed ? tag[op] : "span", {}, text))));
}

/** The row and what repeats it, next to each other. */
function beside(row, found) {
  const own = row.words.filter(({ op }) => op !== "delete").map(({ text }) => text).join("");
  const name = found.row ? t("importer.row_number", { number: count(found.row) }) : found.title;
  return h("section", {}, h("h3", {}, t(`importer.same_${found.what}`), " ", found.url ? h("a", { href: found.url }, name) : name),
    h("div", { class: "row-beside" },
      h("div", {}, h("h4", {}, t("importer.this_row")), h("p", { class: "beside-title" }, row.title), h("div", { class: "row-text", tabindex: "0" }, own || t("importer.empty_cell"))),
      h("div", {}, h("h4", {}, found.row ? t("importer.other_row") : t("importer.there_already")), h("p", { class: "beside-title" }, found.title),
        found.questions.length ? h("p", { class: "small quiet" }, found.questions.join(" · ")) : null,
        h("div", { class: "row-text", tabindex: "0" }, found.body || t("importer.empty_cell")))));
}
