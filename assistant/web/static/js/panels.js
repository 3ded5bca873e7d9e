/** What the console shows when there is no reply to show, and the strip of warnings above it. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";

const button = (label, onclick, name = null) =>
  h("button", { class: "btn", type: "button", onclick }, name ? icon(name) : null, label);

/** Warnings of a contact as chips: mood, sensitive words, escalation, hand-over. */
export function riskChips({ risk, handover }) {
  const chips = [];
  const add = (tone, name, text, title) => chips.push(h("span", { class: `chip ${tone}`, title }, icon(name), text));
  const mood = risk?.mood ?? "calm";
  if (mood !== "calm") {
    const words = risk.mood_words?.length ? t("matched.quote", { text: risk.mood_words.join(t("list.join")) }) : "";
    add(mood === "angry" ? "bad" : "due", "mood", `${t(`mood.${mood}`)}${words}`);
  }
  if (risk?.sensitive_words?.length) {
    add("bad", "alert", t("risk.sensitive", { words: risk.sensitive_words.join(t("list.join")) }));
  }
  if (risk?.escalation) {
    add("bad", "clock", t("risk.escalate", risk.escalation), risk.escalation.path?.join(" → "));
  }
  if (risk?.complexity?.departments?.length > 1) {
    add("info", "split", t("risk.departments", { names: risk.complexity.departments.join(t("list.join")) }));
  }
  if (handover?.needed) {
    add("info", "person", t("risk.handover", { group: handover.skill_group || "—", reason: t(`handover.${handover.reason}`) }));
  }
  return chips;
}

/** Before the customer has spoken; `onTry(text)` for an example. */
export function waitingForCustomer(onTry) {
  return [icon("send"), h("strong", {}, t("console.reply_empty")), h("p", {}, t("console.try")),
    h("div", { class: "suggested" }, ...["1", "2", "3", "4"].map((n) => t(`console.example${n}`)).map((text) => button(text, () => onTry(text))))];
}

/** A question back, with the ways the customer may have meant it; `onPick(text)` for one, `onCopy()` to send it on. */
export function askBack({ question, options }, onPick, onCopy) {
  const copyIt = button(t("reply.copy_question"), onCopy, "copy");
  copyIt.append(h("kbd", { "aria-hidden": "true" }, "Ctrl ↵"));
  return [icon("split"), h("strong", {}, t("reply.ask_back")), h("p", { class: "ask-back" }, question), copyIt,
    h("p", { class: "small" }, t("reply.ask_back_help")),
    h("div", { class: "suggested" }, ...options.map((option) => option.text ?? option).map((text) => button(text, () => onPick(text))))];
}

/** No reliable answer; `onGap(button)` sends the question to the people who write. */
export function noAnswer(near, onGap) {
  const gap = button(t("reply.to_gap"), () => onGap(gap), "inbox");
  return [icon("search"), h("strong", {}, t("reply.none")), h("p", {}, near ? t("reply.none_near") : t("reply.none_help")), gap];
}

/** Nothing could be fetched, and why; `onRetry` tries again. */
export function unavailable(title, text, onRetry) {
  return [icon("alert"), h("strong", {}, title || text), title && title !== text ? h("p", {}, text) : null, button(t("common.retry"), onRetry, "reload")];
}
