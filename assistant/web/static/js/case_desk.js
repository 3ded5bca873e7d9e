/** The page of cases: those that wait for a supervisor, one's own, and one of them opened. */

import { call, told } from "./api.js";
import { CaseReview } from "./case_review.js";
import { writeCase } from "./console/case_writer.js";
import { h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { minute } from "./moments.js";

const TABS = { waiting: "casedesk.waiting", mine: "casedesk.mine" };
const STATUS = { draft: ["", "edit"], in_review: ["due", "clock"], approved: ["info", "check"], published: ["good", "check"], withdrawn: ["", "stop"] };
const desk = document.getElementById("case-desk");
const list = document.getElementById("case-list");
const tabs = document.getElementById("case-tabs");
const names = desk.dataset.reviews ? ["waiting", "mine"] : ["mine"];
const review = new CaseReview(document.getElementById("case-review"), { onDone: (row) => { changed.set(row.id, row); return load(); } });
const changed = new Map(); // what was just done here is newer than a list that another process still holds
let tab = names[0];
let opened = new URLSearchParams(location.search).get("case");
let rows = [];

tabs.hidden = names.length < 2;
tabs.replaceChildren(...names.map((name, index) => h("button", {
  class: "case-tab", role: "tab", type: "button", id: `tab-${name}`, "aria-controls": "case-list", data: { tab: name },
  onclick: () => pick(name),
  onkeydown: (event) => {
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    const next = names[(index + 1) % names.length];
    pick(next);
    document.getElementById(`tab-${next}`).focus();
  },
}, t(TABS[name]))));

function pick(name) {
  tab = name;
  opened = null;
  load();
}

/** Asks for the list and opens the case of the address, or the first one that waits. */
async function load() {
  for (const button of tabs.children) {
    button.setAttribute("aria-selected", String(button.dataset.tab === tab));
    button.tabIndex = button.dataset.tab === tab ? 0 : -1;
  }
  list.setAttribute("aria-busy", "true");
  const asked = tab;
  try {
    const { cases } = await call("GET", `/api/v1/cases/${tab}`);
    if (asked !== tab) return;
    rows = upToDate(cases);
  } catch (problem) {
    list.replaceChildren(h("div", { class: "empty" }, icon("alert"), h("strong", {}, told(problem)),
      h("button", { class: "btn", type: "button", onclick: load }, icon("reload"), t("common.retry"))));
    return;
  } finally {
    list.setAttribute("aria-busy", "false");
  }
  if (!rows.some(({ id }) => id === opened)) opened = tab === "waiting" ? rows.find(({ own }) => !own)?.id ?? rows[0]?.id ?? null : null;
  draw();
  if (tab === "waiting" && opened) review.open(opened);
  else review.empty(tab, rows.length);
}

/** The list with what was done here since; what waits no more is left out of those that wait. */
function upToDate(cases) {
  const newer = cases.map((row) => (changed.get(row.id)?.version > row.version ? changed.get(row.id) : row));
  return tab === "waiting" ? newer.filter(({ status }) => status === "in_review" || status === "approved") : newer;
}

function draw() {
  if (!rows.length) {
    list.replaceChildren(h("div", { class: "empty" }, icon("inbox"), h("strong", {}, t(`casedesk.none_${tab}`)), h("p", {}, t(`casedesk.none_${tab}_help`))));
    return;
  }
  list.replaceChildren(h("ul", { class: "case-rows" }, ...rows.map((row) => h("li", {}, h("button", {
    class: "case-row", type: "button", "aria-current": row.id === opened ? "true" : null, data: { case: row.id }, onclick: () => show(row),
  },
  h("b", {}, row.title), h("span", { class: "small quiet case-scene" }, row.scene),
  h("span", { class: "case-facts small quiet" }, chip(row), h("span", {}, row.author), h("span", {}, day(row))))))));
}

/** Where a case stands, in words; a case that came back says so. */
function chip(row) {
  if (row.returned) return h("span", { class: "chip due" }, icon("back"), t("casedesk.returned"));
  const [tone, shape] = STATUS[row.status] ?? STATUS.draft;
  return h("span", { class: `chip ${tone}` }, icon(shape), row.own && tab === "waiting" ? t("casedesk.for_others") : t(`status.${row.status}`));
}

const day = (row) => minute(row.submitted_at ?? row.changed_at);

async function show(row) {
  if (tab === "waiting") {
    opened = row.id;
    for (const button of list.querySelectorAll(".case-row")) button.ariaCurrent = button.dataset.case === opened ? "true" : null;
    await review.open(row.id, true);
    return;
  }
  if (row.status === "published" || !row.contact_id) {
    location.assign(row.url);
    return;
  }
  if (!await writeCase({ id: row.contact_id })) return;
  await load();
  if (document.activeElement === document.body) list.querySelector(`[data-case="${row.id}"]`)?.focus();
}

load();
