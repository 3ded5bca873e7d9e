/** The keys of the writing page, and the sheet that lists them with those of the text. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { Keys } from "../keys.js";

const IN_TEXT = [
  ["Ctrl+B", "editor.tool.bold"], ["Ctrl+I", "editor.tool.italic"], ["Ctrl+K", "editor.tool.link"], ["Ctrl+Shift+H", "editor.tool.heading"],
  ["Ctrl+Shift+7", "editor.tool.number"], ["Ctrl+Shift+8", "editor.tool.bullet"], ["Ctrl+Shift+9", "editor.tool.step"],
  ["Enter", "editor.keys_enter"], ["Tab", "editor.keys_tab"], ["Esc Tab", "editor.keys_leave"], ["Ctrl+Z", "editor.keys_undo"],
];

/** Binds the keys; gives the function that opens the sheet. */
export function bindKeys(sheet, { actions, parts, problems, body }) {
  const keys = new Keys(["editor", "markdown", "general"]);
  keys.add({ combo: "Ctrl+S", label: "editor.keys_save", group: "editor", run: () => { actions.save(); } });
  keys.add({ combo: "Ctrl+Enter", label: "editor.keys_submit", group: "editor", run: () => { actions.submit(); } });
  ["write", "details", "impact", "preview"].forEach((part, n) => keys.add({
    combo: `Alt+${n + 1}`, label: `editor.part.${part}`, group: "editor", when: () => parts.names.includes(part),
    run: () => { parts.show(part); (part === "write" ? body.area : parts.tabs[part]).focus(); },
  }));
  keys.add({ combo: "Alt+E", label: "editor.keys_problem", group: "editor", when: () => problems.all.length > 0, why: "editor.no_problems", run: () => problems.first() });
  for (const [combo, label] of IN_TEXT) keys.add({ combo, label, group: "markdown" });
  const open = () => {
    sheet.replaceChildren(h("header", {}, h("h2", { id: "editor-keys-title" }, t("editor.keys")),
      h("button", { class: "btn plain icon-only", type: "button", "aria-label": t("common.close"), onclick: () => sheet.close() }, icon("close"))),
    h("div", { class: "keys-groups" }, ...keys.draw()));
    sheet.showModal();
  };
  keys.add({ combo: "?", label: "editor.keys", run: open });
  return open;
}
