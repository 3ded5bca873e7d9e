/** Moments as people read them; `iso` is in the site's time zone, as the service writes it. */

/** The day and the minute. */
export const minute = (iso) => (iso ?? "").slice(0, 16).replace("T", " ");

/** The day alone where it is midnight, else with the time of day, as on the server's pages. */
export const moment = (iso) => minute(iso).replace(" 00:00", "");
