/** One message of the conversation as it is shown. */

import { answerCard } from "./card.js";
import { button, h, icon } from "./dom.js";
import { t, timeOf } from "./texts.js";

const NOTICES = new Set(["handover", "ticket", "closed"]);

/** Who speaks, in words. */
export function speaker(message) {
  if (message.role === "agent") return t("widget.agent");
  return message.role === "customer" ? t("widget.you") : t("widget.assistant");
}

/** What is read out when a message arrives. */
export function spokenText(message) {
  const answers = (message.answers ?? []).map(({ title, short }) => `${title}${t("widget.colon")}${short.join("")}`);
  return [`${speaker(message)}${t("widget.colon")}${message.text}`, ...answers, ...(message.options ?? [])].join(" ");
}

/** The element of `message`; its `foot` is where the thread puts what can be done about it. */
export function messageElement(message, app) {
  const { role, kind } = message;
  const foot = h("div", { class: "foot" });
  if (role === "system" || NOTICES.has(kind)) return h("div", { class: "message notice", "data-number": message.number }, h("p", {}, message.text), foot);
  const time = message.at && role !== "assistant" ? h("time", { datetime: message.at }, timeOf(message.at)) : null;
  const several = message.answers?.length > 1 ? t("widget.several_answers", { count: message.answers.length }) : "";
  const said = message.text || several ? h("p", { class: "bubble" }, message.text || several) : null;
  const cards = (message.answers ?? []).map((answer) => answerCard(answer, app.shown, !!several));
  return h("div", { class: `message ${role}`, "data-kind": kind, "data-number": message.number },
    role === "customer" ? null : h("span", { class: "avatar", "aria-hidden": "true" }, icon(role === "agent" ? "person" : "chat")),
    h("div", { class: "said" },
      h("span", { class: "sr" }, speaker(message)),
      said, cards,
      time ? h("span", { class: "meta" }, role === "agent" ? speaker(message) : null, time) : null,
      foot),
  );
}

/** The buttons or the verdict under a message; `newest` says that nothing came after it. */
export function footOf(message, { newest, verdict, state, actions, busy }) {
  if (message.role === "customer" || message.role === "agent") return [];
  const bot = state.mode === "bot";
  const person = button(state.open ? t("widget.hand_over") : t("widget.leave_message"), () => actions.askForPerson(), { class: "link", disabled: busy });
  if (message.kind === "answer") {
    if (verdict) return [verdictLine(verdict)];
    return newest && bot ? [verdictButtons(message, actions, busy), person] : [];
  }
  if (message.kind === "clarify") {
    const options = (message.options ?? []).map((text) => button(text, () => actions.send(text), { class: "choice", disabled: !newest || !bot || busy }));
    return [h("div", { class: "choices", role: "group", "aria-label": message.text }, options), newest && bot ? person : null];
  }
  if (!newest || !bot) return [];
  const options = (message.options ?? []).map((text) => button(text, () => actions.send(text), { class: "choice", disabled: busy }));
  const offers = message.kind === "abstain" || message.kind === "offer";
  return [options.length ? h("div", { class: "choices" }, options) : null,
    offers ? button(state.open ? t("widget.hand_over") : t("widget.leave_message"), () => actions.askForPerson(), { class: "quiet", disabled: busy }, icon(state.open ? "person" : "mail")) : null];
}

/** 解决了 / 没解决 for a message. */
export function verdictButtons(message, actions, busy) {
  const choice = (verdict, words, drawing) => button(words, () => actions.judge(message, verdict), { class: "verdict", disabled: busy }, icon(drawing));
  return h("div", { class: "verdicts", role: "group", "aria-label": t("widget.was_it_solved") },
    choice("solved", t("widget.solved"), "check"), choice("not_solved", t("widget.not_solved"), "close"));
}

function verdictLine(verdict) {
  const solved = verdict === "solved";
  return h("p", { class: `judged ${verdict}`, tabindex: "-1" }, icon(solved ? "check" : "close"), solved ? t("widget.solved_thanks") : t("widget.noted_not_solved"));
}
