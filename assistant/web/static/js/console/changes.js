/** What has changed since the last shift: each entry in one line, old figures beside new ones. */

import { call, told } from "../api.js";
import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { minute, moment } from "../moments.js";
import { stateChip } from "../state.js";
import { Shift } from "./shift.js";

const MOST = 100;
const FIGURES = 4;
const EVERY_MS = 5 * 60_000;
const HOURS = { day: 24, days3: 72, week: 168 };
const WHAT = { published: ["good", "check"], changed: ["info", "edit"], started: ["info", "calendar"], expired: ["bad", "stop"], withdrawn: ["bad", "stop"] };

const idOf = (row) => [row.entry_id, row.what, row.at, row.revision].join(" ");

/**
 * The feed in `root`. `page` has `person` (whose shift it is), `badge(number)`, `open(url, title)` and
 * `compare({ entryId, from, to })`.
 */
export class ChangesFeed {
  #rows = [];
  #total = 0;
  #since = "";
  #asked = 0;

  constructor(root, page) {
    this.root = root;
    this.page = page;
    this.shift = new Shift(page.person, () => this.refresh());
    this.status = h("p", { class: "small quiet", role: "status" });
    this.head = h("header", { class: "changes-head" });
    this.list = h("ol", { class: "changes-list", "aria-label": t("changes.title"), onkeydown: (event) => this.#key(event) });
    root.replaceChildren(this.head, this.list);
    root.classList.add("changes");
    this.list.replaceChildren(h("li", { class: "skeleton bar", "aria-hidden": "true" }), h("li", { class: "skeleton bar", "aria-hidden": "true" }));
    setInterval(() => { if (!document.hidden) this.refresh(); }, EVERY_MS);
    this.refresh();
  }

  /** Asks again; what is on screen stays until the answer is there. */
  async refresh() {
    const asked = (this.#asked += 1);
    try {
      const found = await call("GET", `/api/v1/changes?${new URLSearchParams({ since: this.shift.since, limit: MOST })}`);
      if (asked !== this.#asked) return;
      this.#rows = found.changes;
      this.#total = found.total;
      this.#since = found.since;
      this.#draw();
    } catch (problem) {
      if (asked === this.#asked) this.#failed(problem);
    }
  }

  /** The row that has the focus, for keys of the page. */
  get current() {
    const at = [...this.list.children].indexOf(document.activeElement?.closest(".change"));
    return this.#rows[at] ?? null;
  }

  /** Shows both versions of a change where there are two. */
  compare(row = this.current) {
    if (!row || !comparable(row)) return;
    this.#mark([row]);
    this.page.compare(row.previous ? { entryId: row.entry_id, from: row.previous, to: row.revision } : { entryId: row.entry_id });
  }

  #failed(problem) {
    if (this.#rows.length) return; // old news are still news
    this.list.replaceChildren(h("li", { class: "empty" }, icon("alert"),
      h("strong", {}, told(problem)),
      h("button", { class: "btn", type: "button", onclick: () => this.refresh() }, icon("reload"), t("common.retry"))));
  }

  #unseen() {
    return this.#rows.filter((row) => !this.shift.seen(idOf(row)));
  }

  #draw() {
    const at = [...this.list.children].indexOf(document.activeElement?.closest(".change"));
    const unseen = this.#unseen();
    this.page.badge(unseen.length);
    this.#drawHead(unseen.length);
    this.list.replaceChildren(...(this.#rows.length ? this.#rows.map((row, index) => this.#item(row, index)) : [this.#empty()]));
    if (this.#total > this.#rows.length) this.list.append(h("li", { class: "small quiet" }, t("changes.more", { count: this.#total - this.#rows.length })));
    if (at >= 0) this.list.children[Math.min(at, this.#rows.length - 1)]?.focus();
  }

  #drawHead(unseen) {
    if (this.head.contains(document.activeElement) && this.head.querySelector("form")) return; // being filled in
    this.status.textContent = this.#rows.length ? t("changes.count", { count: this.#total, unseen }) : "";
    const change = h("button", { class: "btn plain small", type: "button", "aria-expanded": "false", onclick: () => this.#choose() }, t("changes.since_change"));
    this.head.replaceChildren(
      h("p", {}, icon("clock"), h("span", {}, t(this.shift.chosen ? "changes.since_chosen" : "changes.since", { moment: minute(this.#since) })), change),
      h("div", { class: "changes-bar" }, this.status, unseen
        ? h("button", { class: "btn plain small", type: "button", onclick: () => { this.#mark(this.#rows); this.list.querySelector(".change")?.focus(); } }, icon("check"), t("changes.all_seen")) : null));
  }

  /** Lets the agent say since when: the last shift, a few hours, or a moment. */
  #choose() {
    const set = (iso) => {
      this.shift.choose(iso);
      form.remove();
      this.refresh().then(() => (this.list.querySelector(".change") ?? this.head.querySelector("button")).focus());
    };
    const preset = (key, run) => h("button", { class: "btn small", type: "button", onclick: run }, t(`changes.preset_${key}`));
    const field = h("input", { class: "input", "aria-label": t("changes.since_label"), value: minute(this.#since), placeholder: "2026-01-31 18:00", maxlength: 16, autocomplete: "off" });
    const form = h("form", { class: "changes-since", onsubmit: async (event) => {
      event.preventDefault();
      const wanted = field.value.trim().replace(" ", "T");
      try {
        const { since } = await call("GET", `/api/v1/changes?${new URLSearchParams({ since: wanted, limit: 1 })}`);
        if (!since) throw new Error("no moment");
        set(since);
      } catch {
        field.setAttribute("aria-invalid", "true");
        field.setCustomValidity(t("changes.since_wrong"));
        field.reportValidity();
        field.setCustomValidity("");
      }
    }, onkeydown: (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      form.remove();
      this.#draw();
      this.head.querySelector("button").focus();
    } },
    h("div", {}, preset("last", () => set(null)), ...Object.entries(HOURS).map(([key, hours]) => preset(key, () => set(new Date(Date.now() - hours * 3_600_000).toISOString())))),
    h("div", {}, field, h("button", { class: "btn primary small", type: "submit" }, t("changes.since_apply"))));
    this.head.querySelector("form")?.remove();
    this.head.append(form);
    field.focus();
    field.select();
  }

  #empty() {
    return h("li", { class: "empty" }, icon("check"), h("strong", {}, t("changes.none")), h("p", {}, t("changes.none_help")));
  }

  #item(row, index) {
    const seen = this.shift.seen(idOf(row));
    const [colour, shape] = WHAT[row.what] ?? WHAT.changed;
    const act = (name, label, run) => h("button", { class: "btn plain small", type: "button", tabindex: "-1", onclick: (event) => { event.stopPropagation(); run(); } }, icon(name), label);
    return h("li", {
      class: `change${seen ? " seen" : ""}`, tabindex: index ? "-1" : "0", data: index ? {} : { first: "" },
      onclick: () => this.#open(row),
      "aria-label": `${seen ? t("changes.seen") : t("changes.unseen")} ${t(`changes.${row.what}`)} ${row.title} ${row.summary}`,
    },
    h("div", { class: "change-head" }, h("span", { class: "change-dot", title: seen ? t("changes.seen") : t("changes.unseen") }),
      h("span", { class: `chip ${colour}` }, icon(shape), t(`changes.${row.what}`)), h("b", {}, row.title), row.state === "current" ? null : stateChip({ state: row.state })),
    lineOf(row),
    row.numbers.length ? h("ul", { class: "change-figures" }, ...row.numbers.slice(0, FIGURES).map(({ before, after, sentence }) => h("li", {},
      h("del", {}, before), h("span", { "aria-hidden": "true" }, "→"), h("ins", {}, after), h("span", { class: "quiet" }, sentence)))) : null,
    row.numbers.length > FIGURES ? h("p", { class: "small quiet" }, t("changes.figures_more", { count: row.numbers.length - FIGURES })) : null,
    h("div", { class: "change-foot" }, h("span", { class: "small quiet" }, `${t(`kind.${row.kind}`)} · ${minute(row.at)}`),
      row.replaced_by ? act("next", t("changes.replaced_by", { title: row.replaced_by.title }), () => { this.#mark([row]); this.page.open(row.replaced_by.url, row.replaced_by.title); }) : null,
      h("span", { class: "spring" }),
      comparable(row) ? act("split", t("versions.both"), () => this.compare(row)) : null,
      h("button", {
        class: "btn plain small icon-only", type: "button", tabindex: "-1", title: t(seen ? "changes.mark_unseen" : "changes.mark_seen"),
        "aria-label": t(seen ? "changes.mark_unseen" : "changes.mark_seen"), "aria-pressed": String(seen),
        onclick: (event) => { event.stopPropagation(); this.#mark([row], !seen); },
      }, icon("check"))));
  }

  #open(row) {
    this.#mark([row]);
    if (row.url) this.page.open(row.url, row.title);
  }

  #mark(rows, seen = true) {
    this.shift.mark(rows.map(idOf), seen);
    this.#draw();
  }

  #key(event) {
    const row = this.current;
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    const items = [...this.list.querySelectorAll(".change")];
    const at = items.indexOf(document.activeElement);
    const does = {
      ArrowDown: () => this.#focus(items[at + 1]), ArrowUp: () => this.#focus(items[at - 1]),
      Enter: () => this.#open(row), ArrowRight: () => this.#open(row), " ": () => this.#mark([row], !this.shift.seen(idOf(row))),
    }[event.key];
    if (!does || at < 0) return;
    event.preventDefault();
    does();
  }

  #focus(item) {
    if (!item) return;
    for (const other of this.list.querySelectorAll(".change")) other.tabIndex = other === item ? 0 : -1;
    item.focus();
  }
}

/** What happened in one line; figures have lines of their own. */
function lineOf(row) {
  const figures = row.numbers.length && row.what !== "withdrawn";
  const text = figures ? (row.starts ? t("changes.from", { moment: moment(row.starts) }) : "") : row.summary;
  return text && text !== t(`changes.${row.what}`) ? h("p", { class: "change-line" }, text) : null;
}

/** Whether a change has two versions to show. */
function comparable(row) {
  return Boolean(row.url && (row.previous || row.replaced_by));
}
