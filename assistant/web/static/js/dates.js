/** Date fields that read the same everywhere: year-month-day as text, with the browser's calendar behind a button. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";

const FORM = /^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?$/;

/** The day that `text` means as YYYY-MM-DD; null when it is none. */
export function day(text) {
  const found = text.trim().match(FORM);
  if (!found) return null;
  const [, year, month, date] = found.map((part) => part.padStart(2, "0"));
  const iso = `${year}-${month}-${date}`;
  const parsed = new Date(`${iso}T00:00:00Z`);
  return Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== iso ? null : iso;
}

/** Gives `input` a calendar button and its check; a whole day or an empty field fires `day` with `detail`. */
export function dateField(input) {
  const calendar = h("input", { type: "date", class: "date-native", tabindex: "-1", "aria-hidden": "true" });
  const pick = h("button", { class: "btn plain icon-only", type: "button", "aria-label": t("date.pick"), title: t("date.pick") }, icon("calendar"));
  const tell = (value) => input.dispatchEvent(new CustomEvent("day", { detail: value }));
  let told = day(input.value) ?? "";

  function check(final) {
    const text = input.value.trim();
    const value = text ? day(text) : "";
    const wrong = value === null;
    input.setCustomValidity(wrong ? t("date.wrong") : "");
    input.ariaInvalid = wrong && final ? "true" : null;
    if (wrong) {
      if (final) input.reportValidity();
      return;
    }
    if (final || /^\d{4}-\d\d-\d\d$/.test(text) || !text) {
      input.value = value;
      if (value !== told) tell(told = value);
    }
  }

  input.addEventListener("input", () => check(false));
  input.addEventListener("change", () => check(true));
  calendar.addEventListener("change", () => { input.value = calendar.value; check(true); });
  pick.addEventListener("click", () => {
    calendar.value = day(input.value) ?? "";
    if (calendar.showPicker) calendar.showPicker();
    else input.focus();
  });
  input.after(h("span", { class: "date-pick" }, pick, calendar));
}

document.querySelectorAll("input[data-date]").forEach(dateField);
