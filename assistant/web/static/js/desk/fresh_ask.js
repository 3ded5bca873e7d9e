/** Small dialogs of the freshness desk: one question, a few fields, an answer that is sent before they close. */

import { told } from "../api.js";
import { h, icon } from "../dom.js";
import { heldOpen } from "../held_open.js";
import { t } from "../i18n.js";

let count = 0;

/** A field with its label; `input` gets the label's `for`. */
export function field(label, input, help = "") {
  count += 1;
  input.id ||= `ask-${count}`;
  if (help) input.setAttribute("aria-describedby", `${input.id}-help`);
  return h("div", { class: "field" }, h("label", { for: input.id }, label), input, help ? h("small", { id: `${input.id}-help` }, help) : null);
}

/**
 * Asks; resolves to whether it was done. `send(values)` does it with the fields by name; where it fails, the
 * dialog says why and stays.
 */
export function ask({ title, subject, fields, action, shape = "check", send }) {
  return new Promise((resolve) => {
    let done = false;
    count += 1;
    const heading = h("h2", { id: `ask-title-${count}` }, title);
    const error = h("p", { class: "bad-text small", role: "alert" });
    const button = h("button", { class: "btn primary", type: "submit" }, icon(shape), action, h("kbd", { "aria-hidden": "true" }, "↵"));
    const cancel = h("button", { class: "btn", type: "button", onclick: () => dialog.close() }, t("common.cancel"));
    const close = h("button", { class: "btn plain icon-only", type: "button", "aria-label": t("common.close"), onclick: () => dialog.close() }, icon("close"));
    const form = h("form", { class: "ask-form", onsubmit: async (event) => {
      event.preventDefault();
      if (button.disabled) return;
      error.textContent = "";
      const values = Object.fromEntries(new FormData(form));
      try {
        await heldOpen(dialog, [button, cancel, close], () => send(values));
        done = true;
        dialog.close();
      } catch (problem) {
        error.textContent = told(problem);
        if (!dialog.contains(document.activeElement)) button.focus();
      }
    } }, ...fields, error, h("footer", {}, cancel, button));
    const dialog = h("dialog", {
      class: "sheet ask", "aria-labelledby": heading.id, onclose: () => { dialog.remove(); resolve(done); }, onkeydown: (event) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229 || event.target.tagName !== "TEXTAREA") return;
        event.preventDefault(); // Shift with it begins a new line
        form.requestSubmit();
      },
    }, h("header", {}, h("div", {}, heading, subject ? h("p", { class: "quiet small" }, subject) : null), close), form);
    document.body.append(dialog);
    dialog.showModal();
    (form.querySelector("[data-first]") ?? form.querySelector("input, textarea, select, button")).focus();
  });
}
