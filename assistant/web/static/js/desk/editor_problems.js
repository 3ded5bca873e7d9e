/** What is not right yet, under the text: each with its place, and the way there. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";

const REQUIRED = ["kind", "title", "id", "body"];

export class Problems {
  #found = [];

  /** `counts` are the tabs' counters by part; `go(problem)` leads to a problem's place. */
  constructor({ root, tabs, go }) {
    Object.assign(this, { root, tabs, go });
    this.sum = root.querySelector(".problems-sum");
    this.list = root.querySelector(".problems-list");
  }

  /** All problems; those of fields that nobody has filled in yet are only still to do. */
  get all() {
    return this.#found;
  }

  /** Shows `found` (`{ field, line, message }`); `empty(field)` tells whether a field was left empty so far. */
  show(found, empty) {
    const seen = new Set();
    this.#found = found.filter(({ field, line, message }) => !seen.has(`${field} ${line} ${message}`) && seen.add(`${field} ${line} ${message}`))
      .map((problem) => ({ ...problem, todo: REQUIRED.includes(problem.field) && empty(problem.field) }));
    this.#draw();
  }

  /** Goes to the first problem. */
  first() {
    this.root.open = true;
    this.go(this.#found[0]);
  }

  #draw() {
    const wrong = this.#found.filter(({ todo }) => !todo);
    const todo = this.#found.length - wrong.length;
    const words = [
      ...(wrong.length ? [h("b", { class: "bad-text" }, icon("alert"), t("editor.problems", { count: wrong.length }))] : []),
      ...(todo ? [h("span", { class: "quiet" }, t("editor.todo", { names: this.#found.filter((each) => each.todo).map(({ field }) => this.#name(field)).join(t("editor.and")) }))] : []),
    ];
    this.root.classList.toggle("none", !this.#found.length);
    this.sum.replaceChildren(...(words.length ? words : [h("span", { class: "good-text" }, icon("check"), t("editor.no_problems"))]));
    this.list.replaceChildren(...this.#found.map((problem) => h("li", {},
      h("button", { class: "btn plain", type: "button", onclick: () => this.go(problem) },
        h("b", {}, problem.line && problem.field === "body" ? t("editor.at_line", { line: problem.line }) : this.#name(problem.field)),
        h("span", {}, problem.todo ? t("editor.todo_this") : problem.message)))));
    for (const [part, tab] of Object.entries(this.tabs)) {
      const count = wrong.filter(({ field }) => this.#part(field) === part).length;
      const badge = tab.querySelector(".count");
      badge.hidden = !count;
      badge.textContent = count || "";
      badge.title = t("editor.problems", { count });
    }
    for (const input of document.querySelectorAll("[data-wrong]")) {
      delete input.dataset.wrong;
      input.removeAttribute("aria-invalid");
    }
    for (const { field } of wrong) {
      const input = document.getElementById(`field-${field}`) ?? document.getElementById(`editor-${field}`);
      if (!input || input.tagName === "DIV" || field === "body") continue;
      input.dataset.wrong = "";
      input.setAttribute("aria-invalid", "true");
    }
  }

  #part(field) {
    return ["body", "title", "id", "kind"].includes(field) ? "write" : "details";
  }

  #name(field) {
    const key = `editor.field.${field}`;
    const text = t(key);
    return text === key ? field : text;
  }
}
