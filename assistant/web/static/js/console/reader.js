/** The entry reader beside the answers: shows the article part of the entry's own page. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";

/** A panel that opens `url` (an entry page of this site) and gives the focus back when closed. */
export class Reader {
  constructor(panel) {
    this.panel = panel;
    this.before = null;
  }

  get open() {
    return !this.panel.hidden;
  }

  async show(url, title) {
    this.before ??= document.activeElement;
    const body = h("div", { class: "reader-body", tabindex: "-1" }, h("div", { class: "skeleton bar" }), h("div", { class: "skeleton bar" }));
    this.panel.replaceChildren(
      h("header", {},
        h("button", { class: "btn plain", type: "button", onclick: () => this.close() }, icon("back"), t("reader.back"), h("kbd", {}, "Esc")),
        h("span", { class: "spring" }),
        h("a", { class: "btn plain", href: url, target: "_blank", rel: "noopener" }, t("reader.page"))),
      body);
    this.panel.hidden = false;
    body.focus();
    try {
      const response = await fetch(url, { credentials: "same-origin" });
      if (!response.ok) throw new Error(String(response.status));
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const article = page.querySelector("article.entry");
      article.querySelectorAll("a[href^='/entries/']").forEach((link) => {
        link.addEventListener("click", (event) => {
          if (event.metaKey || event.ctrlKey) return;
          event.preventDefault();
          this.show(link.getAttribute("href"), link.textContent);
        });
      });
      body.replaceChildren(article);
    } catch {
      body.replaceChildren(h("div", { class: "empty" }, icon("alert"), h("strong", {}, t("reader.failed", { title })),
        h("button", { class: "btn", type: "button", onclick: () => this.show(url, title) }, icon("reload"), t("common.retry"))));
    }
  }

  close() {
    this.panel.hidden = true;
    this.before?.focus();
    this.before = null;
  }
}
