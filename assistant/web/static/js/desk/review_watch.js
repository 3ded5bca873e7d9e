/** Notices that the entry changed while it was being read, and that the service is out of reach. */

import { call } from "../api.js";
import { h, icon } from "../dom.js";
import { t } from "../i18n.js";

const EVERY_MS = 60_000;

export class Watch {
  /** `page` carries what was shown (data-version, data-status, data-latest); `notices` gets what is told. */
  constructor(page, notices) {
    this.page = page;
    this.notices = notices;
    this.version = Number(page.dataset.version);
    this.told = null;
    document.addEventListener("visibilitychange", () => document.hidden || this.look());
    addEventListener("focus", () => this.look());
    addEventListener("online", () => this.look());
    addEventListener("offline", () => this.#offline(true));
    setInterval(() => document.hidden || this.look(), EVERY_MS);
  }

  /** Asks how the entry stands; true when this page still shows it as it is. Tells what changed. */
  async look() {
    const { entry, revision, status, latest } = this.page.dataset;
    let now;
    try {
      now = await call("GET", `/api/v1/entries/${encodeURIComponent(entry)}?revision=${revision}`);
    } catch (problem) {
      this.#offline(problem.status === 0);
      return true; // nothing is known; the next step will tell
    }
    this.#offline(false);
    if (now.version === this.version) return true;
    if (now.status !== status) this.#changed(t("review.moved", { status: t(`status.${now.status}`) }));
    else if (now.latest !== Number(latest)) this.#changed(t("review.newer_now", { number: now.latest }));
    else {
      this.version = now.version; // owner, reviewer or review date: the content is the one shown
      return true;
    }
    return false;
  }

  #changed(text) {
    this.told?.remove();
    this.again = h("button", { class: "btn", type: "button", onclick: () => location.replace(location.pathname) }, icon("reload"), t("review.reload"));
    this.told = h("div", { class: "notice due", id: "review-changed" }, icon("alert"), h("span", {}, text), this.again);
    this.notices.append(this.told);
  }

  /** Puts the focus on the button that loads the page anew. */
  focus() {
    this.again?.focus();
  }

  #offline(is) {
    if (is && !this.away) {
      this.away = h("p", { class: "notice due" }, icon("alert"), h("span", {}, t("common.offline")));
      this.notices.append(this.away);
    } else if (!is) {
      this.away?.remove();
      this.away = null;
    }
  }
}
