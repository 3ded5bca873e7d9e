/** The elements of the palette of canned replies: a search field over a list, a preview beside it, keys below. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";

export const SCOPES = ["private", "team", "company"];

/**
 * `{ dialog, input, list, preview, status, scopes }`. `on` is told of `typed()`, `key(event)`, `closed()`,
 * `filter(scope)`, `choose(again)` and `save()`.
 */
export function paletteFrame(on) {
  const input = h("input", {
    class: "palette-input", type: "text", role: "combobox", autocomplete: "off", spellcheck: false, maxlength: 60, enterkeyhint: "done",
    "aria-expanded": "true", "aria-autocomplete": "list", "aria-controls": "canned-list", "aria-label": t("canned.search"),
    placeholder: t("canned.placeholder"), oninput: on.typed,
  });
  const list = h("ol", { class: "palette-list", id: "canned-list", role: "listbox", "aria-label": t("canned.title") });
  const preview = h("section", { class: "palette-preview", "aria-label": t("canned.preview") });
  const status = h("span", { class: "small quiet", role: "status" });
  const scopes = h("div", { class: "palette-scopes", role: "group", "aria-label": t("canned.scope") }, ...SCOPES.map((scope, index) => h("button", {
    class: "chip-button", type: "button", data: { scope }, "aria-pressed": "false", "aria-keyshortcuts": `Alt+${index + 1}`, onclick: () => on.filter(scope),
  }, t(`canned.scope_${scope}`), h("kbd", { "aria-hidden": "true" }, `Alt ${index + 1}`))));
  const hint = (key, label, run) => h("button", { class: "btn plain small", type: "button", onclick: run }, h("kbd", { "aria-hidden": "true" }, key), t(label));
  const dialog = h("dialog", {
    class: "palette", "aria-label": t("canned.title"), onkeydown: on.key, onclose: on.closed,
    onclick: (event) => { if (event.target === dialog) dialog.close(); },
  },
  h("div", { class: "palette-search" }, icon("search"), input, status,
    h("button", { class: "btn plain icon-only", type: "button", "aria-label": t("common.close"), onclick: () => dialog.close() }, icon("close"))),
  scopes, h("div", { class: "palette-body" }, list, preview),
  h("footer", {}, hint("↵", "canned.insert", () => on.choose(false)), hint("Ctrl ↵", "canned.stack", () => on.choose(true)),
    h("span", { class: "spring" }), hint("Ctrl S", "canned.save", on.save)));
  return { dialog, input, list, preview, status, scopes };
}
