/** How a step looks: the path so far, the step itself, its ways on as numbered buttons. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";

const MOST_KEYS = 9;

/** The nodes of a walk as it stands; `on` is what its buttons do. One of them has [data-step]: the focus. */
export function drawStep(walk, on) {
  const parts = walk.ended ? ending(walk, on) : walk.trying ? trying(walk, on) : step(walk, on);
  return [crumbs(walk, on), ...parts, others(walk, on)].filter(Boolean);
}

/** What was chosen so far; each part leads back there. */
function crumbs({ path }, on) {
  if (!path.length) return null;
  return h("nav", { class: "crumbs", "aria-label": t("steps.path") }, h("ol", {}, ...path.map(({ title, condition }, place) =>
    h("li", {}, h("button", { class: "link", type: "button", onclick: () => on.backTo(place) }, title),
      condition ? h("span", { class: "quiet" }, ` ${condition}`) : null))));
}

function step(walk, on) {
  const { step: at, choices, flow } = walk;
  const first = !walk.path.length && flow.intro;
  const place = at.kind === "item" ? t("steps.item", { number: at.number, of: at.of })
    : at.number ? t("steps.number", { number: at.number }) : at.id === "s0" ? t("steps.where") : "";
  return [
    first ? prose(flow.intro, "intro") : null,
    heading(place, at.title, Boolean(at.html)),
    at.html ? prose(at.html, "", "steps-text", at.branches) : null,
    at.say ? tell(t("steps.tell"), () => on.tell(at.say)) : null,
    choices.length ? list(choices.map((choice, n) => way(choice, n, walk, on))) : null,
    foot(walk, on),
  ];
}

/** The advice of the branch that was chosen, and whether it helped. */
function trying(walk, on) {
  const { trying: { condition, advice, target }, otherwise, flow } = walk;
  const person = target.kind === "handover";
  const ways = [
    person ? { icon: "person", text: t("steps.hand_over"), act: on.handOver } : { icon: "check", text: t("steps.helped"), act: () => on.end("solved") },
    otherwise ? { icon: "next", text: t("steps.not_helped", { title: otherwise.title }), act: on.goOn } : null,
    { icon: "stop", text: t("steps.give_up"), act: () => on.end("unsolved") },
  ].filter(Boolean);
  return [
    heading(condition, advice || (person ? t("steps.person") : t("steps.done"))),
    advice && flow.tellable ? tell(t("steps.tell_advice"), () => on.tell(advice)) : null,
    list(ways.map(({ icon: name, text, act }, n) => button(n + 1, h("b", {}, icon(name), text), act))),
    h("div", { class: "steps-foot" }, back(on)),
  ];
}

function ending(walk, on) {
  const { tried, ended, flow } = walk;
  const ways = [
    flow.tellable && tried.length ? { icon: "edit", text: t("steps.insert_summary"), act: on.insertSummary } : null,
    { icon: "person", text: t("steps.hand_over"), act: on.handOver },
    { icon: "reload", text: t("steps.restart"), act: on.restart },
  ].filter(Boolean);
  if (ended === "solved") ways.splice(ways.findIndex((one) => one.act === on.handOver), 1);
  return [
    heading(t("steps.ended"), t(`steps.${ended}`)),
    tried.length ? h("ol", { class: "steps-tried" }, ...tried.map((line) => h("li", {}, line.replace(/^\d+\. /, "")))) : null,
    list(ways.map(({ icon: name, text, act }, n) => button(n + 1, h("b", {}, icon(name), text), act))),
    h("div", { class: "steps-foot" }, back(on)),
  ];
}

/** The heading takes the focus: what is read out is the step with its text. */
function heading(place, title, described = false) {
  return h("h2", { tabindex: "-1", data: { step: "" }, "aria-describedby": described ? "steps-text" : null },
    place ? h("span", { class: "steps-place" }, place) : null, title);
}

const prose = (html, kind, id = null, branches = []) => h("div", { class: `prose ${kind}`, id }, ...rendered(html, branches));

/** What the service's renderer made of Markdown, as nodes; it has passed its sanitiser. */
function rendered(html, branches) {
  const page = new DOMParser().parseFromString(html, "text/html");
  // Anchors would stand twice when the entry itself is open beside the step.
  page.querySelectorAll("[id]").forEach((element) => element.removeAttribute("id"));
  page.querySelectorAll("a[href^='/entries/']").forEach((link) => { link.target = "_blank"; link.rel = "noopener"; });
  // A table of symptoms stands below, row by row, as what one can choose.
  const quotes = new Set(branches.map(({ quote }) => quote));
  const row = ({ cells }) => [...cells].map((cell) => cell.textContent.trim()).join(" | ");
  page.querySelectorAll("table").forEach((table) => { if ([...table.tBodies].every(({ rows }) => [...rows].every((one) => quotes.has(row(one))))) table.remove(); });
  return [...page.body.childNodes];
}

const tell = (label, act) => h("button", { class: "btn primary steps-tell", type: "button", data: { key: "Enter" }, onclick: act },
  icon("send"), label, h("kbd", { "aria-hidden": "true" }, "↵"));

const list = (items) => h("ol", { class: "steps-ways", "aria-label": t("steps.ways") }, ...items.map((item) => h("li", {}, item)));

function button(number, content, act) {
  const key = number <= MOST_KEYS ? String(number) : null;
  return h("button", { class: "steps-way", type: "button", data: key ? { key } : {}, "aria-keyshortcuts": key, onclick: act },
    h("kbd", { "aria-hidden": "true" }, key ?? "·"), h("span", {}, content));
}

function way(choice, place, walk, on) {
  const { condition, advice, target, by, quote } = choice;
  const next = target.kind === "step" ? walk.flow.steps.find(({ id }) => id === target.step) : null;
  const where = target.kind === "entry" ? t("steps.to_entry", { title: target.entry.title })
    : target.kind === "handover" ? t("steps.to_person") : next && by === "branch" ? t("steps.to_step", { title: name(next) }) : "";
  const words = by === "branch" ? condition : t(by === "section" ? "steps.next_section" : walk.step.branches.length ? "steps.next_other" : "steps.next", { title: name(next) });
  const shape = target.kind === "entry" ? "book" : target.kind === "handover" ? "person" : target.kind === "end" ? "check" : "next";
  return button(place + 1, [h("b", {}, words), advice ? h("small", {}, advice) : null,
    where && where !== words ? h("small", { class: "steps-where", title: quote }, icon(shape), where) : null], () => on.take(choice));
}

const name = ({ kind, title, number, section }) => (kind === "item" && number > 1 ? `${title} ${number}` : title || section);

function foot(walk, on) {
  return h("div", { class: "steps-foot" },
    walk.begun ? back(on) : null,
    h("button", { class: "btn plain", type: "button", data: { key: "0" }, onclick: () => on.end("solved") }, icon("check"), t("steps.finish"), h("kbd", { "aria-hidden": "true" }, "0")),
    h("button", { class: "btn plain", type: "button", onclick: () => on.end("unsolved") }, icon("person"), t("steps.unsolved_end")));
}

const back = (on) => h("button", { class: "btn plain", type: "button", data: { key: "Backspace" }, onclick: on.back },
  icon("back"), t("steps.back"), h("kbd", { "aria-hidden": "true" }, "⌫"));

/** All steps to go to directly, and what else the guide says. */
function others({ flow, at }, on) {
  const steps = flow.steps.filter(({ id }) => id !== "s0");
  return h("details", { class: "steps-all" }, h("summary", {}, t("steps.all", { count: steps.length })),
    h("ul", {}, ...steps.map((one) => h("li", {}, h("button", {
      class: "link", type: "button", "aria-current": one.id === at ? "step" : null, onclick: () => on.jump(one.id),
    }, one.kind === "item" ? `${one.title} ${one.number}` : one.title),
    flow.alternatives.includes(one.id) ? h("small", {}, ` ${t("steps.alternative")}`) : null))),
    flow.notes.length ? h("p", { class: "small" }, t("steps.notes"), ...flow.notes.map(({ title, url }) =>
      h("button", { class: "link", type: "button", onclick: () => on.open(url, title) }, title))) : null);
}
