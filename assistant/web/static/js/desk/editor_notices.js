/** What the page has to say above the text, each under a name of its own: shown, replaced, taken away. */

import { h, icon } from "../dom.js";

export class Notices {
  constructor(root) {
    this.root = root;
  }

  /** Shows `text` under `name`; `actions` are `[label, run, primary]`. */
  show(name, text, { tone = "info", sign = "clock", actions = [] } = {}) {
    const made = h("div", { class: `notice ${tone}`, data: { notice: name } }, icon(sign), h("span", {}, text),
      h("span", { class: "notice-actions" }, ...actions.map(([label, run, primary]) => h("button", { type: "button", class: primary ? "btn primary" : "btn", onclick: run }, label))));
    const old = this.#of(name);
    if (old) old.replaceWith(made);
    else this.root.append(made);
    return made;
  }

  clear(name) {
    this.#of(name)?.remove();
  }

  #of(name) {
    return this.root.querySelector(`[data-notice="${name}"]`);
  }
}
