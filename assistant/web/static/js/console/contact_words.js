/** How a contact is called, how long it has waited, and the time of day where the team works. */

import { t } from "../i18n.js";

/** The customer's name as the platform gave it; without one, something short to tell contacts apart by. */
export function nameOf({ id, customer }) {
  return customer?.name || t("contacts.nameless", { id: id.slice(-4) });
}

/** The time since `iso` as minutes and seconds, above an hour as hours and minutes. */
export function clock(iso, now = Date.now()) {
  const seconds = Math.max(0, Math.floor((now - Date.parse(iso)) / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (number) => String(number).padStart(2, "0");
  if (hours >= 24) return t("contacts.days", { days: Math.floor(hours / 24) });
  return hours ? t("contacts.hours", { hours, minutes: two(minutes) }) : `${two(minutes)}:${two(seconds % 60)}`;
}

/** The time of day of `iso` in the site's time zone, as on the server's pages. */
export function timeOfDay(iso) {
  const timeZone = document.getElementById("console").dataset.zone;
  return new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" }).format(new Date(iso));
}
