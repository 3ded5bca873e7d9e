/** Two runs compared: the figures before and after, and each question that fared better or worse. */

import { call, told } from "../api.js";
import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { askAddress, askedHow, fateChip, FIGURES, rate, runAddress, share, topAnswers, when } from "./hit_figures.js";
import { LongTable } from "./hit_long_table.js";
import { back } from "./hit_run.js";

const SHAPE = { worse: "down", moved: "split", better: "check" };

/** Reads the comparison of run `before` with run `after` and draws it into `root`. */
export async function showComparison(root, before, after) {
  root.setAttribute("aria-busy", "true");
  root.replaceChildren(h("div", { class: "skeleton hit-bar tall" }), h("div", { class: "skeleton hit-bar tall" }));
  try {
    const found = await call("GET", `/api/v1/hit-runs/${encodeURIComponent(before)}/compare/${encodeURIComponent(after)}`);
    draw(root, found, found.figures.before, found.figures.after);
  } catch (problem) {
    root.replaceChildren(back(), h("div", { class: "panel empty", role: "alert" }, icon("alert"), h("strong", {}, told(problem)),
      h("button", { class: "btn", type: "button", onclick: () => showComparison(root, before, after) }, icon("reload"), t("common.retry"))));
  } finally {
    root.setAttribute("aria-busy", "false");
  }
}

function draw(root, found, before, after) {
  const table = new LongTable(["hit.question", "hit.before", "hit.after"], row);
  const lists = { worse: found.worse, moved: found.moved, better: found.better };
  let tab = Object.keys(lists).find((name) => lists[name].length) ?? "worse";
  const lonely = found.only_before + found.only_after;
  const pills = h("div", { class: "hit-filter", role: "group", "aria-label": t("hit.filter") }, ...Object.keys(lists).map((name) =>
    h("button", { class: "hit-press", type: "button", data: { filter: name }, onclick: () => { tab = name; show(); } }, icon(SHAPE[name]), t(`hit.${name}`), " ", h("b", {}, String(lists[name].length)))),
  h("span", { class: "quiet small" }, [t("hit.same", { count: found.same }), lonely ? t("hit.only_one", { count: lonely }) : ""].filter(Boolean).join(" · ")));
  function show() {
    for (const button of pills.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.dataset.filter === tab));
    table.show(lists[tab], t(`hit.none_${tab}`));
  }
  root.replaceChildren(
    h("header", { class: "hit-shown-head" }, back(), h("h2", { tabindex: "-1" }, t("hit.compared"))),
    h("div", { class: "panel table-wrap" }, h("table", { class: "grid hit-versus" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("hit.run_name")), h("th", { scope: "col", class: "num" }, t("hit.total")), ...FIGURES.map((name) => h("th", { scope: "col", class: "num" }, t(`hit.${name}`))))),
      h("tbody", {}, side("hit.before", before), side("hit.after", after), difference(before, after)))),
    h("div", { class: "hit-tools" }, pills),
    table.element);
  show();
}

const side = (label, run) => h("tr", {}, h("th", { scope: "row" }, h("span", { class: "small quiet" }, t(label)), " ", h("a", { href: runAddress(run.id) }, run.name), h("div", { class: "small quiet" }, when(run))),
  figure("total", String(run.total)), ...FIGURES.map((name) => figure(name, share(run, name))));

const figure = (name, ...content) => h("td", { class: "num" }, h("span", { class: "cell-label" }, t(`hit.${name}`)), ...content);

/** By how much each figure rose or fell, in points. */
function difference(before, after) {
  const cell = (name) => {
    const [was, is] = [rate(before, name), rate(after, name)];
    if (was === null || is === null) return figure(name, "—");
    const points = (is - was) * 100;
    const tone = points > 0.05 ? "good" : points < -0.05 ? "bad" : "";
    return figure(name, h("span", { class: `chip ${tone}` }, tone ? t(tone === "good" ? "hit.rose" : "hit.fell", { points: Math.abs(points).toFixed(1) }) : t("hit.level")));
  };
  return h("tr", { class: "hit-difference" }, h("th", { scope: "row" }, t("hit.difference")), h("td"), ...FIGURES.map(cell));
}

function row({ text, expects, before, after, why }) {
  const cell = (fared) => [h("div", { class: "hit-fared" }, fateChip(fared), topAnswers(fared.top.slice(0, 1), expects))];
  return [[h("a", { href: askAddress(after) }, text), h("div", { class: "small quiet" }, [t(`hit.why_${why}`), askedHow(after)].filter(Boolean).join(" · "))], cell(before), cell(after)];
}
