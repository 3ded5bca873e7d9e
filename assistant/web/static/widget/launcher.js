/** The round button at the edge of the page, with the number of messages not read. */

import { h, icon } from "./dom.js";
import { t } from "./texts.js";

export class Launcher {
  constructor(toggle) {
    this.badge = h("span", { class: "badge", "aria-hidden": "true", hidden: true });
    this.element = h("button", { type: "button", class: "launcher", "aria-expanded": "false", "aria-haspopup": "dialog", onclick: toggle }, icon("chat"), icon("down"), this.badge);
    this.update({ open: false, unread: 0 });
  }

  update({ open, unread }) {
    const label = open ? t("widget.close") : unread ? t("widget.open_unread", { count: unread }) : t("widget.open");
    this.element.setAttribute("aria-label", label);
    this.element.setAttribute("aria-expanded", String(open));
    this.badge.hidden = open || !unread;
    this.badge.textContent = unread > 9 ? "9+" : String(unread);
  }
}
