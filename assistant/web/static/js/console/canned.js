/** The palette of canned replies: found by short code, pinyin or meaning, put into the reply by one key. */

import { call } from "../api.js";
import { toast } from "../dom.js";
import { t } from "../i18n.js";
import { askParams } from "./canned_fill.js";
import { confirmInsert, drawFailed, drawNone, drawPreview, drawRow, versionsOf } from "./canned_rows.js";
import { openCannedEditor } from "./canned_edit.js";
import { CannedSearch } from "./canned_search.js";
import { caretPlace, onSlash, placeBeside } from "./caret.js";
import { paletteFrame, SCOPES } from "./canned_frame.js";
import { fill } from "./slots.js";

const PAUSE_MS = 50;
const ASK_FIRST = new Set(["basis_changed", "conflict"]);

/**
 * The palette. `page` tells it of the conversation and acts for it: `channel()`, `asOf()` (a day or ""),
 * `slots()` (values by name), `insert(text, row)`, `source()` (`{ text, rests_on: [{ entry_id, title }] }`,
 * what may be saved as a new reply), `open(url, title)` for an entry and `compare({ entryId, from, to })`.
 */
export class CannedPalette {
  #rows = [];
  #index = 0;
  #scope = "";
  #inserted = 0;
  #timer = 0;
  #again = false;
  #stale = false;
  #area = null;
  #before = null;
  #caret = null;

  constructor(page) {
    this.page = page;
    this.finder = new CannedSearch(page);
    Object.assign(this, paletteFrame({
      typed: () => this.#typed(), key: (event) => this.#key(event), closed: () => this.#closed(),
      filter: (scope) => this.#filter(scope), choose: (again) => this.#choose(again), save: () => this.save(),
    }));
    document.body.append(this.dialog);
    onSlash("textarea.draft", (area) => this.openFor(area));
    (window.requestIdleCallback ?? setTimeout)(() => this.finder.warm());
  }

  get open() {
    return this.dialog.open;
  }

  /** Opens it beside the caret of `area` (the draft), or in the middle when there is none. */
  openFor(area = null) {
    if (this.dialog.open) return;
    this.#area = area;
    this.#before = document.activeElement;
    this.#caret = area && [area.selectionStart, area.selectionEnd];
    this.#inserted = 0;
    this.#rows = [];
    this.#filter("", false);
    this.input.value = "";
    const place = area ? caretPlace(area) : null;
    this.dialog.showModal();
    placeBeside(this.dialog, place);
    this.#draw(this.finder.known(""));
    this.#search(this.#row?.id);
  }

  /** Opens the editor with the draft, to keep it as a canned reply. */
  save() {
    this.#edit(null, this.page.source?.() ?? { text: "", rests_on: [] });
  }

  #closed() {
    this.finder.cancel();
    this.#leaveStage(false);
    // Closing gave the focus back where it was, and this is told later: it may have gone on since.
    const back = [this.#before, document.body].includes(document.activeElement);
    if (this.#inserted && back) document.querySelector("#reply textarea.draft")?.focus();
  }

  #typed() {
    // The slash key again means the sign itself.
    if (["/", "、", "//"].includes(this.input.value) && this.#area) {
      const area = this.#area;
      this.dialog.close();
      area.setRangeText("/", ...this.#caret, "end");
      area.dispatchEvent(new InputEvent("input", { bubbles: true }));
      return;
    }
    clearTimeout(this.#timer);
    this.#stale = true;
    this.#timer = setTimeout(() => this.#search(), PAUSE_MS);
  }

  #filter(scope, search = true) {
    this.#scope = scope === this.#scope ? "" : scope;
    for (const button of this.scopes.children) button.setAttribute("aria-pressed", String(button.dataset.scope === this.#scope));
    if (!search) return;
    this.input.focus();
    this.#search();
  }

  /** Whether what is shown answers what is typed now. */
  async #search(select = "") {
    clearTimeout(this.#timer);
    this.#stale = true;
    try {
      const rows = await this.finder.find(this.input.value, this.#scope);
      if (!rows) return false;
      this.#stale = false;
      this.#draw(rows, select);
      return true;
    } catch (problem) {
      this.#failed(problem);
      return false;
    }
  }

  #failed(problem) {
    this.#rows = [];
    this.list.replaceChildren();
    this.status.textContent = "";
    this.preview.replaceChildren(drawFailed(problem, () => this.#search()));
  }

  #draw(rows, select = "") {
    const kept = rows.findIndex((row) => row.id === select);
    this.#rows = rows;
    this.#index = Math.max(0, kept);
    const query = this.input.value.trim();
    const values = this.page.slots();
    this.list.replaceChildren(...rows.map((row, index) => drawRow(row, index, query, values, () => { this.#index = index; this.#mark(); this.#stale = false; this.#choose(false); })));
    this.status.textContent = query || this.#scope ? t("canned.found", { count: rows.length }) : t("canned.most_used");
    this.#mark();
  }

  get #row() {
    return this.#rows[this.#index] ?? null;
  }

  #mark() {
    [...this.list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === this.#index)));
    const item = this.list.children[this.#index];
    item?.scrollIntoView({ block: "nearest" });
    if (item) this.input.setAttribute("aria-activedescendant", item.id);
    else this.input.removeAttribute("aria-activedescendant");
    this.#showPreview();
  }

  #showPreview() {
    const row = this.#row;
    this.dialog.classList.remove("asking");
    this.preview.replaceChildren(...(row
      ? drawPreview(row, this.page.slots(), { onEdit: () => this.#edit(row), onOpen: (url, title) => { this.dialog.close(); this.page.open(url, title); } })
      : [drawNone(this.input.value, () => this.save())]));
  }

  /** The selected reply: who types a code and Enter in one go means what that code finds, not what stood there before. */
  async #settled() {
    return !this.#stale || (await this.#search()) ? this.#row : null;
  }

  /** Inserts the selected reply, after asking what has to be asked; `again` keeps the palette open. */
  async #choose(again) {
    const row = await this.#settled();
    if (!row) return;
    if (!row.usable) {
      this.status.textContent = t("canned.refused");
      this.preview.querySelector(".notice")?.classList.add("shown");
      this.input.focus();
    } else if (ASK_FIRST.has(row.state)) this.#confirm(row, again);
    else this.#prompt(row, again);
  }

  #confirm(row, again) {
    this.#again = again;
    const target = versionsOf(row);
    const compare = target && (() => this.page.compare(target));
    this.compare = compare;
    this.preview.prepend(confirmInsert(row, { onYes: (more) => this.#prompt(row, again || more), onBack: () => this.#leaveStage(), onCompare: compare }));
    this.#stage(this.preview.querySelector(".btn.primary"));
  }

  #prompt(row, again) {
    if (!row.params.length) {
      this.#insert(row, {}, again);
      return;
    }
    this.preview.replaceChildren(askParams(row, this.page.slots(), {
      onDone: (given, more) => this.#insert(row, given, again || more), onBack: () => this.#leaveStage(),
    }));
    this.#stage(this.preview.querySelector("input"));
  }

  #stage(focus) {
    this.dialog.classList.add("asking");
    focus.focus();
  }

  #leaveStage(focus = true) {
    this.compare = null;
    this.#showPreview();
    if (focus) this.input.focus();
  }

  #insert(row, given, again) {
    const text = fill(row.text, { ...this.page.slots(), ...given });
    call("POST", `/api/v1/canned/${encodeURIComponent(row.id)}/used`, {}).catch(() => {});
    this.finder.forget();
    if (!again) this.dialog.close();
    this.page.insert(text, row);
    this.#inserted += 1;
    if (!again) return;
    this.#leaveStage();
    this.input.select();
    this.status.textContent = t("canned.inserted", { count: this.#inserted, title: row.title });
  }

  #edit(row, source = null) {
    openCannedEditor({ row, source, onDone: (saved) => {
      this.finder.forget();
      toast(saved ? t("canned.saved", { title: saved.title }) : t("canned.deleted"));
      if (!this.dialog.open) return;
      this.input.value = saved ? saved.short_code || saved.title : "";
      this.#search(saved?.id);
      this.input.select();
    } });
  }

  #key(event) {
    const { key } = event;
    if (event.isComposing) return;
    const modified = event.ctrlKey || event.metaKey;
    const asking = this.dialog.classList.contains("asking");
    const field = event.target === this.input;
    const again = modified || event.shiftKey;
    const does =
      key === "Escape" ? () => (asking ? this.#leaveStage() : this.dialog.close())
        : modified && event.code === "KeyS" ? () => this.save()
          : modified && event.code === "KeyE" ? () => this.#settled().then((row) => row?.may_edit && this.#edit(row))
            : event.altKey && event.code === "KeyB" && this.compare ? this.compare
              : event.altKey && /^Digit[123]$/.test(event.code) ? () => this.#filter(SCOPES[event.code.at(-1) - 1])
                : asking && key === "Enter" && event.target.matches(".canned-confirm .primary") ? () => this.#prompt(this.#row, again || this.#again)
                  : field && key === "Enter" ? () => this.#choose(again)
                    : field && key === "ArrowDown" ? () => this.#move(1)
                      : field && key === "ArrowUp" ? () => this.#move(-1)
                        : null;
    event.stopPropagation();
    if (!does) return;
    event.preventDefault();
    does();
  }

  #move(step) {
    if (!this.#rows.length) return;
    this.#index = (this.#index + step + this.#rows.length) % this.#rows.length;
    this.#mark();
  }
}
