/** The sheet that hands a version in: what will hold from when, a note for the reviewer, and what is missing. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { validity } from "../state.js";

/** Asks for a note; resolves to it, or to null when the writer thought better of it. */
export function askNote(sheet, { content, stewardship }) {
  const note = h("textarea", { class: "input", id: "submit-note", rows: 3, maxlength: 2000, placeholder: t("editor.note_hint") });
  const facts = [
    ["editor.block.validity", validity({ from: content.effective_from, until: content.effective_until })],
    ["entry.audience", t(`audience.${content.audience}`)],
    ["editor.reviewer", stewardship.reviewer || t("editor.any_reviewer")],
  ];
  return new Promise((resolve) => {
    let answer = null;
    const send = () => { answer = note.value.trim(); sheet.close(); };
    note.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
        event.preventDefault();
        send();
      }
    });
    sheet.replaceChildren(
      h("header", {}, h("h2", { id: "editor-submit-title" }, t("editor.submit_title")),
        h("button", { class: "btn plain icon-only", type: "button", "aria-label": t("common.close"), onclick: () => sheet.close() }, icon("close"))),
      h("p", { class: "submit-name" }, h("b", {}, content.title)),
      h("dl", { class: "facts" }, ...facts.flatMap(([name, text]) => [h("dt", {}, t(name)), h("dd", {}, text)])),
      h("div", { class: "field" }, h("label", { for: "submit-note" }, t("editor.note")), note),
      h("footer", { class: "sheet-foot" }, h("button", { class: "btn", type: "button", onclick: () => sheet.close() }, t("common.cancel")),
        h("button", { class: "btn primary", type: "button", onclick: send }, icon("send"), t("editor.submit"), h("kbd", {}, "Ctrl ↵"))));
    sheet.addEventListener("close", () => resolve(answer), { once: true });
    sheet.showModal();
    note.focus();
  });
}
