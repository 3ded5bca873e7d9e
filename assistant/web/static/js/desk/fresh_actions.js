/** What can be done about an entry that needs attention: vouch for it, hand it on, put it off, settle reports. */

import { Problem, call, told } from "../api.js";
import { dateField } from "../dates.js";
import { h, toast } from "../dom.js";
import { t } from "../i18n.js";
import { ask, field } from "./fresh_ask.js";
import { presets } from "./fresh_days.js";

const LONGEST = 500;
const api = (id, rest) => `/api/v1/entries/${encodeURIComponent(id)}/${rest}`;
const snoozing = (id, step) => `/api/v1/freshness/entries/${encodeURIComponent(id)}/${step}`;
const words = (name, props = {}) => h("textarea", { class: "input", name, rows: 2, maxlength: LONGEST, ...props });

/** Vouches for the revision that the row showed; the service refuses where another one is live by now. */
const vouch = ({ entry, revision }, note = "") => call("POST", api(entry, "verify"), { note, ...(revision ? { revision: Number(revision) } : {}) });

/** Each takes a row (its `dataset` says what it is about) and resolves to what to say; null: nothing was done. */
const ACTS = {
  async verify({ dataset }) {
    await vouch(dataset);
    return t("board.verified");
  },

  note({ dataset }) {
    return asked(t("board.verified"), {
      title: t("board.verify_title"), subject: dataset.title, action: t("board.verify"),
      fields: [field(t("board.note"), words("note"), t("board.note_help"))],
      send: ({ note }) => vouch(dataset, note.trim()),
    });
  },

  snooze({ dataset: { entry, title } }) {
    const offered = presets();
    const until = h("input", { class: "input", name: "until", maxlength: 11, inputmode: "numeric", autocomplete: "off", required: true, placeholder: t("date.placeholder") });
    const quick = h("div", { class: "ask-quick", role: "group", "aria-label": t("board.snooze_days") }, ...Object.entries(offered).map(([name, day]) =>
      h("button", { class: "btn", type: "button", data: { day }, onclick: () => { until.value = day; pressed(); } }, t(`board.snooze_${name}`), h("small", { class: "quiet" }, day.slice(5)))));
    const pressed = () => quick.querySelectorAll("button").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.day === until.value)));
    until.value = offered.monday ?? offered.tomorrow;
    const dated = field(t("board.snooze_until"), until);
    dateField(until);
    until.addEventListener("input", pressed);
    until.addEventListener("day", pressed);
    pressed();
    return asked(() => t("board.snoozed_until", { date: until.value }), {
      title: t("board.snooze_title"), subject: title, action: t("board.snooze"), shape: "clock",
      fields: [quick, dated, field(t("board.snooze_reason"), words("reason", { required: true, "data-first": true, placeholder: t("board.snooze_reason_example") }), t("board.snooze_help"))],
      send: ({ reason }) => call("POST", snoozing(entry, "snooze"), { until: until.value.trim(), reason: reason.trim() }),
    });
  },

  async wake({ dataset: { entry } }) {
    await call("POST", snoozing(entry, "wake"), {});
    return t("board.woken");
  },

  assign({ dataset: { entry, title, owner, reviewer, version } }) {
    const name = (key, value) => h("input", { class: "input", name: key, value, maxlength: 200, autocomplete: "off", ...(key === "owner" ? { list: "owner-names", "data-first": true } : {}) });
    const every = h("select", { class: "input", name: "review_every" }, h("option", { value: "" }, t("board.every_same")),
      ...[30, 90, 180, 365].map((days) => h("option", { value: String(days) }, t("board.every", { days }))));
    return asked(t("board.assigned"), {
      title: t("board.assign_title"), subject: title, action: t("board.assign"), shape: "person",
      fields: [field(t("board.owner"), name("owner", owner)), field(t("entry.reviewer"), name("reviewer", reviewer)), field(t("board.every_label"), every)],
      send: (values) => call("PATCH", api(entry, "stewardship"), {
        owner: values.owner.trim(), reviewer: values.reviewer.trim(), ...(values.review_every ? { review_every: Number(values.review_every) } : {}),
      }, { headers: { "If-Match": `"${version}"` } }).catch((problem) => {
        throw problem.status === 409 ? new Problem(409, { detail: t("board.changed_meanwhile") }) : problem;
      }),
    });
  },

  async reports({ dataset: { entry, title } }) {
    const open = (await call("GET", "/api/v1/reports")).reports.filter((report) => report.entry_id === entry);
    const listed = open.map((report) => h("li", {}, report.sentence ? h("q", { class: "said" }, report.sentence) : null, report.note ? h("p", {}, report.note) : null,
      h("p", { class: "small quiet" }, t("board.report_by", { name: report.actor, date: report.at.slice(0, 10), revision: report.revision }))));
    return asked(t("board.reports_settled"), {
      title: t("board.reports_title", { count: open.length }), subject: title, action: t("board.reports_settle"),
      fields: [h("ul", { class: "ask-reports" }, ...listed), field(t("board.reports_note"), words("note", { required: true }), t("board.reports_help"))],
      send: async ({ note }) => {
        while (open.length) { // one after the other, so that a second try goes on where the first one failed
          await call("POST", `/api/v1/reports/${open[0].id}/resolve`, { note: note.trim() });
          open.shift();
          listed.shift().remove();
        }
      },
    });
  },
};

const POSSIBLE = {
  verify: (row) => "cured" in row,
  note: (row) => "cured" in row,
  snooze: (row) => !("snoozed" in row),
  wake: (row) => "snoozed" in row,
  assign: (row) => "version" in row,
};

/** Asks; what to say when it was done, else null. */
async function asked(done, question) {
  if (!(await ask(question))) return null;
  return typeof done === "function" ? done() : done;
}

/** Acts on rows for clicks in `root` and for keys; `changed(row, message)` follows what was done. */
export class RowActions {
  #busy = false;

  constructor(root, changed) {
    this.changed = changed;
    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-act]");
      if (button) this.run(button.dataset.act, button.closest("[data-entry]"));
    });
  }

  /** Does `act` for `row`; false when the row is none that it can be done for. */
  run(act, row) {
    if (row?.dataset.entry === undefined || POSSIBLE[act]?.(row.dataset) === false) return false;
    this.#do(act, row);
    return true;
  }

  async #do(act, row) {
    if (this.#busy) return;
    this.#busy = true;
    row.querySelector("details[open]")?.removeAttribute("open");
    row.setAttribute("aria-busy", "true");
    try {
      const message = await ACTS[act](row);
      if (message) await this.changed(row, message);
      else if (document.activeElement === document.body) row.focus();
    } catch (problem) {
      toast(told(problem), "alert");
    } finally {
      row.removeAttribute("aria-busy");
      this.#busy = false;
    }
  }
}
