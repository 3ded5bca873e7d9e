/** What the console shows when there is no reply to show. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";

const button = (label, onclick, name = null) =>
  h("button", { class: "btn", type: "button", onclick }, name ? icon(name) : null, label);

/** Before the customer has spoken; `onTry(text)` for an example. */
export function waitingForCustomer(onTry) {
  return [icon("send"), h("strong", {}, t("console.reply_empty")), h("p", {}, t("console.try")),
    h("div", { class: "suggested" }, ...["1", "2", "3", "4"].map((n) => t(`console.example${n}`)).map((text) => button(text, () => onTry(text))))];
}

/** A question back, with the ways the customer may have meant it; `onPick(text)` for one (null: only shown), `onSend()` to send it on. */
export function askBack({ question, options }, onPick, onSend) {
  const copyIt = button(t("reply.copy_question"), onSend, "copy");
  copyIt.append(h("kbd", { "aria-hidden": "true" }, "Ctrl ↵"));
  return [icon("split"), h("strong", {}, t("reply.ask_back")), h("p", { class: "ask-back" }, question), copyIt,
    ...(onPick
      ? [h("p", { class: "small" }, t("reply.ask_back_help")), h("div", { class: "suggested" }, ...options.map((option) => option.text).map((text) => button(text, () => onPick(text))))]
      : [h("ul", { class: "ask-options" }, ...options.map((option) => h("li", {}, option.text)))])];
}

/** Everything the customer said is answered; `onAgain` shows the suggestions once more (null: there are none). */
export function replied(onAgain, count) {
  return [icon("check"), h("strong", {}, t("reply.replied")), h("p", {}, t("reply.replied_help")),
    count && onAgain ? button(t("reply.again"), onAgain, "reload") : null];
}

/** The last reply did not arrive; `onRetry()` sends it again. */
export function notSent(onRetry) {
  const again = button(t("common.retry"), onRetry, "reload");
  again.append(h("kbd", { "aria-hidden": "true" }, "Ctrl ↵"));
  return [icon("alert"), h("strong", {}, t("reply.not_sent")), h("p", {}, t("reply.not_sent_help")), again];
}

/** No reliable answer; `onGap()` sends the question to the people who write. */
export function noAnswer(near, onGap) {
  const gap = button(t("reply.to_gap"), onGap, "inbox");
  gap.append(h("kbd", { "aria-hidden": "true" }, "Alt G"));
  return [icon("search"), h("strong", {}, t("reply.none")), h("p", {}, near ? t("reply.none_near") : t("reply.none_help")), gap];
}

/** Nothing could be fetched, and why; `onRetry` tries again. */
export function unavailable(title, text, onRetry) {
  return [icon("alert"), h("strong", {}, title || text), title && title !== text ? h("p", {}, text) : null, button(t("common.retry"), onRetry, "reload")];
}
