/** Days by the site's calendar, wherever the browser is. */

import { serverNow } from "../server_time.js";

const zone = document.documentElement.dataset.zone || undefined;
const DAY_MS = 24 * 3600 * 1000;

/** Today at the site, as YYYY-MM-DD. */
export const today = () => new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(new Date(serverNow()));

const shifted = (iso, days) => new Date(Date.parse(`${iso}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** The days that things are put off to, by name: tomorrow, next Monday, in two weeks, the first of next month; each once. */
export function presets(from = today()) {
  const weekday = new Date(`${from}T00:00:00Z`).getUTCDay(); // Sunday is 0
  const [year, month] = from.split("-").map(Number);
  const days = {
    tomorrow: shifted(from, 1),
    monday: shifted(from, ((8 - weekday) % 7) || 7),
    two_weeks: shifted(from, 14),
    month: `${month === 12 ? year + 1 : year}-${String((month % 12) + 1).padStart(2, "0")}-01`,
  };
  return Object.fromEntries(Object.entries(days).filter(([, day], place, all) => all.findIndex((other) => other[1] === day) === place));
}
