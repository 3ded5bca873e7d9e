/** The reply: a suggestion or the agent's own draft, with its evidence, variables and figures. */

import { h } from "../dom.js";
import { t } from "../i18n.js";
import { EvidencePopover } from "./evidence_popover.js";
import { FigureCheck } from "./figures.js";
import { ReplyEditor } from "./reply_editor.js";
import { giveFocusBack, heldFocus } from "./reply_focus.js";
import { drawActions, drawNotices, drawTabs, skeleton } from "./reply_frame.js";
import { bodyProps, drawOwn, drawSuggestion } from "./reply_reading.js";
import { groundsOf, outcomeOf, questionBefore } from "./reply_sending.js";
import { ReplyState } from "./reply_state.js";
import { focusFirst, focusNext, showValue } from "./slot_fields.js";
import { fill, worded } from "./slots.js";
import { collect, drawSources } from "./sources.js";
import { drawDiff } from "./word_diff.js";

/**
 * Draws into `root`. `on` are what the page does: `send()`, `copy()`, `feedback(kind)`, `slot(name, value)` when a
 * variable was filled, `open(url, title)`, `home()`, and `about()` (see `ReplyState`).
 */
export class ReplyCard extends ReplyState {
  constructor(root, on) {
    super(() => on.about?.() ?? {});
    this.root = root;
    this.on = { home: () => {}, slot: () => {}, send: on.copy, ...on };
    this.check = new FigureCheck(() => this.#checked());
    this.editor = new ReplyEditor(this);
    this.popover = new EvidencePopover(root, this.on.open);
    root.addEventListener("keydown", (event) => this.#tab(event));
    this.#draw();
  }

  /**
   * New suggestions, and the questions of the message that none of them answers. While the agent's own text stands
   * they wait behind a button instead.
   */
  show(suggestions, unanswered = []) {
    if (!this.take(suggestions, unanswered)) {
      this.#wait({ suggestions, unanswered });
      return;
    }
    if (this.draft !== null) this.#recheck();
    if (!this.editing) this.#draw();
  }

  /** What to show where there is no suggestion. */
  message(...nodes) {
    if (this.draft !== null && this.suggestions.length) {
      this.#wait({ nodes });
      return;
    }
    Object.assign(this, { suggestions: [], unanswered: [], note: nodes });
    if (this.draft === null) this.#draw();
  }

  /** Until the first suggestion comes. */
  loading() {
    if (this.draft === null) this.message(...skeleton());
  }

  /** Chooses a suggestion; false when there is none, or the agent's own text stands. */
  select(index) {
    if (this.draft !== null || !this.suggestions[index]) return false;
    Object.assign(this, { index, chosen: true });
    this.#draw();
    return true;
  }

  /** Opens the draft: what stands there, or an empty one. */
  edit() {
    if (this.draft === null) this.#begin(this.current, this.text);
    if (!this.editing) {
      this.editing = true;
      this.#draw();
    }
    this.editor.focus();
  }

  /** Leaves editing and keeps what was written; an unchanged text makes way for what came meanwhile. */
  stopEditing() {
    this.editing = false;
    const text = this.draft?.trim() ?? "";
    if (!text || text === this.original.trim()) this.discard();
    else this.#draw();
  }

  /** Drops the agent's own text; suggestions that came meanwhile are shown. */
  discard() {
    const next = this.waiting;
    this.forget();
    this.check.reset();
    this.waiting = null;
    if (next?.nodes) this.message(...next.nodes);
    else if (next) this.show(next.suggestions, next.unanswered);
    else this.#draw();
  }

  /** Takes the suggestions that wait in the place of the draft, which can be had back; false when none wait. */
  takeUpdate() {
    if (!this.waiting) return false;
    const own = this.draft;
    this.discard();
    this.lost = own;
    this.#draw();
    this.on.home();
    return true;
  }

  /** The draft that an update has replaced. */
  takeBack() {
    this.#begin(null, this.lost);
    this.edit();
  }

  /** Shows or hides what the agent has changed. */
  toggleChanges() {
    this.diffing = !this.diffing;
    this.#draw();
  }

  /** The reply was sent. */
  sent() {
    this.asked = null;
    if (this.draft !== null) this.discard();
  }

  /** A new contact: nothing of the last one stays. */
  reset() {
    this.clear();
    this.check.reset();
    this.#draw();
  }

  /** Puts the cursor into the first variable that is empty, else the first one; whether there is one. */
  focusSlot() {
    if (this.draft !== null && this.unfilled.length) this.edit();
    return this.editing ? this.editor.focusSlot() : focusFirst(this.root);
  }

  /** Puts a canned text in as a paragraph of its own: into the draft at the cursor, else into a new one. */
  insert(text) {
    const filled = fill(text, this.values.all);
    if (this.draft === null) this.#begin(this.chosen ? this.current : null, this.chosen ? this.text : "");
    this.inserted.push(filled);
    if (!this.editing) this.edit();
    this.editor.insert(filled, this.about.channel === "email" ? "\n\n" : "\n");
  }

  /** What should be mended before sending, and how to get there; null when nothing, or when it was said before. */
  async ready() {
    if (this.draft !== null) await this.check.settled();
    const text = this.text.trim();
    const problem = this.asked === text ? null : questionBefore(this);
    if (!problem) return null;
    this.asked = text;
    return { problem, fix: () => (this.unfilled.length ? this.focusSlot() : this.#focusFigure()) };
  }

  /** What to feed back about the suggestion when the text is sent as it stands. */
  outcome() {
    return outcomeOf(this);
  }

  /** Everything about this contact's reply, to come back to. */
  snapshot() {
    const { selectionStart, selectionEnd } = this.editor.area;
    return { ...this.kept(), selection: this.editing ? [selectionStart, selectionEnd] : null };
  }

  /** Comes back to a snapshot, or to a part of one; null is an empty card. */
  restore(snapshot) {
    this.editor.element.remove();
    this.reset();
    if (!snapshot) return;
    this.bringBack(snapshot);
    if (this.draft !== null) this.#recheck();
    this.#draw();
    if (snapshot.selection) this.editor.area.setSelectionRange(...snapshot.selection);
  }

  /** A variable is being filled: wherever it stands it follows at once. */
  slotTyped(name, value) {
    this.values.set(name, value);
    showValue(this.root, name, value);
  }

  slotDone(name) {
    this.on.slot(name, this.values.of(name).trim());
  }

  /** From a filled variable on to the next open one, or home. */
  leaveSlot(field) {
    if (!focusNext(this.root, field)) this.on.home();
  }

  /** The draft was changed to `text`; `shown` is how it stands in the field. */
  written(text, shown) {
    this.draft = text;
    this.check.check(shown, () => groundsOf(this));
  }

  slotWritten(name, value) {
    this.values.set(name, value);
    this.slotDone(name);
  }

  /** After the last variable of the draft. */
  leaveEditor() {
    this.stopEditing();
    this.on.home();
  }

  #begin(base, text) {
    this.begin(base, text);
    this.#recheck();
  }

  #recheck() {
    this.check.check(worded(this.draft), () => groundsOf(this));
  }

  /** From the body that is read on to what is still to be filled in. */
  #tab(event) {
    if (event.key !== "Tab" || event.shiftKey || event.altKey || event.ctrlKey || this.editing) return;
    if (!("home" in event.target.dataset) || !this.unfilled.length) return;
    event.preventDefault();
    this.focusSlot();
  }

  #wait(next) {
    this.waiting = next;
    this.root.querySelector("[data-waiting]")?.removeAttribute("hidden");
  }

  #focusFigure() {
    this.edit();
    this.editor.focusFigure();
  }

  #checked() {
    if (this.editing) this.editor.marks();
    else if (this.draft !== null) this.#draw();
  }

  /** Draws everything but a draft that is being typed in: that field is never taken out of the page. */
  #draw() {
    this.popover.hide();
    const held = heldFocus(this.root);
    const collected = collect(this.sentences);
    const empty = this.draft === null && !this.current;
    const typing = this.editing && this.editor.element.isConnected;
    const panel = typing ? this.editor.element.parentElement : empty ? h("div", bodyProps("empty"), ...(this.note ?? [])) : this.#panel(collected);
    if (!typing) this.root.replaceChildren(panel);
    for (const part of [...this.root.children]) if (part !== panel) part.remove();
    panel.before(...(empty ? [] : [drawTabs(this), ...drawNotices(this)]).filter(Boolean));
    panel.after(...[this.#changes(), empty && !this.lost ? null : drawActions(this), empty ? null : drawSources(collected, this.on.open)].filter(Boolean));
    giveFocusBack(this.root, held);
  }

  #panel(collected) {
    const tab = this.current ? { role: "tabpanel", "aria-labelledby": `reply-tab-${this.index}` } : {};
    return h("div", { id: "reply-panel", ...tab }, this.editing ? this.#open(collected)
      : this.draft !== null ? drawOwn(worded(this.text), this.check.wrong, t("reply.edited"))
        : drawSuggestion(this.current, collected, this));
  }

  #open(collected) {
    this.editor.open(this.draft, this.sentences, collected);
    return this.editor.element;
  }

  #changes() {
    return this.diffing && this.draft !== null && this.base ? drawDiff(this.original, this.text) : null;
  }
}
