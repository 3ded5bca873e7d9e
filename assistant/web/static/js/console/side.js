/** The tabs of the side column: answers, similar cases, what has changed. */

import { h } from "../dom.js";

/** Tabs over panels that stand in the page; parts add theirs. */
export class Side {
  #tabs = new Map();

  constructor(list) {
    this.list = list;
    this.current = null;
    list.addEventListener("keydown", (event) => this.#move(event));
  }

  /** Adds a tab: its name, text, panel (an element of the page) and what happens when it is shown. */
  add(name, { label, element, onShow = () => {}, combo = null }) {
    const count = h("span", { class: "count", hidden: true });
    const tab = h("button", {
      class: "side-tab", role: "tab", type: "button", id: `side-tab-${name}`, "aria-controls": element.id, "aria-selected": "false",
      tabindex: "-1", title: combo ? `${label} (${combo})` : label, "aria-keyshortcuts": combo, onclick: () => this.show(name),
    }, label, count);
    element.setAttribute("role", "tabpanel");
    element.setAttribute("aria-labelledby", tab.id);
    element.tabIndex = -1;
    element.hidden = true;
    this.#tabs.set(name, { tab, element, count, onShow });
    this.list.append(tab);
    if (!this.current) this.show(name);
  }

  /** The number beside a tab's name; none for 0. */
  badge(name, number) {
    const { count } = this.#tabs.get(name);
    count.hidden = !number;
    count.textContent = number > 99 ? "99+" : String(number);
  }

  /** Shows a panel; with `focus` the keyboard goes into it (its [data-first], else itself). */
  show(name, focus = false) {
    const shown = this.#tabs.get(name);
    const changed = this.current !== name;
    this.current = name;
    for (const [other, { tab, element }] of this.#tabs) {
      tab.setAttribute("aria-selected", String(other === name));
      tab.tabIndex = other === name ? 0 : -1;
      element.hidden = other !== name;
    }
    if (changed) shown.onShow();
    if (focus) (shown.element.querySelector("[data-first]") ?? shown.element).focus();
  }

  #move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const names = [...this.#tabs.keys()];
    const next = names[(names.indexOf(this.current) + step + names.length) % names.length];
    this.show(next);
    this.#tabs.get(next).tab.focus();
  }
}
