/** One case as its supervisor reads it: the parts, the conversation, the policy note, and what to do with it. */

import { call, told } from "./api.js";
import { readable, ruleCard } from "./console/case_basis.js";
import { askReason } from "./desk/override.js";
import { h, icon, toast } from "./dom.js";
import { t } from "./i18n.js";
import { minute } from "./moments.js";

const BEFORE = ["scene", "cause", "handling"];

/** Draws into `root`; `onDone(row)` follows each step, with the case as it is then. */
export class CaseReview {
  #asked = null;
  #busy = false;

  constructor(root, { onDone }) {
    this.root = root;
    this.on = { onDone };
  }

  /** Nothing is open. */
  empty(tab, count) {
    this.#asked = null;
    this.root.hidden = !count;
    this.root.replaceChildren(h("div", { class: "empty" }, icon("book"), h("strong", {}, t(`casedesk.pick_${tab}`))));
  }

  /** Reads a case and shows it; with `focus` the focus goes to its heading. */
  async open(id, focus = false) {
    this.root.hidden = false;
    this.#asked = id;
    try {
      const found = await call("GET", `/api/v1/cases/${encodeURIComponent(id)}/review`);
      if (this.#asked !== id) return;
      this.#show(found);
      if (focus) this.root.querySelector("h2").focus();
    } catch (problem) {
      if (this.#asked !== id) return;
      this.root.replaceChildren(h("div", { class: "empty" }, icon("alert"), h("strong", {}, told(problem)),
        h("button", { class: "btn", type: "button", onclick: () => this.open(id, true) }, icon("reload"), t("common.retry"))));
    }
  }

  #show(found) {
    this.found = found;
    const { row, case: written } = found;
    const section = (name, ...content) => h("section", {}, h("h3", {}, t(`case.${name}`)), ...content);
    const prose = (name) => section(name, h("p", { class: "case-prose" }, readable(written[name]) || t("casedesk.blank")));
    this.note = h("textarea", { class: "input", id: "policy-note", rows: 3, maxlength: 5000, "aria-describedby": "note-help", oninput: () => this.#choose() });
    this.note.value = written.policy_note;
    this.comment = h("textarea", { class: "input", id: "case-comment", rows: 2, maxlength: 2000 });
    this.error = h("p", { class: "bad-text small", role: "alert" });
    this.main = h("button", { class: "btn primary", type: "button", onclick: () => this.#go() });
    this.root.replaceChildren(
      h("header", { class: "case-review-head" }, h("h2", { tabindex: "-1" }, row.title),
        h("p", { class: "small quiet" }, t("casedesk.by", { name: row.author, time: minute(row.submitted_at) }))),
      h("div", { class: "case-review-body" },
        ...BEFORE.map(prose),
        section("policy",
          h("ul", { class: "case-rules" }, ...(written.basis.length ? written.basis.map((rule) => ruleCard(rule)) : [h("li", { class: "small quiet" }, t("casedesk.no_rules"))])),
          h("div", { class: "field" }, h("label", { for: "policy-note" }, t("casedesk.note")), this.note, h("small", { id: "note-help" }, t("casedesk.note_help")))),
        prose("outcome"),
        this.#labels(written),
        this.#conversation(found)),
      h("footer", { class: "case-review-foot" }, this.error, this.main, this.#sendBack()));
    this.#choose();
  }

  #labels({ tags, products, product_names: names }) {
    const words = [...tags, ...products.map((id) => names[id] ?? id)];
    return words.length ? h("p", { class: "case-labels" }, ...words.map((word) => h("span", { class: "chip outline" }, word))) : null;
  }

  #conversation({ messages, channel, started_at: started }) {
    if (!messages.length) return h("p", { class: "small quiet" }, t("casedesk.conversation_gone"));
    return h("details", { class: "case-said", open: true },
      h("summary", {}, t("casedesk.conversation", { channel: t(`channel.${channel}`), time: minute(started), count: messages.length })),
      h("ol", {}, ...messages.map(({ role, text }) => h("li", { class: `said ${role}` }, h("b", {}, t(`speaker.${role}`)), text))));
  }

  #sendBack() {
    return h("details", { class: "case-back" }, h("summary", { class: "btn" }, icon("back"), t("casedesk.send_back")),
      h("div", { class: "field" }, h("label", { for: "case-comment" }, t("casedesk.comment")), this.comment,
        h("button", { class: "btn", type: "button", onclick: () => this.#return() }, icon("back"), t("casedesk.send_back_now"))));
  }

  get #noted() {
    return this.note.value.trim() !== this.found.case.policy_note.trim();
  }

  /** What the main button does: a changed note has to be approved by somebody else. */
  #choose() {
    const { own } = this.found.row;
    const [key, shape] = this.#noted ? ["casedesk.add_note", "send"] : ["casedesk.publish", "check"];
    this.main.replaceChildren(icon(shape), t(key));
    this.main.disabled = own && !this.#noted;
    this.error.textContent = own && !this.#noted ? t("casedesk.own") : "";
  }

  #go() {
    const { row, content_hash: hash } = this.found;
    if (this.#noted) this.#step("note", { policy_note: this.note.value }, () => toast(t("casedesk.noted"), "send"));
    else this.#step("publish", { content_hash: hash }, () => toast(t("casedesk.published", { title: row.title })));
  }

  #return() {
    if (!this.comment.value.trim()) {
      this.error.textContent = t("casedesk.say_why");
      this.comment.focus();
      return;
    }
    this.#step("return", { comment: this.comment.value }, () => toast(t("casedesk.returned_to", { name: this.found.row.author }), "back"));
  }

  async #step(name, body, done) {
    if (this.#busy) return;
    this.#busy = true;
    this.main.disabled = true;
    const { id, version } = this.found.row;
    try {
      const after = await call("POST", `/api/v1/cases/${encodeURIComponent(id)}/review/${name}`, body, { headers: { "If-Match": `"${version}"` } });
      done();
      await this.on.onDone(after.row);
      this.root.focus();
    } catch (problem) {
      this.main.disabled = false;
      if (document.activeElement === document.body) this.main.focus(); // disabled, it let go of the focus
      if (problem.body?.broken && !body.override) {
        const override = await askReason(problem.message, problem.body.broken);
        this.#busy = false;
        if (override) await this.#step(name, { ...body, override }, done);
        return;
      }
      this.error.textContent = problem.status === 409 ? t("casedesk.changed") : problem.status === 403 ? t("casedesk.not_now") : told(problem);
    } finally {
      this.#busy = false;
    }
  }
}
