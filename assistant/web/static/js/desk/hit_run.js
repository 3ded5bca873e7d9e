/** One run: its figures, and its rows with a filter on what went wrong. */

import { call, told } from "../api.js";
import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { askAddress, askedHow, compareAddress, expectedLinks, fate, fateChip, FIGURES, share, topAnswers, when } from "./hit_figures.js";
import { LongTable } from "./hit_long_table.js";

const WRONG = new Set(["missed", "nothing"]);
const FILTERS = { all: () => true, wrong: (name) => WRONG.has(name), third: (name) => name === "third", right: (name) => name === "first" || name === "found" };

/** Reads run `id` and draws it into `root`. */
export async function showRun(root, id) {
  root.setAttribute("aria-busy", "true");
  root.replaceChildren(h("div", { class: "skeleton hit-bar tall" }), h("div", { class: "skeleton hit-bar tall" }));
  try {
    const [run, { runs }] = await Promise.all([call("GET", `/api/v1/hit-runs/${encodeURIComponent(id)}`), call("GET", "/api/v1/hit-runs?limit=200")]);
    draw(root, run.run, run.rows, runs);
  } catch (problem) {
    root.replaceChildren(back(), h("div", { class: "panel empty", role: "alert" }, icon("alert"), h("strong", {}, told(problem)),
      h("button", { class: "btn", type: "button", onclick: () => showRun(root, id) }, icon("reload"), t("common.retry"))));
  } finally {
    root.setAttribute("aria-busy", "false");
  }
}

/** The way back to all runs. */
export const back = () => h("a", { class: "btn plain hit-back", href: "/desk/test?view=batch" }, icon("back"), t("hit.all_runs"));

function draw(root, run, all, runs) {
  const table = new LongTable(["hit.question", "hit.fate", "hit.expected_entry", "hit.top"], row);
  const counted = (name) => all.filter((each) => FILTERS[name](fate(each))).length;
  let filter = all.some((each) => FILTERS.wrong(fate(each))) ? "wrong" : "all";
  let words = "";
  const pills = h("div", { class: "hit-filter", role: "group", "aria-label": t("hit.filter") }, ...Object.keys(FILTERS).map((name) =>
    h("button", { class: "hit-press", type: "button", data: { filter: name }, onclick: () => { filter = name; show(); } }, t(`hit.filter_${name}`), " ", h("b", {}, String(counted(name))))));
  const find = h("input", { class: "input", type: "search", placeholder: t("hit.find_question"), "aria-label": t("hit.find_question"), oninput: () => { words = find.value.trim().toLowerCase(); show(); } });

  function show() {
    for (const button of pills.children) button.setAttribute("aria-pressed", String(button.dataset.filter === filter));
    table.show(all.filter((each) => FILTERS[filter](fate(each)) && each.text.toLowerCase().includes(words)), t("hit.no_rows"));
  }

  root.replaceChildren(
    h("header", { class: "hit-shown-head" }, back(), h("h2", { tabindex: "-1" }, run.name), h("span", { class: "small quiet" }, when(run)), h("span", { class: "spring" }),
      others(run, runs), h("a", { class: "btn", href: `/api/v1/hit-runs/${encodeURIComponent(run.id)}.csv`, download: "" }, icon("download"), t("hit.download"))),
    h("div", { class: "hit-figures" }, tile(t("hit.total"), String(run.total), t("hit.judged", { count: run.judged })), ...FIGURES.map((name) => tile(t(`hit.${name}`), share(run, name), t(`hit.${name}_help`)))),
    h("div", { class: "hit-tools" }, pills, find),
    table.element);
  show();
}

const tile = (name, value, help) => h("div", { class: "hit-figure", title: help ?? null }, h("b", {}, value), h("span", {}, name), help ? h("small", { class: "quiet" }, help) : null);

/** The run to compare with: the others, newest first. */
function others(run, runs) {
  const rest = runs.filter(({ id }) => String(id) !== String(run.id));
  if (!rest.length) return null;
  const older = (other) => (other.at ?? "") <= (run.at ?? "");
  return h("label", { class: "hit-with" }, t("hit.compare_with"), " ", h("select", { class: "input", onchange: (event) => {
    const other = rest.find(({ id }) => String(id) === event.target.value);
    location.assign(older(other) ? compareAddress(other.id, run.id) : compareAddress(run.id, other.id));
  } }, h("option", { value: "" }, t("hit.choose_other")), ...rest.map((other) => h("option", { value: String(other.id) }, `${other.name} · ${when(other)}`))));
}

function row(found) {
  const { text, expects, titles, top } = found;
  const how = askedHow(found);
  return [[h("a", { href: askAddress(found) }, text), how ? h("div", { class: "small quiet" }, how) : ""], [fateChip(found)], [expectedLinks(expects, titles)], [topAnswers(top, expects)]];
}
