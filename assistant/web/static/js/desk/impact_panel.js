/** The impact preview: what publishing or withdrawing would do to the questions people ask, before it is done. */

import { call, told } from "../api.js";
import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { minute } from "../moments.js";
import { serverNow } from "../server_time.js";
import { groups } from "./impact_groups.js";
import { counts, verdict } from "./impact_verdict.js";
import { patiently } from "./patient.js";

const TICK_MS = 100;
const PAUSE_MS = 400;
const SOON_MS = 3_600_000;

/**
 * Draws the preview into `element`.
 *
 * `entryId` (null for a new entry) and, for a stored revision, `revision` say what changes; `content()` gives the
 * content as it is being written, for which the preview is asked anew; `step()` is "publish" or "withdraw". A stored
 * revision is asked about at once, a text being written when the writer presses the button (`auto` says otherwise).
 * `onResult(impact)` follows each answer. Returns the panel: `run()` asks again, `check()` looks whether the content
 * has changed since (typing anywhere does so by itself), `result` is the answer shown, `stale` whether it is of an
 * older content.
 */
export function mountImpact(element, options) {
  return new ImpactPanel(element, options);
}

class ImpactPanel {
  #asking = null;
  #clock = 0;
  #pause = 0;
  #signed = "";
  #failed = false;

  constructor(element, { entryId, revision, content, step, onResult, auto = !content }) {
    Object.assign(this, { entryId, revision, content, step, onResult });
    this.result = null;
    this.stale = false;
    this.took = h("span", { class: "small quiet impact-took" });
    this.again = h("button", { class: "btn", type: "button", hidden: true, onclick: () => this.run(true) }, icon("reload"), h("span", {}, t("impact.again")));
    this.notice = h("div", { role: "status" });
    this.body = h("div", { class: "impact-body" });
    element.classList.add("impact");
    element.replaceChildren(
      h("header", { class: "impact-head" }, h("h2", { tabindex: "-1" }, t("impact.title")), this.took, this.again),
      this.notice, this.body);
    this.element = element;
    element.addEventListener("keydown", (event) => walk(event, element));
    if (content) this.#listen();
    if (auto) this.run();
    else this.#idle();
  }

  /** Asks for the preview; with `focus` the focus stays in the panel when the button goes away. */
  async run(focus = false) {
    this.#asking?.abort();
    const asking = this.#asking = new AbortController();
    const signed = this.#signature();
    this.#wait(focus);
    try {
      const found = await patiently(() => this.#ask(asking.signal), asking.signal);
      if (asking !== this.#asking) return;
      this.#signed = signed;
      this.result = found;
      this.#show(found);
      this.onResult?.(found);
    } catch (problem) {
      if (problem.name === "AbortError" || asking !== this.#asking) return;
      this.#fail(problem);
    } finally {
      if (asking === this.#asking) this.#settle();
    }
  }

  /** Marks the result as older than the content, or as good again. */
  check() {
    if (!this.result || this.#asking || this.#failed) return;
    const stale = this.#signed !== this.#signature();
    if (stale === this.stale) return;
    this.stale = stale;
    this.#tell(stale ? h("div", { class: "notice due impact-stale" }, icon("clock"), h("span", {}, t("impact.stale")), this.#retry("impact.again")) : null);
  }

  #listen() {
    const soon = () => { clearTimeout(this.#pause); this.#pause = setTimeout(() => this.check(), PAUSE_MS); };
    for (const name of ["input", "change", "click"]) document.addEventListener(name, soon);
  }

  #signature() {
    return JSON.stringify([this.step(), this.content ? this.content() : this.revision ?? null]);
  }

  #ask(signal) {
    const step = this.step();
    if (!this.content) {
      const id = encodeURIComponent(this.entryId);
      return call("GET", `/api/v1/entries/${id}/revisions/${this.revision}/impact?step=${step}`, undefined, { signal });
    }
    const of = { step, ...(this.entryId ? { entry_id: this.entryId } : {}), ...(this.revision ? { revision: this.revision } : {}) };
    return call("POST", "/api/v1/impact", step === "withdraw" ? of : { ...of, content: this.content() }, { signal });
  }

  /** Working: the first time with a skeleton, later over the last result, so that nothing jumps. */
  #wait(focus) {
    const begun = performance.now();
    const say = () => { this.took.textContent = t("impact.working", { seconds: seconds(performance.now() - begun) }); };
    clearInterval(this.#clock);
    this.#clock = setInterval(say, TICK_MS);
    say();
    this.stale = this.#failed = false;
    this.element.setAttribute("aria-busy", "true");
    this.#tell(h("span", { class: "visually-hidden" }, t("impact.busy")));
    if (!this.result) this.body.replaceChildren(...skeleton());
    if (focus) this.element.querySelector("h2").focus();
  }

  #settle() {
    this.#asking = null;
    clearInterval(this.#clock);
    this.element.removeAttribute("aria-busy");
    this.check();
  }

  #idle() {
    this.took.textContent = "";
    this.body.replaceChildren(h("div", { class: "empty impact-idle" }, icon("split"), h("strong", {}, t(`impact.idle_${this.step()}`)), h("p", {}, t("impact.idle_help")),
      h("button", { class: "btn primary", type: "button", onclick: () => this.run(true) }, icon("reload"), t("impact.start"))));
  }

  #show(impact) {
    const { total } = impact.questions;
    const later = Date.parse(impact.as_of) - serverNow() > SOON_MS; // what comes into force later is judged by the rules of then
    this.took.textContent = [later ? t("impact.as_of", { time: minute(impact.as_of) }) : "", t("impact.took", { seconds: seconds(impact.took_ms), total })].filter(Boolean).join(" · ");
    this.#tell(null);
    this.body.replaceChildren(verdict(impact, this.step()), ...[counts(impact)].filter(Boolean), ...groups(impact, this.entryId, this.step()));
  }

  /** What went wrong: in place of the result, or over the one that is there. */
  #fail(problem) {
    this.#failed = true;
    const faults = problem.errors ?? [];
    const said = faults.length ? t("impact.faulty") : told(problem);
    const list = faults.length ? h("ul", { class: "impact-faults" }, ...faults.map(({ message }) => h("li", {}, message))) : null;
    this.took.textContent = "";
    if (this.result) {
      this.stale = true;
      this.#tell(h("div", { class: "notice bad impact-stale", role: "alert" }, icon("alert"), h("div", {}, h("b", {}, said), list), this.#retry("common.retry")));
      return;
    }
    this.#tell(null);
    this.again.hidden = true;
    this.body.replaceChildren(h("div", { class: "empty", role: "alert" }, icon("alert"), h("strong", {}, said), list, this.#retry("common.retry")));
  }

  #retry(key) {
    return h("button", { class: "btn", type: "button", onclick: () => this.run(true) }, icon("reload"), t(key));
  }

  /** A notice over the result, which is an old one then; its button takes the place of the head's. */
  #tell(notice) {
    this.notice.replaceChildren(...(notice ? [notice] : []));
    this.element.toggleAttribute("data-stale", this.stale);
    this.again.hidden = Boolean(notice);
  }
}

const seconds = (ms) => (ms / 1000).toFixed(1);

function skeleton() {
  return [h("div", { class: "skeleton impact-bar tall" }), ...[0, 1, 2].map(() => h("div", { class: "skeleton impact-bar" }))];
}

/** Arrow keys go from group to group. */
function walk(event, element) {
  if (event.altKey || event.ctrlKey || event.metaKey || !event.target.matches("summary")) return;
  const heads = [...element.querySelectorAll(".impact-group > summary")];
  const at = heads.indexOf(event.target);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: heads.length - 1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  heads[Math.max(0, Math.min(heads.length - 1, to))].focus();
}
