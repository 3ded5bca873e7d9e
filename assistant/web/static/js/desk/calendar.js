/** The calendar: filters that act at once, how far away a day is, and days by the keyboard. */

import { told } from "../api.js";
import { toast } from "../dom.js";
import { lang } from "../i18n.js";
import { DeskKeys } from "./desk_keys.js";
import { today } from "./fresh_days.js";
import { fetchPage, takeOver, watchAge } from "./fresh_page.js";
import { Rows, offer } from "./fresh_rows.js";

const page = document.getElementById("calendar");
const filters = document.getElementById("filters");
const days = new Rows(() => page, ".day");
let asking = null;
const far = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });

/** Writes beside each day how far away it is. */
function distances() {
  const now = Date.parse(`${today()}T00:00:00Z`);
  for (const place of page.querySelectorAll("[data-distance]")) {
    place.textContent = far.format(Math.round((Date.parse(`${place.dataset.distance}T00:00:00Z`) - now) / 86400000), "day");
  }
}

/** Shows the page at `address`; asked for another one meanwhile, it rejects with an AbortError. */
async function show(address) {
  asking?.abort();
  asking = new AbortController();
  takeOver(await fetchPage(address, { signal: asking.signal }), "list");
  distances();
}

filters.addEventListener("change", async () => {
  const address = `?${new URLSearchParams([...new FormData(filters)].filter(([, value]) => value))}`;
  try {
    await show(address);
    history.replaceState(null, "", address);
  } catch (problem) {
    if (problem.name !== "AbortError") toast(told(problem), "alert");
  }
});

page.addEventListener("click", (event) => {
  const link = event.target.closest(".month a");
  if (!link) return;
  event.preventDefault();
  days.focus(document.getElementById(link.hash.slice(1)));
});

const keys = new DeskKeys(["list", "general"]);
keys.add({ combo: ["j", "k"], label: "calendar.key_move", group: "list", shown: "j k", run: (_, index) => days.move(index ? -1 : 1) });
offer(keys);
watchAge(page.querySelector(".fresh-head"), () => show(location.href));
distances();
page.dataset.ready = "";
