/** The form of a saved question, and the question before one is taken out. */

import { EntryPicker } from "../console/entry_picker.js";
import { call, told } from "../api.js";
import { dateField } from "../dates.js";
import { h, icon, toast } from "../dom.js";
import { heldOpen } from "../held_open.js";
import { t } from "../i18n.js";
import { asSent } from "./hit_save.js";

const MOST = 2000;

/** A dialog with a heading and `away`, its button to close it; resolves `done` with undefined when it is closed otherwise. */
export function sheet(title, ...content) {
  let settle;
  const done = new Promise((resolve) => { settle = resolve; });
  const away = h("button", { class: "btn plain icon-only", type: "button", "aria-label": t("common.close"), onclick: () => dialog.close() }, icon("close"));
  const dialog = h("dialog", { class: "sheet hit-sheet", "aria-labelledby": "hit-sheet-title", onclose: () => { dialog.remove(); settle(); } },
    h("header", {}, h("h2", { id: "hit-sheet-title" }, title), away),
    ...content);
  document.body.append(dialog);
  dialog.showModal();
  return { dialog, away, done, finish: (value) => { settle(value); dialog.close(); } };
}

/** Asks for a question, `question` as it stands or null for a new one; resolves to it as saved, or to undefined. */
export function editQuestion(question) {
  const choices = document.getElementById("hit-choices").content;
  const select = (name, value) => {
    const element = choices.querySelector(`[name=${name}]`).cloneNode(true);
    element.className = "input";
    element.value = value ?? element.options[0].value;
    return element;
  };
  const text = h("textarea", { class: "input", id: "hit-q-text", rows: 2, maxlength: MOST, required: true });
  text.value = question?.text ?? "";
  const titles = question?.titles ?? {};
  const picker = new EntryPicker("hit-q-expects", (question?.expects ?? []).map((id) => ({ entry_id: id, title: titles[id] ?? id })), { label: t("hit.expected_entry"), placeholder: t("hit.expected_find") });
  const must = h("input", { type: "checkbox", id: "hit-q-must" });
  must.checked = question ? question.must_hit : true;
  const date = h("input", { class: "input", id: "hit-q-date", type: "text", inputmode: "numeric", maxlength: 10, placeholder: t("hit.today") });
  date.value = (question?.as_of ?? "").slice(0, 10);
  const audience = select("audience", question?.audience);
  const channel = select("channel", question?.channel ?? "");
  const error = h("p", { class: "bad-text small", role: "alert" });
  const save = h("button", { class: "btn primary", type: "submit" }, t("hit.keep"));
  const cancel = h("button", { class: "btn", type: "button", onclick: () => dialog.close() }, t("common.cancel"));
  const form = h("form", { class: "hit-question", onsubmit: send },
    h("div", { class: "field" }, h("label", { for: "hit-q-text" }, t("hit.question")), text),
    h("div", { class: "field" }, h("label", { for: "hit-q-expects" }, t("hit.expected_entry")), picker.element, h("small", {}, t("hit.expected_help"))),
    h("label", { class: "hit-must" }, must, h("span", {}, t("hit.must_hit"), h("small", { class: "quiet" }, t("hit.must_help")))),
    h("div", { class: "hit-three" },
      h("div", { class: "field" }, h("label", { for: "hit-q-date" }, t("hit.as_of")), h("span", { class: "hit-date" }, date)),
      h("label", { class: "field" }, h("span", {}, t("hit.audience")), audience),
      h("label", { class: "field" }, h("span", {}, t("hit.channel")), channel)),
    error,
    h("footer", { class: "hit-foot" }, cancel, save));
  const { dialog, away, done, finish } = sheet(t(question ? "hit.edit" : "hit.add"), form);
  dateField(date);
  text.focus();
  return done;

  async function send(event) {
    event.preventDefault();
    const given = asSent({ text: text.value.trim(), expects: picker.ids, must_hit: must.checked, as_of: date.value, audience: audience.value, channel: channel.value });
    const keep = () => (question
      ? call("PUT", `/api/v1/questions/${encodeURIComponent(question.id)}`, { ...given, version: question.version })
      : call("POST", "/api/v1/questions", given));
    if (save.disabled) return;
    try {
      finish(await heldOpen(dialog, [save, cancel, away], keep));
    } catch (problem) {
      error.textContent = told(problem);
      if (!dialog.contains(document.activeElement)) save.focus(); // disabled, it let go of the focus
    }
  }
}

/** Asks whether to take a question out and does it; resolves to true when the list is to be read anew: it is gone, or changed. */
export function confirmRemoval(question) {
  const cancel = h("button", { class: "btn", type: "button", onclick: () => dialog.close() }, t("common.cancel"));
  const go = h("button", { class: "btn primary", type: "button", onclick: async () => {
    try {
      await heldOpen(dialog, [go, cancel, away], () => call("DELETE", `/api/v1/questions/${encodeURIComponent(question.id)}?version=${question.version}`));
      toast(t("hit.removed"));
      finish(true);
    } catch (problem) {
      toast(told(problem), "alert");
      if (problem.status === 409) finish(true);
      else if (!dialog.contains(document.activeElement)) go.focus(); // disabled, it let go of the focus
    }
  } }, icon("bin"), t("hit.remove"));
  const { dialog, away, done, finish } = sheet(t("hit.remove_title"), h("blockquote", { class: "hit-quote" }, question.text), h("p", { class: "quiet" }, t(question.must_hit ? "hit.remove_must" : "hit.remove_help")),
    h("footer", { class: "hit-foot" }, cancel, go));
  go.focus();
  return done;
}
