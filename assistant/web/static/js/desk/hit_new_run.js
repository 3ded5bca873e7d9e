/** A new run: questions pasted, dropped or from the saved ones; read before they are asked. */

import { call, told } from "../api.js";
import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { localMinute } from "../moments.js";
import { serverNow } from "../server_time.js";
import { questionsOf, textOf } from "./hit_csv.js";
import { runAddress } from "./hit_figures.js";
import { patiently } from "./patient.js";

const SHOWN = 5;
const TICK_MS = 500;

/** Makes `form` work. */
export function newRun(form) {
  const text = form.querySelector("#hit-text");
  const readout = form.querySelector("#hit-read");
  const progress = form.querySelector("#hit-progress");
  const go = form.querySelector("[type=submit]");
  const drop = form.querySelector("#hit-drop");
  let given = { questions: [], faults: [] };
  let running = null;

  const most = Number(form.dataset.most);
  const saved = () => form.elements.source.value === "saved";

  function read() {
    given = questionsOf(text.value);
    readout.replaceChildren(...(text.value.trim() ? summary(given) : []), ...(given.questions.length > most ? [h("p", { class: "bad-text" }, t("hit.too_many", { most }))] : []));
    offer();
  }

  function offer() {
    for (const part of form.querySelectorAll("[data-source]")) part.hidden = part.dataset.source !== form.elements.source.value;
    go.disabled = Boolean(running) || (!saved() && (!given.questions.length || given.questions.length > most));
    go.querySelector("span").textContent = saved() || !given.questions.length ? t("hit.batch_run") : t("hit.batch_run_count", { count: given.questions.length });
  }

  async function take(file) {
    if (!file) return;
    text.value = await textOf(file);
    if (!form.elements.name.value) form.elements.name.value = file.name.replace(/\.\w+$/, "");
    read();
    text.focus();
  }

  async function run() {
    const name = form.elements.name.value.trim() || t("hit.batch_default", { time: localMinute(serverNow()) });
    const mine = running = new AbortController();
    const begun = Date.now();
    const say = () => progress.querySelector("[data-said]").replaceChildren(t("hit.running", { count: saved() ? t("hit.all_saved") : given.questions.length, seconds: Math.floor((Date.now() - begun) / 1000) }));
    progress.replaceChildren(h("progress", { "aria-label": t("hit.running_label") }), h("span", { "aria-hidden": "true", data: { said: "" } }),
      h("button", { class: "btn plain", type: "button", onclick: () => mine.abort() }, icon("close"), t("common.cancel")));
    say();
    const clock = setInterval(say, TICK_MS);
    offer();
    try {
      const asked = saved() ? { name, saved: true } : { name, questions: given.questions };
      const made = await patiently(() => call("POST", "/api/v1/hit-runs", asked, { signal: mine.signal }), mine.signal);
      location.assign(runAddress(made.id));
    } catch (problem) {
      progress.replaceChildren(...(problem.name === "AbortError" ? [] : [h("p", { class: "bad-text", role: "alert" }, told(problem))]));
    } finally {
      clearInterval(clock);
      running = null;
      offer();
    }
  }

  text.addEventListener("input", read);
  form.addEventListener("change", (event) => { if (event.target.name === "source") offer(); });
  form.querySelector("#hit-file").addEventListener("change", (event) => take(event.target.files[0]));
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => { event.preventDefault(); drop.classList.remove("over"); take(event.dataTransfer.files[0]); });
  form.addEventListener("submit", (event) => { event.preventDefault(); if (!running) run(); });
  read();
}

/** What was read of the table, the first rows as they are understood, and what cannot be asked. */
function summary({ questions, faults, headed }) {
  return [
    h("p", {}, icon(questions.length ? "check" : "alert"), t("hit.read", { count: questions.length }), faults.length ? h("span", { class: "bad-text" }, t("hit.read_faults", { count: faults.length })) : null),
    headed ? null : h("p", { class: "small quiet" }, t("hit.no_headings")),
    questions.length ? h("ul", { class: "hit-preview" }, ...questions.slice(0, SHOWN).map(({ text, expects, as_of: date, audience, channel }) => h("li", {}, h("span", {}, text),
      h("span", { class: "small quiet" }, [expects?.join(" · "), date, audience && t(`hit.audience_${audience}`), channel && t(`channel.${channel}`)].filter(Boolean).join(" · "))))) : null,
    faults.length ? h("ul", { class: "hit-faults small" }, ...faults.slice(0, SHOWN).map(({ line, what, value }) => h("li", {}, t(`hit.fault.${what}`, { line, value }))),
      faults.length > SHOWN ? h("li", {}, t("impact.more", { count: faults.length - SHOWN })) : null) : null,
  ].filter(Boolean);
}
