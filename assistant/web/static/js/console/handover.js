/** Handing a conversation over: to which group, why, and what goes along. Enter sends. */

import { call, told } from "../api.js";
import { copy, h, icon, toast } from "../dom.js";
import { heldOpen } from "../held_open.js";
import { t } from "../i18n.js";
import { asText, summaryOf } from "./handover_summary.js";
import { skillGroups } from "./skill_groups.js";

const REASONS = ["sensitive", "asked_for_person", "upset", "no_knowledge", "several_departments", "repeated", "other"];

/**
 * Opens the dialog for a conversation; `suggested` is the risk's `handover`. Resolves to the contact
 * as it is after the hand-over, to `{ copied: true }` for one that is only here, to null otherwise.
 */
export async function openHandOver(conversation, suggested) {
  try {
    const [groups, messages] = await Promise.all([skillGroups(), said(conversation)]);
    if (messages.length) {
      const { id, slots, risk, found, tried } = conversation;
      return await new HandOver({ id, slots, risk, found, messages, tried }, suggested, groups).done;
    }
    toast(t("handover.nothing_said"), "alert");
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    toast(told(problem), "alert");
  }
  return null;
}

/** What was said; of a contact just opened it may still be on its way. */
async function said({ id, loaded, messages }) {
  return id && !loaded ? (await call("GET", `/api/v1/contacts/${id}`)).messages : messages;
}

class HandOver {
  #busy = false;
  #index = 0;

  constructor(conversation, suggested, groups) {
    this.conversation = conversation;
    this.live = Boolean(conversation.id);
    this.first = suggested?.skill_group || "";
    const known = groups.some(({ name }) => name === this.first);
    this.groups = [...(this.first && !known ? [{ name: this.first, label: this.first }] : []), ...groups];
    this.groups.sort((a, b) => Number(b.name === this.first) - Number(a.name === this.first));
    this.shown = this.groups;
    this.#build(suggested?.reason ?? "");
    this.done = new Promise((resolve) => { this.resolve = resolve; });
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.find.focus();
  }

  #build(reason) {
    this.find = h("input", {
      class: "input", id: "handover-group", role: "combobox", autocomplete: "off", "aria-expanded": "true", "aria-controls": "handover-groups", "aria-autocomplete": "list",
      placeholder: t("handover.find"), "aria-describedby": "handover-error", oninput: () => this.#filter(), onkeydown: (event) => this.#key(event),
    });
    this.list = h("ul", { class: "handover-groups", id: "handover-groups", role: "listbox", "aria-label": t("handover.to") });
    this.reason = h("select", { class: "input", id: "handover-reason" },
      ...REASONS.map((code) => h("option", { value: code }, t(`handover.${code}`))));
    this.reason.value = REASONS.includes(reason) ? reason : "other";
    this.note = h("textarea", { class: "input", id: "handover-note", rows: 2, maxlength: 2000, placeholder: t("handover.note_help") });
    if (this.conversation.tried) this.note.value = t("handover.walked", { steps: this.conversation.tried }).slice(0, this.note.maxLength);
    this.error = h("p", { class: "bad-text small", id: "handover-error", role: "alert" });
    const [label, shape] = this.live ? [t("handover.send"), "send"] : [t("handover.copy"), "copy"];
    this.send = h("button", { class: "btn primary", type: "submit" }, icon(shape), label, h("kbd", { "aria-hidden": "true" }, "↵"));
    this.cancel = h("button", { class: "btn", type: "button", onclick: () => this.dialog.close() }, t("common.cancel"));
    this.away = h("button", { class: "btn plain icon-only", type: "button", "aria-label": t("common.close"), onclick: () => this.dialog.close() }, icon("close"));
    const field = (id, text, input) => h("div", { class: "field" }, h("label", { for: id }, text), input);
    this.dialog = h("dialog", {
      class: "sheet tall-sheet handover-sheet", "aria-labelledby": "handover-title", onclose: () => { this.dialog.remove(); this.resolve(this.result ?? null); },
    },
    h("header", {}, h("h2", { id: "handover-title" }, t("handover.title")), this.away),
    h("form", { class: "handover sheet-form", onsubmit: (event) => { event.preventDefault(); this.#submit(); }, onkeydown: (event) => this.#ctrlEnter(event) },
      h("div", { class: "field" }, h("label", { for: "handover-group" }, t("handover.to")), this.find, this.list),
      field("handover-reason", t("handover.reason"), this.reason),
      field("handover-note", t("handover.note"), this.note),
      this.#along(), this.error,
      h("div", { class: "sheet-actions" }, this.cancel, this.send)));
    this.#draw();
  }

  /** What goes along: the essentials, and every message as the service keeps it. */
  #along() {
    const { messages } = this.conversation;
    return h("details", { class: "handover-along", open: innerWidth > 480 },
      h("summary", {}, t(this.live ? "handover.along" : "handover.along_copied", { count: messages.length })),
      h("dl", {}, ...summaryOf(this.conversation).flatMap(([label, text]) => [h("dt", {}, label), h("dd", {}, text)])),
      h("ol", { class: "handover-said", tabindex: "0", "aria-label": t("console.transcript") },
        ...messages.map(({ role, text }) => h("li", {}, h("b", {}, t(`speaker.${role}`)), text))));
  }

  #filter() {
    const wanted = this.find.value.trim().toLowerCase();
    this.shown = this.groups.filter(({ name, label }) => `${name} ${label}`.toLowerCase().includes(wanted));
    this.#index = 0;
    this.#draw();
  }

  #draw() {
    this.list.replaceChildren(...this.shown.map((group, index) => h("li", {
      role: "option", id: `handover-option-${index}`, onclick: () => { this.#index = index; this.#mark(); this.find.focus(); },
    }, icon("check"), group.label, group.name === this.first ? h("span", { class: "chip good" }, t("handover.suggested")) : null)));
    if (!this.shown.length) this.list.append(h("li", { role: "option", "aria-disabled": "true" }, t("handover.no_group")));
    this.#mark();
  }

  #mark() {
    [...this.list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === this.#index && this.shown.length > 0)));
    this.list.children[this.#index]?.scrollIntoView({ block: "nearest" });
    this.find.setAttribute("aria-activedescendant", this.shown.length ? `handover-option-${this.#index}` : "");
  }

  #key(event) {
    if (event.isComposing || (event.key !== "ArrowDown" && event.key !== "ArrowUp") || !this.shown.length) return;
    event.preventDefault();
    this.#index = (this.#index + (event.key === "ArrowDown" ? 1 : -1) + this.shown.length) % this.shown.length;
    this.#mark();
  }

  #ctrlEnter(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    this.#submit();
  }

  async #submit() {
    const group = this.shown[this.#index];
    if (this.#busy || !group) {
      if (!group) this.error.textContent = t("handover.no_group");
      return;
    }
    const note = this.note.value.trim();
    const code = this.reason.value;
    if (code === "other" && !note) {
      this.error.textContent = t("handover.say_why");
      this.note.focus();
      return;
    }
    this.#busy = true;
    this.error.textContent = "";
    const run = () => (this.live ? this.#handOver(group, code, note) : this.#copied(group, code, note));
    const problem = await heldOpen(this.dialog, [this.send, this.cancel, this.away], run).then(() => null, (error) => error);
    this.#busy = false;
    if (!problem) {
      this.dialog.close();
      return;
    }
    this.error.textContent = told(problem);
    if (!this.dialog.contains(document.activeElement)) this.send.focus(); // disabled, it let go of the focus
  }

  async #handOver(group, code, note) {
    const path = `/api/v1/contacts/${this.conversation.id}/handover`;
    this.result = await call("POST", path, { skill_group: group.name, reason: code, ...(note ? { note } : {}) });
    toast(t("handover.done", { group: group.label }), "send");
  }

  async #copied(group, code, note) {
    if (!(await copy(asText(this.conversation, { group: group.name, reason: t(`handover.${code}`), note })))) throw new Error(t("reply.copy_failed"));
    this.result = { copied: true };
    toast(t("handover.copied"), "copy");
  }
}
