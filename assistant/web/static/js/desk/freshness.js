/** The freshness board: filters, rows and what is done about them change in place. */

import { told } from "../api.js";
import { h, toast } from "../dom.js";
import { t } from "../i18n.js";
import { RowActions } from "./fresh_actions.js";
import { fetchPage, takeOver, watchAge } from "./fresh_page.js";
import { Rows, listKeys } from "./fresh_rows.js";

const board = document.getElementById("board");
const filters = document.getElementById("filters");
const said = h("p", { class: "visually-hidden", role: "status" });
const list = () => board.querySelector("[data-part=list]");
const rows = new Rows(list, "tr[data-entry]");
const more = () => board.querySelector("[data-more]");
let asking = null;

board.append(said);

/** The filters as they stand, as the search part of an address. */
function search() {
  const given = [...new FormData(filters)].filter(([, value]) => value);
  return given.length ? `?${new URLSearchParams(given)}` : location.pathname;
}

/** Fetches the page at `address` and takes its filters, tiles and rows over. */
async function go(address, { push = true } = {}) {
  asking?.abort();
  asking = new AbortController();
  list().setAttribute("aria-busy", "true");
  try {
    const page = await fetchPage(address, { signal: asking.signal });
    takeOver(page, "tiles", "list");
    for (const input of page.getElementById("filters").elements) {
      const shown = filters.elements[input.name];
      if (!shown || !input.name) continue;
      if (input.type === "checkbox") shown.checked = input.checked;
      else shown.value = input.value;
    }
    document.title = page.title;
    if (push) history.pushState(null, "", address);
    said.textContent = t("board.found", { count: board.querySelector("[data-part=tiles]").dataset.total });
  } catch (problem) {
    if (problem.name === "AbortError") return;
    list().setAttribute("aria-busy", "false");
    toast(told(problem), "alert");
    throw problem;
  }
}

const quietly = (promise) => promise.catch(() => {}); // it was said already

filters.addEventListener("change", () => quietly(go(search())));
filters.addEventListener("submit", (event) => { event.preventDefault(); quietly(go(search())); });
addEventListener("popstate", () => quietly(go(location.href, { push: false })));
board.addEventListener("click", (event) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  const tile = event.target.closest(".tile, .empty a[href='/desk/freshness']");
  const further = event.target.closest("[data-more]");
  if (!tile && !further) return;
  event.preventDefault();
  if (further) append();
  else quietly(go(tile.getAttribute("href")).then(() => (board.querySelector(".tile.on") ?? board.querySelector(".tile")).focus()));
});

/** The next rows below those that are there; the focus goes to the first of them. */
async function append() {
  const link = more();
  if (!link || list().getAttribute("aria-busy") === "true") return;
  const mine = asking = new AbortController(); // other filters, chosen meanwhile, call it off
  list().setAttribute("aria-busy", "true");
  try {
    const page = await fetchPage(link.href, { signal: mine.signal });
    const known = new Set([...list().querySelectorAll("tr[data-entry]")].map((row) => row.dataset.entry));
    const fresh = [...page.querySelectorAll("tbody tr[data-entry]")].filter((row) => !known.has(row.dataset.entry));
    list().querySelector("tbody").append(...fresh.map((row) => document.adoptNode(row)));
    count(page);
    if (fresh.length) rows.focus(fresh[0]);
  } catch (problem) {
    if (problem.name !== "AbortError") toast(told(problem), "alert");
  } finally {
    if (mine === asking) list().setAttribute("aria-busy", "false");
  }
}

/** The line below the rows: how many are shown of how many, and from where the next ones come. */
function count(page) {
  takeOver(page, "tiles");
  const shown = list().querySelectorAll("tr[data-entry]").length;
  const total = Number(board.querySelector("[data-part=tiles]").dataset.total);
  const foot = list().querySelector("[data-part=foot]");
  foot.querySelector("span").textContent = t("board.shown", { shown, total });
  const link = more();
  if (!link) return;
  if (shown >= total) return link.remove();
  const next = new URL(link.href);
  next.searchParams.set("offset", String(shown));
  link.href = next;
}

/** After something was done about a row: that row alone is drawn anew where it stands, or goes. */
async function changed(row, message) {
  toast(message);
  const address = new URL(location.href);
  address.searchParams.delete("offset");
  address.searchParams.set("entry_id", row.dataset.entry);
  try {
    const page = await fetchPage(address);
    if (!row.isConnected) return; // other filters were chosen meanwhile
    const fresh = page.querySelector("tbody tr[data-entry]");
    const follow = rows.leaving(row);
    if (fresh) row.replaceWith(document.adoptNode(fresh));
    else row.remove();
    if (!rows.all.length) await go(search(), { push: false });
    else count(page);
    follow();
  } catch (problem) {
    toast(told(problem), "alert");
  }
}

const actions = board.dataset.acts ? new RowActions(board, changed) : null;
listKeys(rows, { act: actions && ((name, row) => actions.run(name, row)), more: append });
watchAge(board.querySelector(".fresh-head"), () => go(location.href, { push: false }));
board.dataset.ready = "";
