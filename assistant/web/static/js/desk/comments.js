/** Comments beside the text of a version: read, quoted, answered, resolved. */

import { call, told } from "../api.js";
import { h, icon, toast } from "../dom.js";
import { t } from "../i18n.js";
import { composer } from "./comments_compose.js";
import { markQuote, selected, unmark } from "./comments_marks.js";
import { beside } from "./comments_place.js";
import { threadsOf, threadView } from "./comments_thread.js";

export class Comments {
  #marks = new Map();
  #threads = [];
  #at = null;

  /** `root` is the column, `prose` the text as it reads (null where the view shows none). */
  constructor(root, { entryId, revision, prose }) {
    Object.assign(this, { root, prose });
    this.path = `/api/v1/entries/${encodeURIComponent(entryId)}/revisions/${revision}/comments`;
    this.list = h("ol", { class: "threads" });
    this.about = h("div", {});
    this.status = h("p", { class: "comments-empty", role: "status" });
    this.add = h("button", { class: "btn plain", type: "button", "aria-keyshortcuts": "c", onclick: () => this.compose({ from: this.add }) }, icon("comment"), t("comments.add"));
    this.offer = h("button", { class: "btn quote-here", type: "button", hidden: true, onmousedown: (event) => event.preventDefault(), onclick: () => this.composeHere() }, icon("comment"), t("comments.on_quote"));
    this.prose?.addEventListener("click", (event) => {
      const mark = event.target.closest("mark.quoted");
      if (mark && getSelection().isCollapsed) this.#go(mark.dataset.thread);
    });
    document.addEventListener("selectionchange", () => this.#offerQuote());
    addEventListener("resize", () => this.#settleDown());
    new ResizeObserver(() => this.#settleDown()).observe(root);
  }

  /** Reads the comments and draws them. */
  async load() {
    try {
      this.#show((await call("GET", this.path)).comments);
    } catch (problem) {
      this.#frame();
      this.status.replaceChildren(told(problem), " ",
        h("button", { class: "btn", type: "button", onclick: () => this.load() }, icon("reload"), t("common.retry")));
    } finally {
      this.root.setAttribute("aria-busy", "false");
    }
  }

  #frame() {
    if (this.list.isConnected) return;
    this.root.replaceChildren(h("header", { class: "comments-head" }, h("h2", {}, t("comments.title")), this.add), this.about, this.status, this.list);
    document.body.append(this.offer);
  }

  #show(comments) {
    this.#frame();
    if (this.prose) unmark(this.prose);
    this.#marks.clear();
    this.#threads = threadsOf(comments);
    for (const { root } of this.#threads) {
      const marks = root.quote && this.prose ? markQuote(this.prose, root.quote, { thread: root.id, done: Boolean(root.resolved_at) }) : [];
      if (marks.length) this.#marks.set(String(root.id), marks);
    }
    this.#threads.sort((a, b) => this.#order(a.root) - this.#order(b.root));
    this.#redraw();
    const open = this.#threads.filter(({ root }) => !root.resolved_at).length;
    this.status.textContent = this.#threads.length ? t("comments.open", { open, all: this.#threads.length }) : t(this.prose ? "comments.empty" : "comments.empty_here");
    this.#settleDown();
  }

  /** Draws the threads anew; answers half-written keep their place, their words and the focus. */
  #redraw() {
    const typing = document.activeElement;
    const kept = [...this.list.querySelectorAll(".composer")].filter((form) => form.dirty() || form.contains(typing))
      .map((form) => [form, form.closest(".thread").dataset.thread]);
    this.list.replaceChildren(...this.#threads.map((thread) => this.#view(thread)));
    for (const [form, id] of kept) (this.#item(id) ?? this.list.appendChild(h("li", { class: "thread", data: { thread: id } }))).append(form);
    if (kept.some(([form]) => form.contains(typing))) typing.focus({ preventScroll: true });
  }

  /** Where a thread stands in the text; those about nothing in it come first. */
  #order(root) {
    const mark = this.#marks.get(String(root.id))?.[0];
    return mark ? mark.getBoundingClientRect().top + scrollY : -1;
  }

  #view(thread) {
    const id = String(thread.root.id);
    return threadView(thread, {
      gone: Boolean(this.prose && thread.root.quote) && !this.#marks.has(id),
      on: { quote: () => this.#toQuote(id), reply: () => this.reply(id), settle: () => this.settle(id), remove: (comment) => this.#remove(comment) },
    });
  }

  #settleDown() {
    if (this.list.isConnected) beside(this.list, this.#marks);
  }

  #item = (id) => this.list.querySelector(`[data-thread="${CSS.escape(String(id))}"]`);

  #offerQuote() {
    const found = selected(this.prose);
    this.offer.hidden = !found;
    if (!found) return;
    this.offer.style.left = `${Math.min(found.box.left + scrollX, innerWidth - 140)}px`;
    this.offer.style.top = `${found.box.bottom + scrollY + 6}px`;
  }

  /** Writes about what is selected, else about the change that has the focus, else about the whole. */
  composeHere() {
    const found = selected(this.prose);
    const change = document.activeElement?.closest?.(".review-prose ins");
    const field = document.activeElement?.closest?.("[data-field]")?.dataset.field;
    this.compose({ quote: found?.text ?? change?.textContent.trim(), field: found || change ? undefined : field, from: document.activeElement });
    getSelection().removeAllRanges();
  }

  /** Opens the form for a new comment; the focus goes back to `from` when it is left. */
  compose({ quote, field, from }) {
    if (this.form?.isConnected && this.form.dirty()) {
      this.form.focusField();
      return;
    }
    const cut = quote?.slice(0, 500);
    this.form = composer({
      label: t("comments.write"), send: t("comments.send"),
      onCancel: () => this.#leave(from),
      onSend: (text) => call("POST", this.path, { text, ...(cut ? { quote: cut } : {}), ...(field ? { field } : {}) }),
      onSent: (made) => {
        this.about.replaceChildren();
        return this.#reload(made);
      },
    });
    this.about.replaceChildren(h("div", { class: "thread at" },
      cut ? h("blockquote", {}, cut) : field ? h("p", { class: "small quiet" }, t("comments.about_field", { field: t(`review.field.${field}`) })) : h("p", { class: "small quiet" }, t("comments.about_all")), this.form));
    this.#settleDown();
    this.form.focusField();
    this.form.scrollIntoView({ block: "nearest" });
  }

  #leave(from) {
    this.about.replaceChildren();
    (from?.isConnected && from !== document.body && !from.hidden ? from : this.add).focus();
    this.#settleDown();
  }

  /** Reads anew and goes to the thread of what was `made`, unless something else is being written. */
  async #reload(made) {
    await this.load();
    if (this.#writing) return;
    const id = made?.reply_to ?? made?.id;
    if (id && this.#item(id)) this.#go(id);
    else this.add.focus();
  }

  get #writing() {
    return Boolean(document.activeElement?.closest?.(".composer"));
  }

  /** Goes to the thread that an address ends with, as in `#comment-12`; nowhere when it is not shown. */
  goFrom(hash) {
    const id = hash.match(/^#comment-(\d+)$/)?.[1];
    if (!id || !this.#item(id)) return;
    this.#go(id);
    this.#marks.get(id)?.[0].scrollIntoView({ block: "center" });
  }

  /** Goes to the next thread, or to the one before; false when there is none. */
  step(by) {
    const ids = this.#threads.map(({ root }) => String(root.id));
    if (!ids.length) return false;
    const at = ids.indexOf(this.#at);
    this.#go(ids[at < 0 ? (by > 0 ? 0 : ids.length - 1) : (at + by + ids.length) % ids.length]);
    return true;
  }

  #go(id) {
    for (const old of document.querySelectorAll(".thread.at, mark.quoted.at")) old.classList.remove("at");
    this.#at = String(id);
    const item = this.#item(id);
    item.querySelector("details")?.setAttribute("open", "");
    item.classList.add("at");
    this.#marks.get(this.#at)?.forEach((mark) => mark.classList.add("at"));
    item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest" });
  }

  #toQuote(id) {
    this.#go(id);
    this.#marks.get(id)?.[0].scrollIntoView({ block: "center" });
  }

  #chosen = (id) => String(id ?? document.activeElement?.closest?.(".thread[data-thread]")?.dataset.thread ?? this.#at ?? "");

  /** Opens the form for an answer to a thread, by default the one gone to; false when there is none. */
  reply(id) {
    const item = this.#item(this.#chosen(id));
    const parent = this.#threads.find(({ root }) => String(root.id) === item?.dataset.thread)?.root;
    if (!parent || parent.resolved_at) return false;
    if (item.querySelector(".composer")) item.querySelector(".composer").focusField();
    else {
      const form = composer({
        label: t("comments.reply_to", { name: parent.author }), send: t("comments.reply"),
        onCancel: () => (this.#item(parent.id)?.querySelector("[data-act=reply]") ?? this.add).focus(),
        onSend: (text) => call("POST", this.path, { text, reply_to: parent.id }),
        onSent: (made) => this.#reload(made),
      });
      item.append(form);
      form.focusField();
    }
    this.#settleDown();
    return true;
  }

  /** Resolves a thread, by default the one gone to, or opens it again; false when there is none. */
  settle(id) {
    const chosen = this.#chosen(id);
    const root = this.#threads.find((thread) => String(thread.root.id) === chosen)?.root;
    if (!root) return false;
    this.#settle(root);
    return true;
  }

  #settle(root) {
    return this.#act("POST", `${root.id}/${root.resolved_at ? "reopen" : "resolve"}`, root.id, root.resolved_at ? "comments.reopened" : "comments.resolved");
  }

  #remove(comment) {
    if (!window.confirm(t("comments.remove_ask"))) return;
    this.#act("DELETE", String(comment.id), comment.reply_to ?? comment.id, "comments.removed");
  }

  /** Does something with a comment, says so in the words of `key`, and stays with its `thread` while there is one. */
  async #act(method, path, thread, key) {
    try {
      await call(method, `/api/v1/comments/${path}`, method === "POST" ? {} : undefined);
      await this.load();
      toast(t(key));
      if (!this.#writing) (this.#item(thread) ?? this.add).focus();
    } catch (problem) {
      toast(told(problem), "alert");
    }
  }
}
