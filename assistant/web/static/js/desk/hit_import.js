/** Saved questions from a file: read, shown what would become of them, then taken in. */

import { call, told } from "../api.js";
import { h, icon, toast } from "../dom.js";
import { heldOpen } from "../held_open.js";
import { t } from "../i18n.js";
import { csvOf, questionsOf, textOf } from "./hit_csv.js";
import { sheet } from "./hit_question_dialog.js";

const SHOWN = 8;
const OUTCOMES = ["new", "changed", "unchanged", "kept"];

/** Asks for a file; resolves to true when questions were taken in. */
export function importQuestions() {
  let csv = "";
  let lines = [];
  let turn = 0; // of the text: an answer about an earlier one is let go
  const text = h("textarea", { class: "input", id: "hit-import-text", rows: 6, spellcheck: "false", placeholder: t("hit.import_placeholder") });
  const file = h("input", { class: "visually-hidden", id: "hit-import-file", type: "file", accept: ".csv,.tsv,.txt,text/csv,text/plain", onchange: async () => {
    if (!file.files[0]) return;
    const mine = turn += 1;
    check.disabled = false;
    const read = await textOf(file.files[0]);
    if (mine !== turn) return;
    text.value = read;
    await look();
  } });
  const report = h("div", { class: "hit-read", role: "status" });
  const check = h("button", { class: "btn", type: "button", onclick: () => look() }, t("hit.import_check"));
  const go = h("button", { class: "btn primary", type: "button", disabled: true, onclick: take }, t("hit.import_go"));
  const leave = h("button", { class: "btn", type: "button", onclick: () => dialog.close() }, t("common.cancel"));
  text.addEventListener("input", () => { turn += 1; go.disabled = true; check.disabled = false; report.replaceChildren(); });
  const { dialog, away, done, finish } = sheet(t("hit.import"),
    h("div", { class: "hit-question" },
      h("div", { class: "field" }, h("label", { for: "hit-import-text" }, t("hit.paste")), text, h("small", {}, t("hit.import_help"))),
      h("div", { class: "hit-drop-foot" }, h("label", { class: "btn", for: "hit-import-file" }, icon("upload"), t("hit.choose_file")), file, check),
      report,
      h("footer", { class: "hit-foot" }, leave, go)));
  text.focus();
  return done;

  /** What taking it in would do; nothing is changed. */
  async function look() {
    const mine = turn += 1;
    const found = questionsOf(text.value, true);
    csv = csvOf(found.questions);
    lines = found.lines;
    go.disabled = true;
    if (!found.questions.length) {
      check.disabled = false;
      report.replaceChildren(...summary({}, found.faults));
      return;
    }
    check.disabled = true;
    const answer = await send(true, () => mine === turn);
    if (mine !== turn) return;
    check.disabled = false;
    if (!dialog.contains(document.activeElement)) check.focus(); // disabled, it let go of the focus
    if (!answer) return;
    report.replaceChildren(...summary(answer, found.faults));
    go.disabled = !(answer.new + answer.changed);
    if (!go.disabled && document.activeElement !== text) go.focus();
  }

  async function take() {
    const closers = [go, check, leave, file, text, away];
    const answer = await heldOpen(dialog, closers, () => send(false, () => true));
    if (!answer) return go.focus();
    toast(t("hit.imported", { count: answer.new + answer.changed }));
    finish(true);
  }

  async function send(dryRun, wanted) {
    try {
      return await upload(csv, dryRun);
    } catch (problem) {
      if (wanted()) report.replaceChildren(h("p", { class: "bad-text" }, told(problem)));
      return null;
    }
  }

  function summary(answer, faults) {
    const wrong = [...faults.map(({ line, what, value }) => t(`hit.fault.${what}`, { line, value })),
      ...(answer.failed ?? []).map(({ line, message }) => t("hit.import_fault", { line: lines[line - 2] ?? line, message }))];
    return [
      h("p", {}, ...OUTCOMES.filter((name) => answer[name]).map((name) => h("span", { class: `chip ${name === "new" ? "good" : name === "changed" ? "info" : ""}` }, t(`hit.import_${name}`, { count: answer[name] }))),
        wrong.length ? h("span", { class: "chip bad" }, icon("stop"), t("hit.import_wrong", { count: wrong.length })) : null),
      wrong.length ? h("ul", { class: "hit-faults small" }, ...wrong.slice(0, SHOWN).map((each) => h("li", {}, each)), wrong.length > SHOWN ? h("li", {}, t("impact.more", { count: wrong.length - SHOWN })) : null) : null,
    ].filter(Boolean);
  }
}

const upload = (csv, dryRun) => call("POST", `/api/v1/questions/import?dry_run=${dryRun}`, csv, { type: "text/csv" });
