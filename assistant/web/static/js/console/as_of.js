/** The day whose rules answer: its field in the page's head, and the banner that says so loudly. */

import "../dates.js";
import { t } from "../i18n.js";

const byId = (id) => document.getElementById(id);

/** Tells `onChange(day)` (YYYY-MM-DD, empty for today) when the agent chooses another day. */
export class AsOf {
  constructor(onChange) {
    this.day = "";
    this.field = byId("asof");
    this.field.addEventListener("day", ({ detail }) => {
      if (detail === this.day) return;
      this.#say(detail);
      onChange(detail);
    });
    byId("asof-clear").addEventListener("click", () => {
      this.#say("");
      this.field.value = "";
      this.field.dispatchEvent(new Event("change"));
      onChange("");
    });
  }

  /** Shows the day of another conversation. */
  show(day) {
    if (day === this.day) return;
    this.#say(day);
    this.field.value = day;
    this.field.dispatchEvent(new Event("change"));
  }

  focus() {
    this.field.focus();
    this.field.select();
  }

  #say(day) {
    this.day = day;
    byId("asof-banner").hidden = byId("reply-asof").hidden = !day;
    byId("asof-banner").querySelector("[data-text]").textContent = t("console.asof_banner", { date: day });
    byId("reply-asof").querySelector("[data-text]").textContent = t("console.asof_reply", { date: day });
    document.body.toggleAttribute("data-asof", Boolean(day));
  }
}

/** The address of an entry as it was on `day`. */
export function onDay(url, day) {
  return day && !url.includes("as_of=") ? `${url}${url.includes("?") ? "&" : "?"}as_of=${day}` : url;
}
