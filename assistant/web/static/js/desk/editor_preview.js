/** The entry as it will read, drawn by the one renderer while it is written. */

import { Problem, call } from "../api.js";
import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { validity } from "../state.js";

const PAUSE_MS = 300;

export class Preview {
  #timer = 0;
  #asking = null;
  #drawn = "";

  /** `content()` is what to show, `entryId()` the entry's id or null; `onResult(result)` follows each answer. */
  constructor({ article, state, content, entryId, onResult }) {
    Object.assign(this, { article, state, content, entryId, onResult });
    this.frame = h("div", { class: "prose" });
    addEventListener("online", () => this.soon(0));
  }

  /** Draws what is there now, after a pause in the typing. */
  soon(pause = PAUSE_MS) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.now(), pause);
  }

  async now() {
    clearTimeout(this.#timer);
    const content = this.content();
    const asked = JSON.stringify(content);
    if (asked === this.#drawn) return;
    this.#asking?.abort();
    const asking = this.#asking = new AbortController();
    const id = this.entryId();
    try {
      const found = await call("POST", "/api/v1/entries/preview", { content, ...(id ? { entry_id: id } : {}) }, { signal: asking.signal });
      if (asking !== this.#asking) return;
      this.#drawn = asked;
      this.#draw(content, found);
      this.state.replaceChildren();
      this.onResult(found);
    } catch (problem) {
      if (problem.name !== "AbortError") this.#fail(problem);
    }
  }

  #fail(problem) {
    this.article.setAttribute("aria-busy", "false");
    const offline = problem instanceof Problem && problem.status === 0;
    this.state.replaceChildren(icon("alert"), offline ? t("editor.preview_offline") : t("editor.preview_failed", { why: problem.message }),
      h("button", { class: "btn", type: "button", onclick: () => this.now() }, icon("reload"), t("common.retry")));
  }

  #draw(content, { html }) {
    const { body } = new DOMParser().parseFromString(html, "text/html");
    for (const link of body.querySelectorAll("a[href]")) {
      link.target = "_blank";
      link.rel = "noopener noreferrer";
    }
    this.frame.lang = content.lang;
    this.frame.replaceChildren(...body.childNodes);
    const chips = [h("span", { class: "chip outline" }, content.kind ? t(`kind.${content.kind}`) : "")];
    if (content.audience !== "customer") chips.push(h("span", { class: "chip outline" }, t(`audience.${content.audience}`)));
    this.article.setAttribute("aria-busy", "false");
    this.article.replaceChildren(
      h("header", { class: "entry-head" }, h("p", { class: "meta" }, ...chips),
        h("h1", { class: content.title ? "" : "quiet" }, content.title || t("editor.untitled")),
        h("p", { class: "quiet" }, validity({ from: content.effective_from, until: content.effective_until }))),
      ...(content.questions.length ? [h("details", { class: "questions" }, h("summary", {}, t("entry.questions", { count: content.questions.length })),
        h("ul", {}, ...content.questions.map((question) => h("li", {}, question))))] : []),
      content.body.trim() ? this.frame : h("div", { class: "empty" }, icon("book"), h("strong", {}, t("editor.preview_empty")), h("p", { class: "small" }, t("editor.preview_empty_help"))));
    this.article.dispatchEvent(new CustomEvent("drawn"));
  }
}
