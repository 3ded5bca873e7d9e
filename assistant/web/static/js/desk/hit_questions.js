/** The saved questions: found, changed, taken out, imported; what must hit is switched with one press. */

import { call, told } from "../api.js";
import { h, icon, toast } from "../dom.js";
import { t } from "../i18n.js";
import { askAddress, askedHow, expectedLinks } from "./hit_figures.js";
import { importQuestions } from "./hit_import.js";
import { confirmRemoval, editQuestion } from "./hit_question_dialog.js";
import { asSent } from "./hit_save.js";

const PAGE = 50;
const PAUSE_MS = 200;
const form = document.getElementById("hit-filters");
const list = document.getElementById("hit-list");
const total = document.getElementById("hit-total");
const pager = document.getElementById("hit-pager");
const address = new URLSearchParams(location.search);
let page = Math.max(1, Number.parseInt(address.get("page") ?? "1", 10) || 1);
let timer = 0;
let asking = null;

async function load() {
  asking?.abort();
  const mine = asking = new AbortController();
  const words = form.elements.q.value.trim();
  const entry = address.get("entry");
  list.setAttribute("aria-busy", "true");
  history.replaceState(null, "", `?${new URLSearchParams({ view: "questions", ...(words ? { q: words } : {}), ...(entry ? { entry } : {}), ...(page > 1 ? { page } : {}) })}`);
  try {
    const found = await call("GET", `/api/v1/questions?${new URLSearchParams({ limit: PAGE, offset: (page - 1) * PAGE, ...(words ? { q: words } : {}), ...(entry ? { entry } : {}) })}`, undefined, { signal: mine.signal });
    if (mine === asking) draw(found, Boolean(words || entry));
  } catch (problem) {
    if (problem.name === "AbortError" || mine !== asking) return;
    total.textContent = "";
    list.replaceChildren(h("div", { class: "empty", role: "alert" }, icon("alert"), h("strong", {}, told(problem)),
      h("button", { class: "btn", type: "button", onclick: load }, icon("reload"), t("common.retry"))));
  } finally {
    if (mine === asking) list.setAttribute("aria-busy", "false");
  }
}

function draw({ questions, total: count }, filtered) {
  const pages = Math.max(1, Math.ceil(count / PAGE));
  if (page > pages) {
    page = pages;
    load();
    return;
  }
  total.textContent = count ? t("hit.questions_total", { count }) : "";
  pager.hidden = pages < 2;
  pager.replaceChildren(...Array.from({ length: pages }, (_, at) => at + 1).filter((n) => n === 1 || n === pages || Math.abs(n - page) < 3).map((n) =>
    h("button", { class: `btn ${n === page ? "primary" : "plain"}`, type: "button", "aria-current": n === page ? "page" : null, onclick: () => { page = n; load(); } }, String(n))));
  if (!questions.length) {
    list.replaceChildren(h("div", { class: "empty" }, icon("target"), h("strong", {}, t(filtered ? "hit.questions_none_found" : "hit.questions_none")), h("p", {}, t(filtered ? "entries.none_help" : "hit.questions_none_help"))));
    return;
  }
  list.replaceChildren(h("div", { class: "table-wrap" }, h("table", { class: "grid hit-table hit-saved" },
    h("thead", {}, h("tr", {}, ...["hit.question", "hit.expected_entry", "hit.must_hit", "hit.asked_how", "hit.updated"].map((key) => h("th", { scope: "col" }, t(key))), h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, t("board.actions"))))),
    h("tbody", {}, ...questions.map(row)))));
}

function row(question) {
  const { id, text, expects, titles, updated_at: at, updated_by: by } = question;
  const cell = (key, ...nodes) => h("td", {}, h("span", { class: "cell-label" }, t(key)), ...nodes);
  return h("tr", { data: { question: id } },
    h("td", { class: "title" }, h("a", { href: askAddress(question) }, text)),
    cell("hit.expected_entry", expectedLinks(expects, titles)),
    cell("hit.must_hit", switcher(question)),
    cell("hit.asked_how", h("span", { class: "small quiet hit-how" }, askedHow(question) || t("hit.as_usual"))),
    cell("hit.updated", h("span", { class: "small quiet hit-when" }, h("span", {}, (at ?? "").slice(0, 10)), " ", h("span", {}, by))),
    h("td", { class: "act" },
      h("button", { class: "btn plain icon-only", type: "button", "aria-label": t("hit.edit_this", { text }), title: t("hit.edit"), onclick: () => edit(question) }, icon("edit")),
      h("button", { class: "btn plain icon-only", type: "button", "aria-label": t("hit.remove_this", { text }), title: t("hit.remove"), onclick: () => remove(question) }, icon("bin"))));
}

/** Whether it must hit, switched with one press. */
function switcher(question) {
  const button = h("button", { class: "hit-switch", type: "button", role: "switch", "aria-checked": String(question.must_hit), "aria-label": t("hit.must_hit_this", { text: question.text }), onclick: async () => {
    button.disabled = true;
    try {
      Object.assign(question, await call("PUT", `/api/v1/questions/${encodeURIComponent(question.id)}`, { ...asSent({ ...question, must_hit: !question.must_hit }), version: question.version }));
    } catch (problem) {
      toast(told(problem), "alert");
      if (problem.status === 409) { // somebody changed it: as it stands now, it can be switched
        await load();
        list.querySelector(`[data-question="${CSS.escape(String(question.id))}"] .hit-switch`)?.focus();
        return;
      }
    }
    button.disabled = false;
    say();
    button.focus();
  } }, h("i"), h("span"));
  const say = () => {
    button.setAttribute("aria-checked", String(question.must_hit));
    button.querySelector("span").textContent = t(question.must_hit ? "hit.on_must" : "hit.off_must");
  };
  say();
  return button;
}

async function edit(question) {
  const kept = await editQuestion(question);
  if (!kept) return;
  await load();
  if (document.activeElement === document.body) list.querySelector(`[data-question="${CSS.escape(String(kept.id))}"] .act button`)?.focus();
}

async function remove(question) {
  if (!await confirmRemoval(question)) return;
  const at = [...list.querySelectorAll("tbody tr")].findIndex((each) => each.dataset.question === String(question.id));
  await load();
  const rows = list.querySelectorAll("tbody tr");
  (rows[Math.min(at, rows.length - 1)]?.querySelector("a") ?? form.elements.q).focus();
}

form.addEventListener("submit", (event) => event.preventDefault());
form.elements.q.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => { page = 1; load(); }, PAUSE_MS); });
document.getElementById("hit-add").addEventListener("click", async () => {
  const kept = await editQuestion(null);
  if (!kept) return;
  page = 1;
  await load();
});
document.getElementById("hit-import").addEventListener("click", async () => { if (await importQuestions()) await load(); });
if (!form.elements.q.value) form.elements.q.value = address.get("q") ?? "";
document.querySelector(".hit").dataset.ready = "true";
load();
