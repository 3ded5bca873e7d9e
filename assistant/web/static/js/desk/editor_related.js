/** Other entries that this one names: found by searching, shown by their titles. */

import { call } from "../api.js";
import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { EntryPicker } from "../console/entry_picker.js";

/** Draws into `root`, which holds the label; `titles` is a Map from id to title that it reads and adds to. */
export class Related {
  constructor(root, { name, titles, own, onChange }) {
    Object.assign(this, { titles, onChange, ids: [] });
    this.rows = h("ul", { class: "related-list" });
    this.picker = new EntryPicker(`field-${name}`, [], {
      label: t(`editor.find.${name}`), placeholder: t("editor.find_entry"),
      taken: () => [...this.ids, own()],
      onTake: (entry) => {
        titles.set(entry.id, entry.title);
        this.set([...this.ids, entry.id]);
        onChange();
      },
    });
    root.append(this.rows, this.picker.element);
  }

  get() {
    return [...this.ids];
  }

  set(ids) {
    this.ids = [...ids];
    this.#draw();
    ids.filter((id) => !this.titles.has(id)).forEach((id) => this.#find(id));
  }

  /** Looks for the title of an entry that came by its id alone. */
  async #find(id) {
    this.titles.set(id, "");
    const { entries } = await call("GET", `/api/v1/entries?${new URLSearchParams({ q: id, limit: 20 })}`).catch(() => ({ entries: [] }));
    const found = entries.find((entry) => entry.id === id);
    if (!found) return;
    this.titles.set(id, found.title);
    this.#draw();
  }

  #draw() {
    const { ids } = this;
    this.rows.hidden = !ids.length;
    this.rows.replaceChildren(...ids.map((id) => {
      const title = this.titles.get(id);
      return h("li", {},
        h("a", { href: `/entries/${id}`, target: "_blank", rel: "noopener" }, title || id),
        title ? h("code", { class: "small quiet" }, id) : h("span", { class: "chip due" }, icon("alert"), t("editor.unknown_entry")),
        h("button", { class: "btn plain icon-only", type: "button", "aria-label": t("editor.remove", { name: title || id }), onclick: () => this.#remove(id) }, icon("close")));
    }));
  }

  focus() {
    this.picker.input.focus();
  }

  #remove(id) {
    this.set(this.ids.filter((other) => other !== id));
    this.onChange();
    this.focus();
  }
}
