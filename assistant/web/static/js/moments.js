/** Moments as people read them; `iso` is in the site's time zone, as the service writes it. */

/** A time in milliseconds since 1970 as the day and the minute that it is then in the site's time zone. */
export const localMinute = (time) => new Intl.DateTimeFormat("sv-SE", { timeZone: document.documentElement.dataset.zone, dateStyle: "short", timeStyle: "short" }).format(time);

/** The day and the minute. */
export const minute = (iso) => (iso ?? "").slice(0, 16).replace("T", " ");

/** The day alone where it is midnight, else with the time of day, as on the server's pages. */
export const moment = (iso) => minute(iso).replace(" 00:00", "");
