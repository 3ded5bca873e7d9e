/** Messages on their way: sent, slow, waiting, or in need of a decision. */

import { button, h, icon, redraw } from "./dom.js";
import { t, timeOf } from "./texts.js";

/** Shows an item of `Outgoing` in its element, where something about it has changed. */
export function showOutgoing(element, item, { outgoing, actions }) {
  const stuck = ["failed", "busy", "refused"].includes(item.status);
  element.dataset.status = item.status;
  redraw(element, `${item.status} ${words(item)}`, () => [
    h("div", { class: "said" },
      h("span", { class: "sr" }, t("widget.you")),
      h("p", { class: "bubble" }, item.text),
      h("span", { class: stuck ? "meta bad" : "meta", role: stuck ? "alert" : null }, stuck ? icon("alert") : icon("clock"), words(item)),
      stuck ? h("div", { class: "foot end" },
        item.status === "refused" ? null : button(t("widget.send_again"), () => outgoing.again(item), { class: "link" }),
        button(t("widget.edit"), () => actions.edit(outgoing.drop(item)), { class: "link" })) : null),
  ]);
}

function words({ status, until }) {
  const seconds = Math.max(1, Math.ceil((until - Date.now()) / 1000));
  return {
    sending: () => t("widget.sending"),
    slow: () => t("widget.slow"),
    waiting: () => t("widget.sent_again_in", { seconds }),
    offline: () => t("widget.offline"),
    busy: () => t("widget.busy_until", { when: timeOf(until) }),
    failed: () => t("widget.not_sent"),
    refused: () => t("widget.refused"),
  }[status]();
}
