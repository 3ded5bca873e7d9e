/** What a reply consists of, apart from how it is drawn: suggestions, the agent's draft, values, what waits. */

import { asTemplate, fill, slotsIn, SlotValues } from "./slots.js";

const NOTHING = { slots: {}, said: [], asOf: "", channel: "chat", action: "copy" };
const KEPT = ["suggestions", "index", "unanswered", "note", "waiting", "chosen", "draft", "base", "begun", "editing", "inserted", "lost", "diffing"];

/** `about()` tells of the open conversation: `slots`, `said` (the customer's words), `asOf`, `channel`, `action`. */
export class ReplyState {
  constructor(about = () => ({})) {
    this.aboutNow = about;
    this.values = new SlotValues(() => this.about.slots);
    this.clear();
  }

  get about() {
    return { ...NOTHING, ...this.aboutNow() };
  }

  /** What the agent has filled in: `fields.filled`. */
  get fields() {
    return this.values;
  }

  get current() {
    return this.suggestions[this.index] ?? null;
  }

  /** The text that is sent: the agent's own when there is one, else the suggestion; variables filled in. */
  get text() {
    return fill(this.draft ?? this.current?.text ?? "", this.values.all);
  }

  /** The suggestion that the draft began as, as it would have been sent. */
  get original() {
    return this.base ? fill(this.base.text, this.values.all) : "";
  }

  /** Variables that nobody has filled yet. */
  get unfilled() {
    return slotsIn(this.text);
  }

  /** Sentences that the text may have been made from. */
  get sentences() {
    return (this.base ?? this.current)?.sentences ?? [];
  }

  /** Nothing of a contact stays. */
  clear() {
    Object.assign(this, { suggestions: [], index: 0, unanswered: [], note: null, waiting: null, chosen: false });
    this.values.reset();
    this.forget();
  }

  /** The draft goes. */
  forget() {
    Object.assign(this, { draft: null, base: null, begun: false, editing: false, inserted: [], lost: null, diffing: false, asked: null });
  }

  /** A draft of `text`, made from the suggestion `base` or from nothing. */
  begin(base, text) {
    Object.assign(this, { base, draft: text, begun: true, lost: null });
  }

  /**
   * Takes suggestions in; false when they have to wait for the draft. Beneath a draft that only was brought back, as
   * after a reload, they find their place.
   */
  take(suggestions, unanswered) {
    const templates = suggestions.map((suggestion) => asTemplate(suggestion, this.values.all));
    const same = templates.length === this.suggestions.length && templates.every((s, n) => s.text === this.suggestions[n].text);
    if (this.draft !== null && (this.suggestions.length || this.begun)) return same;
    const kept = this.current?.entry_id;
    this.index = Math.max(0, templates.findIndex((s) => s.entry_id === kept));
    Object.assign(this, { suggestions: templates, unanswered, note: null, chosen: same && this.chosen });
    return true;
  }

  kept() {
    return { ...Object.fromEntries(KEPT.map((name) => [name, this[name]])), typed: this.values.filled };
  }

  /** What `kept` gave, or a part of it. */
  bringBack({ typed, ...state }) {
    this.clear();
    for (const name of KEPT) if (name in state) this[name] = state[name];
    this.values.reset(typed);
  }
}
