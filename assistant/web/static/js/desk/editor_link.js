/** The sheet that asks where a link leads: to an entry found by its title, or to an address. */

import { call } from "../api.js";
import { h, icon } from "../dom.js";
import { EntryOptions } from "../entry_options.js";
import { t } from "../i18n.js";
import { label } from "./editor_marks.js";
import { replace } from "./editor_text.js";

const MOST = 8;
const ADDRESS = /^(?:https?:\/\/[^\s]+|mailto:[^\s]+@[^\s]+|tel:[+\d-]+)$/i;

export class LinkSheet {
  #taking = false;

  constructor(sheet) {
    this.sheet = sheet;
    this.text = h("input", { class: "input", id: "link-text", maxlength: 300 });
    this.target = h("input", {
      class: "input", id: "link-target", role: "combobox", autocomplete: "off", maxlength: 2000, spellcheck: "false", "aria-expanded": "false", "aria-controls": "link-found",
      "aria-autocomplete": "list", "aria-describedby": "link-help", placeholder: t("editor.link_hint"),
      onkeydown: (event) => this.#key(event),
    });
    this.list = h("ul", { class: "link-found", id: "link-found", role: "listbox", "aria-label": t("nav.entries") });
    this.help = h("small", { id: "link-help", role: "status" });
    this.options = new EntryOptions(this.target, this.list, {
      find: async (query) => (ADDRESS.test(query) ? [] : (await call("GET", `/api/v1/entries?${new URLSearchParams({ q: query, limit: MOST })}`)).entries),
      row: ({ title, kind, status }) => [h("b", {}, title), h("span", { class: "small quiet" }, `${t(`kind.${kind}`)} · ${t(`status.${status}`)}`)],
      take: (entry) => this.#insert(entry, ""),
    });
    sheet.replaceChildren(
      h("header", {}, h("h2", { id: "editor-link-title" }, t("editor.link_title")),
        h("button", { class: "btn plain icon-only", type: "button", "aria-label": t("common.close"), onclick: () => sheet.close() }, icon("close"))),
      h("form", { class: "link-form", method: "dialog", onsubmit: (event) => { event.preventDefault(); this.#take(); } },
        h("div", { class: "field" }, h("label", { for: "link-target" }, t("editor.link_target")), this.target, this.help),
        this.list,
        h("div", { class: "field" }, h("label", { for: "link-text" }, t("editor.link_text")), this.text),
        h("footer", { class: "sheet-foot" }, h("button", { class: "btn", type: "button", onclick: () => sheet.close() }, t("common.cancel")),
          h("button", { class: "btn primary", type: "submit" }, t("editor.link_insert")))));
  }

  /** Asks for the link of what is selected in `area`. */
  open(area) {
    this.area = area;
    this.range = [area.selectionStart, area.selectionEnd];
    this.text.value = area.value.slice(...this.range).replace(/\s+/g, " ").trim();
    this.target.value = this.text.value.length <= 40 ? this.text.value : "";
    this.help.textContent = t("editor.link_help");
    this.help.className = "";
    this.options.forget();
    area.focus({ preventScroll: true }); // where closing the sheet gives the focus back
    this.sheet.showModal();
    this.target.select();
    this.target.focus();
    this.options.search();
  }

  #key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && this.options.move(by)) event.preventDefault();
  }

  /** Takes the row that is marked once the search for the words there is through; who types on takes nothing yet. */
  async #take() {
    if (this.#taking) return;
    this.#taking = true;
    const typed = this.target.value.trim();
    const { range } = this;
    await this.options.search();
    this.#taking = false;
    if (!this.sheet.open || range !== this.range || typed !== this.target.value.trim()) return;
    const entry = this.options.marked;
    const address = ADDRESS.test(typed) ? typed : /^(?:www\.)?[\w-]+(?:\.[\w-]+)+(?:\/\S*)?$/.test(typed) && !entry ? `https://${typed}` : "";
    if (!address && !entry) {
      this.help.textContent = t("editor.link_none");
      this.help.className = "bad-text";
      this.target.focus();
      return;
    }
    this.#insert(entry, address);
  }

  #insert(entry, address) {
    const shown = label(this.text.value || (address ? address : entry.title));
    const target = address ? address.replace(/[()\s]/g, encodeURIComponent).replaceAll("(", "%28").replaceAll(")", "%29") : `kb:${entry.id}`;
    this.sheet.close();
    replace(this.area, ...this.range, `[${shown}](${target})`);
  }
}
