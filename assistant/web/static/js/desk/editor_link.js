/** The sheet that asks where a link leads: to an entry found by its title, or to an address. */

import { call } from "../api.js";
import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { label } from "./editor_marks.js";
import { replace } from "./editor_text.js";

const PAUSE_MS = 150;
const MOST = 8;
const ADDRESS = /^(?:https?:\/\/[^\s]+|mailto:[^\s]+@[^\s]+|tel:[+\d-]+)$/i;

export class LinkSheet {
  #timer = 0;
  #asking = null; // `{ query, done }`: what was asked for last, and the promise that its rows are shown
  #taking = false;
  #found = [];
  #index = 0;

  constructor(sheet) {
    this.sheet = sheet;
    this.text = h("input", { class: "input", id: "link-text", maxlength: 300 });
    this.target = h("input", {
      class: "input", id: "link-target", role: "combobox", autocomplete: "off", maxlength: 2000, spellcheck: "false", "aria-expanded": "false", "aria-controls": "link-found",
      "aria-autocomplete": "list", "aria-describedby": "link-help", placeholder: t("editor.link_hint"),
      oninput: () => this.#typed(), onkeydown: (event) => this.#key(event),
    });
    this.list = h("ul", { class: "link-found", id: "link-found", role: "listbox", "aria-label": t("nav.entries") });
    this.help = h("small", { id: "link-help", role: "status" });
    sheet.replaceChildren(
      h("header", {}, h("h2", { id: "editor-link-title" }, t("editor.link_title")),
        h("button", { class: "btn plain icon-only", type: "button", "aria-label": t("common.close"), onclick: () => sheet.close() }, icon("close"))),
      h("form", { class: "link-form", method: "dialog", onsubmit: (event) => { event.preventDefault(); this.#take(); } },
        h("div", { class: "field" }, h("label", { for: "link-target" }, t("editor.link_target")), this.target, this.help),
        this.list,
        h("div", { class: "field" }, h("label", { for: "link-text" }, t("editor.link_text")), this.text),
        h("footer", { class: "sheet-foot" }, h("button", { class: "btn", type: "button", onclick: () => sheet.close() }, t("common.cancel")),
          h("button", { class: "btn primary", type: "submit" }, t("editor.link_insert")))));
    sheet.addEventListener("close", () => this.area?.focus());
  }

  /** Asks for the link of what is selected in `area`. */
  open(area) {
    this.area = area;
    this.range = [area.selectionStart, area.selectionEnd];
    this.text.value = area.value.slice(...this.range).replace(/\s+/g, " ").trim();
    this.target.value = this.text.value.length <= 40 ? this.text.value : "";
    this.help.textContent = t("editor.link_help");
    this.help.className = "";
    this.#asking = null;
    this.#show([]);
    this.sheet.showModal();
    this.target.select();
    this.target.focus();
    this.#search();
  }

  /** What was found is not for these words: none of it is taken any more, though it stays to be seen until the answer. */
  #typed() {
    this.#found = [];
    this.#index = -1;
    this.#mark();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#search(), PAUSE_MS);
  }

  /** Resolves when what is shown was found for the words that stand there now. */
  #search() {
    clearTimeout(this.#timer);
    const query = this.target.value.trim();
    if (this.#asking?.query !== query) {
      const asking = this.#asking = { query };
      asking.done = this.#find(asking);
    }
    return this.#asking.done;
  }

  async #find(asking) {
    const { query } = asking;
    let entries = [];
    if (query && !ADDRESS.test(query)) {
      try {
        ({ entries } = await call("GET", `/api/v1/entries?${new URLSearchParams({ q: query, limit: MOST })}`));
      } catch {
        asking.query = null; // the same words may be asked for again
      }
    }
    if (this.#asking === asking) this.#show(entries);
  }

  #show(found) {
    this.#found = found;
    this.#index = 0;
    this.list.hidden = !found.length;
    this.target.setAttribute("aria-expanded", String(found.length > 0));
    this.list.replaceChildren(...found.map((entry, n) => h("li", {
      role: "option", id: `link-${n}`, onclick: () => this.#insert(entry, ""),
    }, h("b", {}, entry.title), h("span", { class: "small quiet" }, `${t(`kind.${entry.kind}`)} · ${t(`status.${entry.status}`)}`))));
    this.#mark();
  }

  #mark() {
    [...this.list.children].forEach((item, n) => item.setAttribute("aria-selected", String(n === this.#index)));
    const item = this.list.children[this.#index];
    if (item) this.target.setAttribute("aria-activedescendant", item.id);
    else this.target.removeAttribute("aria-activedescendant");
    item?.scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || !this.#found.length) return;
    event.preventDefault();
    this.#index = (this.#index + by + this.#found.length) % this.#found.length;
    this.#mark();
  }

  /** Takes the row that is marked once the search for the words there is through; who types on takes nothing yet. */
  async #take() {
    if (this.#taking) return;
    this.#taking = true;
    const typed = this.target.value.trim();
    const { range } = this;
    await this.#search();
    this.#taking = false;
    if (!this.sheet.open || range !== this.range || typed !== this.target.value.trim()) return;
    const entry = this.#found[this.#index];
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
