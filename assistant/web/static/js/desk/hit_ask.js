/** Hit testing, one question: what it finds on any day, for anybody, and why. The address holds the question. */

import "../dates.js";
import { call, told } from "../api.js";
import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { filteredOut, readAs } from "./hit_filtered.js";
import { HitResults } from "./hit_results.js";
import { saveQuestion } from "./hit_save.js";
import { patiently } from "./patient.js";

const form = document.getElementById("hit-form");
const found = document.getElementById("hit-found");
const rail = document.getElementById("hit-rail");
const fields = form.elements;
const EXAMPLES = [1, 2, 3, 4].map((n) => t(`console.example${n}`));
const results = new HitResults(found, { onSave: save });
let asking = null;
let asked = null; // what the results shown belong to
let touched = false;

/** What the form asks for, as the API takes it. */
function request() {
  const kinds = [...form.querySelectorAll("[name=kinds]:checked")].map(({ value }) => value);
  return {
    query: fields.q.value.trim(), audience: fields.audience.value,
    ...(fields.as_of.value ? { as_of: fields.as_of.value } : {}),
    ...(fields.channel.value ? { channel: fields.channel.value } : {}),
    ...(kinds.length ? { kinds } : {}),
  };
}

async function run() {
  const wanted = request();
  if (!wanted.query) {
    asking?.abort();
    empty();
    return;
  }
  asking?.abort();
  const mine = asking = new AbortController();
  remember(wanted);
  wait();
  try {
    const answer = await patiently(() => call("POST", "/api/v1/hit-tests", wanted, { signal: mine.signal }), mine.signal);
    if (mine !== asking) return;
    asked = wanted;
    results.show(answer, wanted);
    rail.replaceChildren(readAs(answer.read_as), filteredOut(answer.filtered));
  } catch (problem) {
    if (problem.name !== "AbortError" && mine === asking) fail(problem);
  } finally {
    if (mine === asking) found.setAttribute("aria-busy", "false");
  }
}

/** The address follows the question, so that it can be sent to a colleague. */
function remember({ query, as_of: day, audience, channel, kinds }) {
  const address = new URLSearchParams({ q: query });
  if (day) address.set("as_of", day);
  if (audience !== fields.audience.options[0].value) address.set("audience", audience);
  if (channel) address.set("channel", channel);
  for (const kind of kinds ?? []) address.append("kinds", kind);
  history.replaceState(null, "", `?${address}`);
}

/** What the address asks for; what was typed before this script ran stands. */
function recall() {
  const address = new URLSearchParams(location.search);
  for (const name of ["q", "as_of"]) if (!fields[name].value) fields[name].value = address.get(name) ?? "";
  for (const name of ["audience", "channel"]) {
    const option = [...fields[name].options].find(({ value }) => value === address.get(name));
    if (option) fields[name].value = option.value;
  }
  for (const box of form.querySelectorAll("[name=kinds]")) if (address.getAll("kinds").includes(box.value)) box.checked = true;
  fields.as_of.dispatchEvent(new Event("change"));
}

function wait() {
  found.setAttribute("aria-busy", "true");
  if (asked) return; // the last results stay until the new ones are there
  found.replaceChildren(...[0, 1, 2].map(() => h("div", { class: "skeleton hit-bar tall", "aria-hidden": "true" })));
  rail.replaceChildren(h("div", { class: "skeleton hit-bar tall", "aria-hidden": "true" }));
}

function empty() {
  asked = null;
  rail.replaceChildren();
  found.replaceChildren(h("div", { class: "panel empty" }, icon("target"), h("strong", {}, t("hit.empty")), h("p", {}, t("hit.empty_help")),
    h("div", { class: "hit-examples" }, ...EXAMPLES.map((text) => h("button", { class: "btn", type: "button", onclick: () => { fields.q.value = text; fields.q.focus(); run(); } }, text)))));
}

function fail(problem) {
  asked = null;
  rail.replaceChildren();
  found.replaceChildren(h("div", { class: "panel empty", role: "alert" }, icon("alert"), h("strong", {}, told(problem)),
    h("button", { class: "btn", type: "button", onclick: run }, icon("reload"), t("common.retry"))));
}

/** Keeps the question with the entry that must answer it. */
async function save(result) {
  if (asked) await saveQuestion(asked, result, results);
}

form.addEventListener("submit", (event) => { event.preventDefault(); run(); });
form.addEventListener("change", (event) => {
  if (event.target.name !== "q" && event.target.name !== "as_of" && event.target.name) run();
});
fields.as_of.addEventListener("day", () => { if (touched) run(); });
fields.q.addEventListener("keydown", (event) => {
  if (event.isComposing || event.key !== "ArrowDown") return;
  event.preventDefault();
  results.enter();
});
document.addEventListener("keydown", (event) => {
  if (event.isComposing || !event.altKey || event.ctrlKey || event.metaKey || event.code !== "KeyS" || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  save(results.current);
});

recall();
touched = true;
if (fields.q.value.trim()) run();
else empty();
document.querySelector(".hit").dataset.ready = "true";
