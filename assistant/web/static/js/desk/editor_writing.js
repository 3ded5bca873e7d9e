/** The manners of the text areas: keys, toolbar, pasting and dropping. */

import { toast } from "../dom.js";
import { lang, t } from "../i18n.js";
import { picturesOf } from "./editor_images.js";
import { enter, shift } from "./editor_lists.js";
import { block, heading, prefix, step, wrap } from "./editor_marks.js";
import { pasted } from "./editor_paste.js";
import { enterRow, nextCell, reshape, table, tableAt } from "./editor_tables.js";
import { apply, offsetOfLine, replace } from "./editor_text.js";

/** Keys with Ctrl (or ⌘) by where they lie: their commands; with Shift those of the second list. */
const CTRL = { KeyB: "bold", KeyI: "italic", KeyK: "link" };
const CTRL_SHIFT = { KeyH: "heading", Digit7: "number", Digit8: "bullet", Digit9: "step" };

export class Writing {
  #leaving = false;

  /**
   * `body` is the Body, `images` the Images, `openLink(area)` asks for a link's target and
   * `openSlots(button, area)` for a variable; `file` is the hidden file field.
   */
  constructor({ tools, tableTools, file, images, openLink, openSlots }) {
    Object.assign(this, { tools, tableTools, file, images, openLink, openSlots, body: null });
    tools.addEventListener("click", (event) => {
      const button = event.target.closest("[data-command]");
      if (button) this.command(button.dataset.command, button);
    });
    tools.addEventListener("mousedown", (event) => { if (event.target.closest("button")) event.preventDefault(); });
    tools.addEventListener("keydown", (event) => this.#walk(event));
    tools.querySelector("button").tabIndex = 0;
    tableTools.addEventListener("mousedown", (event) => { if (event.target.closest("button")) event.preventDefault(); });
    tableTools.addEventListener("click", (event) => {
      const what = event.target.closest("[data-reshape]")?.dataset.reshape;
      if (what) this.#edit((value, start) => reshape(value, start, what));
    });
    file.addEventListener("change", () => {
      this.images.add([...file.files], this.body.area);
      file.value = "";
    });
    document.addEventListener("selectionchange", () => this.#follow());
  }

  get area() {
    return this.body.area;
  }

  /** Gives an area its manners. */
  wire(area) {
    area.addEventListener("keydown", (event) => this.#key(event, area));
    area.addEventListener("blur", () => { this.#leaving = false; });
    area.addEventListener("paste", (event) => this.#paste(event, area));
    const over = (on) => area.parentElement.classList.toggle("dropping", on);
    area.addEventListener("dragover", (event) => {
      if (![...event.dataTransfer.items].some(({ kind }) => kind === "file")) return;
      event.preventDefault();
      over(true);
    });
    area.addEventListener("dragleave", () => over(false));
    area.addEventListener("drop", (event) => {
      over(false);
      const files = [...event.dataTransfer.files];
      if (!files.length) return;
      event.preventDefault();
      area.focus();
      this.images.add(files, area);
    });
  }

  /** Carries out a command of the toolbar. */
  command(name, button) {
    const english = lang === "en" || document.getElementById("field-lang").value === "en";
    const run = {
      bold: () => this.#edit((value, start, end) => wrap(value, start, end, "**", t("editor.sample.bold"))),
      italic: () => this.#edit((value, start, end) => wrap(value, start, end, "*", t("editor.sample.italic"))),
      heading: () => this.#edit((value, start) => heading(value, start)),
      bullet: () => this.#edit((value, start, end) => prefix(value, start, end, "bullet")),
      number: () => this.#edit((value, start, end) => prefix(value, start, end, "number")),
      quote: () => this.#edit((value, start, end) => prefix(value, start, end, "quote")),
      step: () => this.#edit((value, start) => step(value, start, english)),
      table: () => this.#edit((value, start, end) => this.#newTable(value, start, end)),
      link: () => this.openLink(this.area),
      image: () => this.file.click(),
      slot: () => this.openSlots(button, this.area),
    }[name];
    run?.();
  }

  /** Puts the caret on a 1-based line of the whole body, selects it and brings it into view. */
  jump(line, twin) {
    const { area, line: own } = this.body.at(line);
    const start = offsetOfLine(area.value, own);
    this.select(area, start, area.value.indexOf("\n", start) < 0 ? area.value.length : area.value.indexOf("\n", start), twin);
  }

  /** Selects a stretch of an area and brings it into view. */
  select(area, start, end, twin) {
    area.focus({ preventScroll: true });
    area.setSelectionRange(start, end);
    const [top] = twin(area).heights([start]);
    area.scrollTop = Math.max(0, top - area.clientHeight / 3);
  }

  #edit(make) {
    const { area } = this;
    return apply(area, make(area.value, area.selectionStart, area.selectionEnd));
  }

  #newTable(value, start, end) {
    if (tableAt(value, start)) return null;
    const rows = [[1, 2, 3].map((n) => t("editor.sample.column", { n })), ["", "", ""], ["", "", ""]];
    return block(value, start, end, table(rows), [2, 2 + rows[0][0].length]);
  }

  #key(event, area) {
    if (event.isComposing || event.keyCode === 229) return; // the input method has the keyboard
    const { value, selectionStart: start, selectionEnd: end } = area;
    const control = event.ctrlKey || event.metaKey;
    const leaving = this.#leaving;
    if (event.key !== "Shift") this.#leaving = event.key === "Escape";
    if (control && !event.altKey) {
      const name = (event.shiftKey ? CTRL_SHIFT : CTRL)[event.code];
      if (!name) return;
      event.preventDefault();
      this.command(name);
    } else if (event.key === "Enter" && !event.shiftKey && !event.altKey && !control) {
      if (apply(area, (start === end && enterRow(value, start)) || enter(value, start, end))) event.preventDefault();
    } else if (event.key === "Tab" && !event.altKey && !leaving) {
      if (apply(area, nextCell(value, end, event.shiftKey) ?? shift(value, start, end, event.shiftKey))) event.preventDefault();
    }
  }

  #paste(event, area) {
    const selected = area.value.slice(area.selectionStart, area.selectionEnd);
    const found = pasted(event.clipboardData, selected);
    const pictures = picturesOf(event.clipboardData);
    if (found) {
      event.preventDefault();
      const { value, selectionStart: start, selectionEnd: end } = area;
      if (!found.rows) replace(area, start, end, found.text);
      else {
        apply(area, block(value, start, end, found.text));
        toast(t("editor.pasted_table", { rows: found.rows, columns: found.columns }), "table");
      }
    } else if (pictures.length && !event.clipboardData.getData("text/plain")) {
      event.preventDefault();
      this.images.add(pictures, area);
    }
  }

  #follow() {
    if (document.activeElement !== this.area) return;
    this.tableTools.hidden = !tableAt(this.area.value, this.area.selectionEnd);
  }

  /** The arrow keys go through the toolbar, which is one stop of the Tab key. */
  #walk(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
    if (!by) return;
    event.preventDefault();
    const buttons = [...this.tools.querySelectorAll("button:not([hidden])")];
    const at = buttons.indexOf(document.activeElement);
    const next = Number.isFinite(by) ? (at + by + buttons.length) % buttons.length : by < 0 ? 0 : buttons.length - 1;
    buttons.forEach((button, n) => { button.tabIndex = n === next ? 0 : -1; });
    buttons[next].focus();
  }
}
