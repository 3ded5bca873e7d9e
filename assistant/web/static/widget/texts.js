/** The widget's wording. `TEXTS` comes from the service's language files when the script is put together. */
/* global TEXTS */

const DAY_MS = 86_400_000;

let chosen = "zh-CN";

/** Speak the first of `tags` that we know, else Chinese; the chosen language's tag. */
export function speak(...tags) {
  const known = tags.map((tag) => ({ zh: "zh-CN", en: "en" })[String(tag ?? "").slice(0, 2).toLowerCase()]);
  chosen = known.find(Boolean) ?? "zh-CN";
  return chosen;
}

/** The language that is spoken. */
export const spoken = () => chosen;

/** The text of `key` with its `{places}` filled. */
export function t(key, params = {}) {
  const text = TEXTS[chosen][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in params ? String(params[name]) : whole));
}

/** The time of day of a moment, where the customer is. */
export function timeOf(moment) {
  return new Intl.DateTimeFormat(chosen, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(moment));
}

/**
 * An ISO moment as somebody would say it today: 今天 18:00, tomorrow 09:00, 周一 09:00. The clock is
 * that of its own offset, the site's, so that it agrees with the hours which the site publishes.
 */
export function dayAndTime(moment, now = new Date()) {
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(moment) ?? [null, "+", 0, 0];
  const offset = (sign === "-" ? -60_000 : 60_000) * (Number(hours) * 60 + Number(minutes));
  const [then, today] = [Date.parse(moment) + offset, now.getTime() + offset];
  const said = (options) => new Intl.DateTimeFormat(chosen, { timeZone: "UTC", ...options }).format(then);
  const days = Math.floor(then / DAY_MS) - Math.floor(today / DAY_MS);
  const day = days === 0 ? t("widget.today") : days === 1 ? t("widget.tomorrow")
    : said(days < 7 ? { weekday: "short" } : { month: "short", day: "numeric" });
  return `${day} ${said({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" })}`;
}
