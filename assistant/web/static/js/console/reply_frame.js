/** What stands around the reply: its alternatives, what to know before sending, and what can be done. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { tone } from "../state.js";
import { versionsButton } from "./versions.js";

/** The suggestions to choose from, as tabs. */
export function drawTabs(card) {
  if (!card.suggestions.length) return null;
  const move = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    card.select((card.index + step + card.suggestions.length) % card.suggestions.length);
  };
  return h("div", { class: "tabs", role: "tablist", "aria-label": t("console.reply"), onkeydown: move },
    ...card.suggestions.map((suggestion, index) => h("button", {
      class: "tab", role: "tab", type: "button", id: `reply-tab-${index}`, "aria-selected": String(index === card.index),
      "aria-controls": "reply-panel", "aria-keyshortcuts": `Alt+${index + 1}`,
      tabindex: index === card.index ? "0" : "-1", title: suggestion.title,
      disabled: card.draft !== null && index !== card.index, onclick: () => card.select(index),
    }, h("kbd", { "aria-hidden": "true" }, `Alt ${index + 1}`), h("b", {}, suggestion.title))));
}

/** A basis that is stale, disputed or about to change; what the customer also asked and nothing answers. */
export function drawNotices({ current, unanswered }) {
  return [current ? stale(current) : null, unanswered.length ? open(unanswered) : null];
}

function stale(suggestion) {
  const found = [suggestion.freshness, ...suggestion.sentences.flatMap((s) => s.evidence.map((e) => e.freshness))]
    .filter((freshness) => freshness && freshness.state !== "current");
  if (!found.length) return null;
  const messages = [...new Set(found.flatMap((freshness) => freshness.reasons.map((reason) => reason.message)))];
  const [colour, shape] = tone(found[0].state);
  return h("div", { class: `notice ${colour} reply-warning` }, icon(shape),
    h("div", {}, h("b", {}, t(`state.${found[0].state}`)), ...messages.map((message) => h("div", {}, message)), versionsButton(suggestion)));
}

function open(unanswered) {
  return h("div", { class: "notice due reply-warning reply-open" }, icon("inbox"),
    h("div", {}, h("b", {}, t("reply.open")), h("ul", {}, ...unanswered.map((question) => h("li", {}, question)))));
}

/** What can be done with the reply. */
export function drawActions(card) {
  const { draft, editing, base, waiting, lost, diffing, on } = card;
  const { action } = card.about;
  const button = (act, name, label, handler, { cls = "", key = null, ...more } = {}) => h("button", {
    class: `btn ${cls}`, type: "button", data: { act }, onclick: handler, ...more,
  }, icon(name), label, key ? h("kbd", { "aria-hidden": "true" }, key) : null);
  const own = draft !== null;
  const sends = own || card.current;
  return h("div", { class: "reply-actions" },
    sends ? button("send", action === "copy" ? "copy" : "send", t(`reply.do_${action}`), () => on.send(), { cls: "primary", key: "Ctrl ↵" }) : null,
    sends && action !== "copy" ? button("copy", "copy", t("reply.copy_short"), () => on.copy()) : null,
    editing
      ? button("done", "check", t("reply.edit_done"), () => card.leaveEditor(), { key: "Esc" })
      : button("edit", "edit", t("reply.edit"), () => card.edit(), { key: "Alt E" }),
    own && base ? button("changes", "split", t("reply.changes"), () => card.toggleChanges(), { "aria-pressed": String(diffing) }) : null,
    own && !editing ? button("restore", "back", base ? t("reply.restore") : t("reply.drop"), () => card.discard()) : null,
    lost ? button("lost", "back", t("reply.own_back"), () => card.takeBack()) : null,
    h("span", { role: "status" }, own ? button("waiting", "reload", t("reply.waiting"), () => card.takeUpdate(), {
      cls: "update", key: "Alt R", hidden: !waiting, title: t("reply.waiting_help"), data: { act: "waiting", waiting: "" },
    }) : null),
    h("span", { class: "spring" }),
    own ? null : quiet("unhelpful", "down", "Alt+U", () => on.feedback("unhelpful")),
    own ? null : quiet("outdated", "flag", "Alt+O", () => on.feedback("outdated")));
}

function quiet(act, name, key, onclick) {
  const label = t(`reply.${act}`);
  return h("button", { class: "btn plain icon-only", type: "button", data: { act }, title: `${label} (${key})`, "aria-label": label, onclick }, icon(name));
}

/** The shape of a reply that is on its way. */
export function skeleton() {
  return [h("div", { class: "reply-skeleton", "aria-hidden": "true" },
    ...[92, 78, 60].map((width) => { const bar = h("div", { class: "skeleton" }); bar.style.width = `${width}%`; return bar; }))];
}
