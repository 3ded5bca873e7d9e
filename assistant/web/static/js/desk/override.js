/** The question whether to publish though questions break that must be answered: it takes a reason. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { brokenList } from "./steps_broken.js";

/** Asks; resolves to the reason, or to null when the step is not to be taken. `broken` is what the refusal names. */
export function askReason(message, broken) {
  const reason = h("textarea", { class: "input", id: "override-reason", rows: "2", maxlength: "2000", required: true, "aria-describedby": "override-error" });
  const error = h("p", { class: "bad-text", id: "override-error", role: "alert" }, message);
  const submit = (event) => {
    if (reason.value.trim()) return;
    event.preventDefault();
    error.textContent = t("review.take.say_override");
    reason.setAttribute("aria-invalid", "true");
    reason.focus();
  };
  const dialog = h("dialog", { class: "sheet", "aria-labelledby": "override-title" },
    h("form", { class: "step-sheet", method: "dialog", novalidate: true, onsubmit: submit },
      h("header", {}, h("h2", { id: "override-title" }, t("review.take.publish_anyway")),
        h("button", { class: "btn plain icon-only", type: "button", "aria-label": t("common.close"), onclick: () => dialog.close("") }, icon("close"))),
      error,
      brokenList(broken),
      h("div", { class: "field" }, h("label", { for: "override-reason" }, t("review.take.override")), reason, h("small", {}, t("review.take.override_help"))),
      h("footer", {},
        h("button", { class: "btn", type: "button", onclick: () => dialog.close("") }, t("common.cancel")),
        h("button", { class: "btn primary", type: "submit", value: "go" }, icon("alert"), t("review.take.publish_anyway")))));
  document.body.append(dialog);
  dialog.showModal();
  reason.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "go" ? reason.value.trim() : null);
    });
  });
}
