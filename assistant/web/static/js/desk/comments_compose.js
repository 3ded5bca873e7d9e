/** The form a comment or an answer is written in; Ctrl+Enter sends it, Esc leaves it. What is in it is not lost unasked. */

import { told } from "../api.js";
import { h, icon } from "../dom.js";
import { t } from "../i18n.js";

let made = 0;

addEventListener("beforeunload", (event) => {
  if ([...document.querySelectorAll(".composer")].some((form) => form.dirty())) event.preventDefault();
});

/**
 * A form; `onSend(text)` may refuse by throwing a Problem. When it was sent it is gone, and `onSent` follows with what
 * `onSend` resolved to; `onCancel()` follows when it was left.
 */
export function composer({ label, send, onSend, onSent, onCancel }) {
  made += 1;
  const id = `composer-${made}`;
  const field = h("textarea", { class: "input", id, maxlength: "2000", rows: "3", "aria-describedby": `${id}-error` });
  const error = h("p", { class: "bad-text small", id: `${id}-error`, role: "alert" });
  const go = h("button", { class: "btn primary", type: "submit", "aria-keyshortcuts": "Control+Enter" }, icon("send"), send);
  const form = h("form", { class: "composer", onsubmit: submit, onkeydown: key }, h("label", { class: "visually-hidden", for: id }, label), field, error,
    h("footer", {}, h("button", { class: "btn plain", type: "button", onclick: leave }, t("common.cancel")), go));
  form.focusField = () => field.focus();
  form.dirty = () => field.value.trim() !== "";

  function key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
    if (event.key === "Escape") {
      event.preventDefault();
      leave();
    }
  }

  function leave() {
    if (form.dirty() && !window.confirm(t("comments.drop_ask"))) {
      field.focus();
      return;
    }
    form.remove();
    onCancel();
  }

  async function submit(event) {
    event.preventDefault();
    const text = field.value.trim();
    if (go.disabled) return;
    if (!text) {
      error.textContent = t("comments.say_something");
      field.focus();
      return;
    }
    go.disabled = true;
    let sent;
    try {
      sent = await onSend(text);
    } catch (problem) {
      go.disabled = false;
      error.textContent = told(problem);
      field.focus();
      return;
    }
    form.remove();
    await onSent(sent);
  }

  return form;
}
