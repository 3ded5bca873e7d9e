/** The parts of the page as tabs: one at a time, the preview beside them where there is room. */

const ROOM = matchMedia("(min-width: 901px)");

export class Parts {
  #shown = "write";

  /** `onShow(part)` follows each change. */
  constructor({ tabs, onShow }) {
    this.tabs = Object.fromEntries([...tabs.querySelectorAll("[role=tab]")].map((tab) => [tab.dataset.part, tab]));
    this.onShow = onShow;
    for (const [part, tab] of Object.entries(this.tabs)) tab.addEventListener("click", () => this.show(part));
    tabs.addEventListener("keydown", (event) => this.#key(event));
    ROOM.addEventListener("change", () => this.show(this.#shown));
    this.show("write");
  }

  get shown() {
    return this.#shown;
  }

  /** The parts that have a tab now. */
  get names() {
    return Object.keys(this.tabs).filter((part) => part !== "preview" || !ROOM.matches);
  }

  show(part) {
    this.#shown = this.names.includes(part) ? part : "write";
    for (const [name, tab] of Object.entries(this.tabs)) {
      const on = name === this.#shown;
      tab.hidden = !this.names.includes(name);
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      const panel = document.getElementById(`part-${name}`);
      panel.hidden = !(on || (name === "preview" && ROOM.matches));
      // Beside the others the preview is a region of its own; among the tabs it is a panel.
      if (name === "preview") panel.setAttribute("role", ROOM.matches ? "region" : "tabpanel");
    }
    this.onShow(this.#shown);
  }

  #key(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const { names } = this;
    this.show(names[(names.indexOf(this.#shown) + by + names.length) % names.length]);
    this.tabs[this.#shown].focus();
  }
}
