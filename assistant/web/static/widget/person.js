/** What stands at the end of the conversation while a person is waited for, or when it has ended. */

import { button, h, icon } from "./dom.js";
import { t } from "./texts.js";
import { verdictButtons } from "./message.js";

const KNOWN = {
  product: () => t("widget.product"),
  "order.no": () => t("widget.order"),
  page: () => t("widget.page"),
};

/** Waiting: that somebody comes, and what they will be told. */
export function waitingCard({ conversation, session, context }) {
  return h("section", { class: "card waiting", "aria-label": t("widget.connecting") },
    h("p", { class: "lead" }, h("span", { class: "ring", "aria-hidden": "true" }), t("widget.connecting")),
    h("p", {}, t("widget.may_go_on_writing")),
    h("details", { class: "fold", ontoggle: ({ target }) => target.scrollIntoView({ block: "nearest" }) }, h("summary", {}, icon("down"), h("span", {}, t("widget.agent_is_told"))),
      h("ul", { class: "told" }, told(conversation, session.visit, context()).map((line) => h("li", {}, line)))));
}

function told(conversation, visit, context) {
  const { messages } = conversation;
  const tried = messages.flatMap((message) => (message.answers ?? []).map(({ title }) =>
    (conversation.verdict(message.number) === "not_solved" ? t("widget.tried_in_vain", { title }) : title)));
  const given = Object.entries(context).map(([name, value]) => `${KNOWN[name]?.() ?? name}${t("widget.colon")}${value}`);
  return [
    t("widget.told_conversation", { count: messages.length }),
    tried.length ? t("widget.told_tried", { titles: [...new Set(tried)].join(t("widget.comma")) }) : "",
    given.length ? t("widget.told_context", { values: given.join(t("widget.comma")) }) : "",
    visit?.name ? t("widget.told_identity", { name: visit.name }) : "",
  ].filter(Boolean);
}

/** Closed: whether it helped, and a way to begin anew. */
export function closedCard(app) {
  const { conversation, actions } = app;
  const last = conversation.messages.at(-1);
  const verdict = last && conversation.verdict(last.number);
  return h("section", { class: "card closed", "aria-label": t("widget.ended") },
    h("p", { class: "lead" }, icon("check"), t("widget.ended")),
    last && !verdict ? [h("p", {}, t("widget.was_it_solved")), verdictButtons(last, actions, false)] : null,
    verdict ? h("p", { class: `judged ${verdict}` }, verdict === "solved" ? t("widget.solved_thanks") : t("widget.sorry_begin_anew")) : null,
    button(t("widget.begin_anew"), actions.startAnew, { class: "main" }));
}
