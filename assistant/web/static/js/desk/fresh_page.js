/** Pages of ours fetched again: what the server draws is taken over part by part, so that nothing jumps. */

import { Problem } from "../api.js";
import { h, icon } from "../dom.js";
import { t } from "../i18n.js";

const OLD_MS = 10 * 60 * 1000;
const LOOK_MS = 30 * 1000;

/** The page at `url` as a document; rejects with Problem (status 0: offline). */
export async function fetchPage(url, { signal } = {}) {
  let response;
  try {
    response = await fetch(url, { credentials: "same-origin", signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, { title: "offline" });
  }
  if (new URL(response.url).pathname === "/login") {
    location.assign(response.url);
    throw new Problem(401, {});
  }
  if (!response.ok) throw new Problem(response.status, {});
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

/** Puts each part of `page` named in `names` in the place of the one shown. */
export function takeOver(page, ...names) {
  for (const name of names) {
    const fresh = page.querySelector(`[data-part="${name}"]`);
    const shown = document.querySelector(`[data-part="${name}"]`);
    if (fresh && shown) shown.replaceWith(document.adoptNode(fresh));
  }
}

/** Says below `head` when what the page shows has become old or the network is gone; `reload()` fetches it again. */
export function watchAge(head, reload) {
  let since = Date.now();
  let bar = null;
  const show = (key, shape) => {
    if (bar?.dataset.key === key) return;
    hide();
    bar = h("p", { class: "notice due stale", role: "status", data: { key } }, icon(shape), h("span", {}, t(key)),
      h("button", { class: "btn", type: "button", onclick: again }, icon("reload"), t("fresh.reload")));
    head.after(bar);
  };
  const hide = () => { bar?.remove(); bar = null; };
  const look = () => {
    if (!navigator.onLine) show("fresh.offline", "alert");
    else if (Date.now() - since > OLD_MS) show("fresh.stale", "clock");
    else hide();
  };
  async function again() {
    try {
      await reload();
      since = Date.now();
      hide();
    } catch {
      look();
    }
  }
  setInterval(look, LOOK_MS);
  for (const name of ["online", "offline", "focus"]) addEventListener(name, look);
}
