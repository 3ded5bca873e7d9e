/** The list of contacts: who waits, how long, how bad it is, and what was said last. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { contactClock } from "./clock.js";
import { unavailable } from "./panels.js";
import { groupLabel } from "./skill_groups.js";
import { clock, nameOf, timeOfDay } from "./contact_words.js";

const COLOURS = { red: "bad", yellow: "due", green: "good" };
const FILTERS = ["open", "mine", "closed"];

/**
 * Draws `book` into `root`. `onOpen(id)` opens a contact (null: the scratch one), `onRetry()` loads
 * again, `hasDraft(contact)` tells whether a reply to it is unfinished. Rows keep their places while
 * the pointer or the focus is in the list; they take their new ones when it leaves.
 */
export class ContactList {
  #rows = new Map();
  #order = [];
  #open = null;
  #filter = "open";
  #pending = false;

  constructor(root, book, { onOpen, onFilter, onRetry, hasDraft }) {
    this.root = root;
    this.book = book;
    this.on = { onOpen, onFilter, onRetry, hasDraft };
    this.filters = h("div", { class: "contact-filters", role: "group", "aria-label": t("contacts.filter") },
      ...FILTERS.map((name) => h("button", {
        class: "filter", type: "button", "aria-pressed": String(name === this.#filter), data: { filter: name }, onclick: () => this.filter(name),
      }, t(`contacts.${name}`))));
    this.link = h("p", { class: "link-state small", role: "status", hidden: true });
    this.list = h("ul", { class: "contact-list", "aria-label": t("contacts.title"), onkeydown: (event) => this.#move(event) });
    this.note = h("div", { class: "contact-note" });
    root.replaceChildren(this.filters, this.link, this.list, this.note);
    this.list.addEventListener("pointerleave", () => this.#soon());
    this.list.addEventListener("focusout", (event) => { if (!this.list.contains(event.relatedTarget)) this.#soon(); });
    book.addEventListener("list", () => this.#soon());
    this.draw();
  }

  /** The ids shown, in their order, without the scratch contact. */
  get order() {
    return this.#order;
  }

  /** Marks the contact that is open (null: the scratch one). */
  mark(id) {
    this.#open = id;
    this.draw();
    this.#rows.get(id)?.firstChild.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  filter(name) {
    this.#filter = name;
    for (const button of this.filters.children) button.setAttribute("aria-pressed", String(button.dataset.filter === name));
    this.#order = [];
    this.on.onFilter(name);
    this.draw();
  }

  /** Says that the connection is cut, and since when the list may be old. */
  connection(live, since) {
    this.link.hidden = live;
    if (!live) this.link.replaceChildren(icon("reload"), t("contacts.reconnecting", { time: timeOfDay(since) }));
  }

  draw() {
    const { state } = this.book;
    const filter = { status: this.#filter === "closed" ? "closed" : "open", mine: this.#filter === "mine" };
    const wanted = this.book.listed(filter).map(({ id }) => id);
    this.#order = this.#held ? [...this.#order.filter((id) => wanted.includes(id)), ...wanted.filter((id) => !this.#order.includes(id))] : wanted;
    this.root.setAttribute("aria-busy", String(state === "loading"));
    this.#place([null, ...this.#order]);
    this.#say(state);
    this.tick();
  }

  /** Brings the waiting times up to date. */
  tick() {
    for (const id of this.#order) {
      const since = this.book.contacts.get(id)?.waiting_since;
      const wait = this.#rows.get(id)?.querySelector(".wait");
      if (wait && since) wait.lastChild.textContent = clock(since);
    }
  }

  get #held() {
    return this.list.matches(":hover") || this.list.contains(document.activeElement);
  }

  /** Many events that arrive together are drawn once. */
  #soon() {
    if (this.#pending) return;
    this.#pending = true;
    queueMicrotask(() => { this.#pending = false; this.draw(); });
  }

  /** Puts rows in place, moving only those that are not; the focus stays where it is. */
  #place(ids) {
    for (const [id, row] of this.#rows) {
      if (ids.includes(id)) continue;
      const focused = row.contains(document.activeElement);
      row.remove();
      this.#rows.delete(id);
      if (focused) this.#rows.get(null).firstChild.focus();
    }
    const marked = ids.includes(this.#open) ? this.#open : null;
    ids.forEach((id, index) => {
      const row = this.#rows.get(id) ?? h("li", {}, h("button", { type: "button", class: "contact", data: { contact: id ?? "" }, onclick: () => this.on.onOpen(id) }));
      this.#rows.set(id, row);
      this.#fill(row.firstChild, id);
      row.firstChild.tabIndex = id === marked ? 0 : -1;
      if (this.list.children[index] !== row) this.list.insertBefore(row, this.list.children[index] ?? null);
    });
  }

  #fill(button, id) {
    const contact = id === null ? null : this.book.contacts.get(id);
    const last = contact && this.book.last.get(id);
    const open = id === this.#open;
    const drafted = !open && this.on.hasDraft({ id });
    const shape = JSON.stringify([contact?.version, contact?.unread, last?.number, open, drafted]);
    if (button.dataset.shape === shape) return;
    button.dataset.shape = shape;
    button.ariaCurrent = open ? "true" : null;
    button.replaceChildren(...(contact ? this.#contact(contact, last, drafted) : [
      h("span", { class: "line" }, icon("edit"), h("b", {}, t("contacts.scratch"))),
      h("span", { class: "line words" }, t("contacts.scratch_help"))]));
  }

  #contact(contact, last, drafted) {
    const { risk, unread } = contact;
    const complaint = risk?.complaint;
    return [
      h("span", { class: "line" },
        unread ? h("span", { class: "count", title: t("contacts.unread", { count: unread }) }, unread > 99 ? "99+" : String(unread)) : null,
        h("b", {}, nameOf(contact)),
        risk?.grade ? h("span", { class: `grade ${risk.grade}` }, h("span", { class: "visually-hidden" }, t("contacts.grade")), risk.grade) : null,
        complaint ? h("span", { class: `chip ${COLOURS[complaint.colour] ?? "due"}` }, icon("flag"), h("span", { class: "visually-hidden" }, t("contacts.complaint")), t(`contacts.colour_${complaint.colour}`)) : null),
      h("span", { class: "line words" }, last ? [last.role === "agent" ? t("contacts.you_said") : null, last.text] : t("contacts.nothing_said")),
      h("span", { class: "line facts" },
        contact.waiting_since ? h("span", { class: "wait", title: t("contacts.waiting") }, icon("clock"), h("span", { class: "visually-hidden" }, t("contacts.waiting")), document.createTextNode(clock(contact.waiting_since))) : null,
        contactClock(contact),
        contact.channel === "chat" ? null : h("span", {}, t(`channel.${contact.channel}`)),
        risk && risk.mood !== "calm" ? h("span", { class: `mood ${risk.mood}` }, icon("mood"), t(`mood.${risk.mood}`)) : null,
        drafted ? h("span", { class: "drafted" }, icon("edit"), t("contacts.draft")) : null,
        h("span", { class: "whose" }, this.#whose(contact))),
    ];
  }

  #whose({ assigned_to: name, skill_group: group }) {
    if (!name) return group ? t("contacts.for_group", { group: groupLabel(group) }) : t("contacts.unassigned");
    return name === this.book.me ? "" : name;
  }

  #say(state) {
    const said = `${state}/${this.#order.length > 0}/${this.#filter}`;
    if (this.note.dataset.said === said) return;
    this.note.dataset.said = said;
    if (state === "loading") {
      this.note.replaceChildren(...[0, 1, 2].map(() => h("div", { class: "skeleton contact-skeleton", "aria-hidden": "true" })));
    } else if (state === "failed") {
      this.note.replaceChildren(h("div", { class: "empty" }, ...unavailable("", t("contacts.failed"), this.on.onRetry)));
    } else if (!this.#order.length) {
      this.note.replaceChildren(h("p", { class: "quiet small" }, t(`contacts.none_${this.#filter}`)));
    } else this.note.replaceChildren();
  }

  #move(event) {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const buttons = [...this.list.querySelectorAll("button")];
    buttons[Math.max(0, Math.min(buttons.length - 1, buttons.indexOf(document.activeElement) + step))].focus();
  }
}
