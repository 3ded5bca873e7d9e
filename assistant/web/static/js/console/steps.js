/** Troubleshooting step by step: one step of a guide at a time over the side column, each way on a key. */

import { call, told } from "../api.js";
import { h, icon, toast } from "../dom.js";
import { t } from "../i18n.js";
import { stateChip } from "../state.js";
import { drawStep } from "./step_view.js";
import { Walk } from "./walk.js";

const NARROW = "(max-width: 820px)"; // as in the styles: the walk covers the whole page

/**
 * Draws into `panel`. `on`: `conversation()` the open one (its walk is kept with it), `asOf()` the day
 * asked about, `insert(text, source)` into the reply, `open(url, title)` an entry, `handOver(text)`
 * with what was tried, `candidate()` the answer that Alt+S means, `home()` the focus home.
 */
export class StepWalker {
  #kept = new WeakMap(); // conversation → { walk, asOf }
  #request = 0;

  constructor(panel, on) {
    this.panel = panel;
    this.on = on;
    panel.addEventListener("keydown", (event) => this.#key(event));
  }

  get open() {
    return !this.panel.hidden;
  }

  get walk() {
    return this.#kept.get(this.on.conversation())?.walk ?? null;
  }

  /** Goes on with the walk of this conversation, or begins one with the answer at hand. */
  async show() {
    const kept = this.#kept.get(this.on.conversation());
    if (kept && kept.asOf === this.on.asOf() && kept.walk.begun) this.#draw();
    else await this.start(this.on.candidate());
  }

  /** Begins a walk through `answer` ({ entry_id, revision, title }). */
  async start(answer) {
    if (!answer) {
      toast(t("steps.none"), "alert");
      return;
    }
    const conversation = this.on.conversation();
    const asOf = this.on.asOf();
    const request = ++this.#request;
    this.#skeleton(answer.title);
    try {
      const query = new URLSearchParams({ revision: answer.revision, ...(asOf ? { as_of: asOf } : {}) });
      const flow = await call("GET", `/api/v1/entries/${encodeURIComponent(answer.entry_id)}/flow?${query}`);
      this.#kept.set(conversation, { walk: new Walk(flow), asOf });
    } catch (problem) {
      if (request === this.#request && this.open) this.#failed(answer, problem);
      return;
    }
    if (request === this.#request && conversation === this.on.conversation() && this.open) this.#draw();
  }

  /** Another conversation is open: its own walk stands over the column if that was left open. */
  switched() {
    const kept = this.#kept.get(this.on.conversation());
    this.#request += 1;
    if (kept?.open) this.#draw(false);
    else this.#hide();
  }

  /** A conversation starts anew. */
  forget(conversation) {
    this.#kept.delete(conversation);
    conversation.tried = "";
    this.#hide();
  }

  /** Leaves the walk where it is; whether it was open. */
  close() {
    if (!this.open) return false;
    const kept = this.#kept.get(this.on.conversation());
    if (kept) kept.open = false;
    this.#hide();
    return true;
  }

  #hide() {
    this.panel.hidden = true;
    this.panel.replaceChildren();
  }

  #draw(focus = true) {
    const kept = this.#kept.get(this.on.conversation());
    kept.open = true;
    const { walk } = kept;
    this.on.conversation().tried = walk.tried.join("\n"); // goes along when it is handed over
    const does = (act) => () => { act(); this.#draw(); };
    this.panel.hidden = false;
    this.panel.replaceChildren(this.#head(walk), h("div", { class: "steps-body" }, ...this.#notices(walk.flow), ...drawStep(walk, {
      take: (choice) => this.#take(choice),
      tell: (text) => this.#tell(text),
      back: does(() => walk.back()),
      backTo: (place) => does(() => walk.backTo(place))(),
      jump: (id) => does(() => walk.jump(id))(),
      end: (how) => does(() => walk.end(how))(),
      goOn: does(() => walk.goOn()),
      restart: does(() => walk.restart()),
      insertSummary: () => this.#tell(walk.summary),
      handOver: () => this.on.handOver(walk.tried.join("\n")),
      open: this.on.open,
    })));
    this.panel.querySelector(".steps-body").scrollTop = 0;
    if (focus) this.panel.querySelector("[data-step]").focus();
  }

  #head({ flow, begun }) {
    const other = this.on.candidate();
    const switches = other && other.entry_id !== flow.entry_id;
    return h("header", {},
      h("button", { class: "btn plain", type: "button", onclick: () => { this.close(); this.on.home(); } }, icon("back"), t("reader.back"), h("kbd", {}, "Esc")),
      h("span", { class: "spring" }),
      switches ? h("button", { class: "btn plain steps-other", type: "button", title: t("steps.other", { title: other.title }), onclick: () => this.start(other) },
        icon("split"), h("span", {}, t("steps.other", { title: other.title }))) : null,
      begun ? h("button", { class: "btn plain", type: "button", onclick: () => { this.walk.restart(); this.#draw(); } }, icon("reload"), t("steps.restart")) : null);
  }

  /** Which guide this is, and why its words may not go to a customer. */
  #notices(flow) {
    const stale = flow.freshness.state !== "current" ? stateChip(flow.freshness) : null;
    const why = !flow.in_force ? t("steps.not_in_force") : !flow.tellable ? t("steps.internal") : "";
    return [
      h("p", { class: "steps-title small quiet" }, icon("book"),
        h("button", { class: "link", type: "button", onclick: () => this.on.open(flow.url, flow.title) }, flow.title),
        t("entry.revision", { number: flow.revision }), stale),
      why ? h("p", { class: `notice ${flow.in_force ? "" : "bad"} compact` }, icon(flow.in_force ? "flag" : "stop"), why) : null,
    ].filter(Boolean);
  }

  #take(choice) {
    if (choice.target.kind === "entry") {
      this.on.open(choice.target.entry.url, choice.target.entry.title);
      return;
    }
    this.walk.take(choice);
    this.#draw();
  }

  #tell(text) {
    const { flow } = this.walk;
    if (!text || !flow.tellable) return;
    this.on.insert(text, { entry_id: flow.entry_id, revision: flow.revision, title: flow.title, url: flow.url });
    toast(t("steps.inserted"));
    if (matchMedia(NARROW).matches) this.close(); // else the reply would be behind it
  }

  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    const button = /^[0-9]$/.test(event.key) ? this.panel.querySelector(`[data-key="${event.key}"]`)
      : event.key === "Backspace" ? this.panel.querySelector("[data-key=Backspace]")
        : event.key === "Enter" && event.target.matches("[data-step]") ? this.panel.querySelector("[data-key=Enter]") : null;
    if (!button) return;
    event.preventDefault();
    event.stopPropagation();
    button.click();
  }

  #skeleton(title) {
    this.panel.hidden = false;
    this.panel.replaceChildren(
      h("header", {}, h("button", { class: "btn plain", type: "button", onclick: () => { this.close(); this.on.home(); } }, icon("back"), t("reader.back"), h("kbd", {}, "Esc"))),
      h("div", { class: "steps-body" }, h("p", { class: "small quiet" }, title),
        ...[0, 1, 2].map(() => h("div", { class: "skeleton bar" }))));
    this.panel.querySelector("button").focus();
  }

  #failed(answer, problem) {
    const text = told(problem);
    this.panel.querySelector(".steps-body").replaceChildren(h("div", { class: "empty", role: "alert" }, icon("alert"), h("strong", {}, text),
      problem.status === 404 ? null : h("button", { class: "btn", type: "button", onclick: () => this.start(answer) }, icon("reload"), t("common.retry"))));
  }
}
