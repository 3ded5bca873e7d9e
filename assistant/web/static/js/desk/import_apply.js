/** The question before an import is carried out: what goes in, what stays out, as drafts or live. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { count } from "./import_state.js";

/** Asks; resolves to the body of the call that carries the import out, or null. */
export function confirmApply(run) {
  const { new: fresh, changed, unchanged, failed } = run.counts;
  const line = (key, number, shape) => (number ? h("li", {}, icon(shape), t(key, { count: count(number) })) : null);
  const skip = h("input", { type: "checkbox", name: "skip" });
  const choice = (value, key, checked) => h("label", { class: "choice" }, h("input", { type: "radio", name: "publish", value, checked }),
    h("span", {}, h("b", {}, t(`importer.${key}`)), h("small", {}, t(`importer.${key}_help`))));
  const form = h("form", { method: "dialog" },
    h("ul", { class: "apply-counts" },
      line("importer.will_add", fresh, "plus"), line("importer.will_change", changed, "edit"),
      line("importer.will_keep", unchanged, "check"), line("importer.will_refuse", failed, "alert")),
    run.duplicates ? h("label", { class: "tick" }, skip, " ", t("importer.skip_duplicates", { count: count(run.duplicates) })) : null,
    run.may_publish
      ? h("fieldset", { class: "apply-choice" }, h("legend", { class: "visually-hidden" }, t("importer.how")), choice("", "as_drafts", true), choice("yes", "as_live", false))
      : h("p", { class: "small quiet" }, t("importer.as_drafts_only")),
    h("div", { class: "sheet-foot" },
      h("button", { class: "btn", type: "button", onclick: () => dialog.close("") }, t("common.cancel")),
      h("button", { class: "btn primary", type: "submit", value: "go" }, icon("check"), t("importer.apply_now"))));
  const dialog = h("dialog", { class: "sheet", "aria-labelledby": "apply-title" },
    h("header", {}, h("h2", { id: "apply-title" }, t("importer.apply_title", { count: count(fresh + changed) })),
      h("button", { class: "btn plain icon-only", type: "button", "aria-label": t("common.close"), onclick: () => dialog.close("") }, icon("close"))),
    form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const body = { publish: form.elements.publish?.value === "yes", skip_duplicates: skip.checked };
      dialog.remove();
      resolve(dialog.returnValue === "go" ? body : null);
    });
  });
}
