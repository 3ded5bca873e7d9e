/**
 * The keyboard of a page: one registry, which binds every key and draws the list of them.
 *
 * A combination is written as it is read: "Alt+G", "Ctrl+Enter", "?", "Alt+↓". Letters and digits go
 * by their place on the keyboard, so that Alt with a letter works where it types a sign.
 */

import { h, toast } from "./dom.js";
import { t } from "./i18n.js";

const NAMED = { "↓": "ArrowDown", "↑": "ArrowUp", "←": "ArrowLeft", "→": "ArrowRight", Esc: "Escape" };
const TEXT = "textarea, select, input:not([type=radio], [type=checkbox], [type=button]), [contenteditable=true]";

/** What a combination is compared by. */
function parsed(combo) {
  const parts = combo.split("+");
  const key = parts.pop();
  const code = /^[A-Z]$/.test(key) ? `Key${key}` : /^\d$/.test(key) ? `Digit${key}` : null;
  return { ctrl: parts.includes("Ctrl"), alt: parts.includes("Alt"), shift: parts.includes("Shift"), code, key: NAMED[key] ?? key };
}

function pressed(event, { ctrl, alt, shift, code, key }) {
  if ((event.ctrlKey || event.metaKey) !== ctrl || event.altKey !== alt) return false;
  // A sign such as "?" needs Shift on some keyboards and none on others.
  const sign = !ctrl && !alt && key.length === 1;
  return (sign || event.shiftKey === shift) && (code && (ctrl || alt) ? event.code === code : event.key === key);
}

/** Plain keys are text where text is typed, save in an empty field that says it lets them through. */
function types(target) {
  return target.matches(TEXT) && !("keysWhenEmpty" in target.dataset && !target.value);
}

/** The keys of one page; make one. */
export class Keys {
  #bound = [];
  #listed = [];
  #steps = [];

  /** Where the focus goes after Esc; the page sets it. */
  home = () => {};

  /** `groups` are the parts of the list, in order; each has its heading under `keys.group_<name>`. */
  constructor(groups) {
    this.groups = groups;
    document.addEventListener("keydown", (event) => this.#handle(event));
  }

  /**
   * Adds a key. `combo` is one combination or a list of them, `run(event, index)` what it does (left
   * out for a key that something else handles: it is only listed; false from it means that there was
   * nothing to do), `when()` whether it acts now. `why` is the key of what is said when it does not.
   * `label` is the key of its text in the list (none: not listed), `group` its part of the list,
   * `shown` what the list shows for it. The same combination twice is an error.
   */
  add({ combo, label, run, when = () => true, why, group = "general", shown }) {
    const combos = [combo].flat();
    for (const one of run ? combos : []) {
      if (this.#bound.some((bound) => bound.combo === one)) throw new Error(`key taken: ${one}`);
      this.#bound.push({ combo: one, ...parsed(one), run, when, why, index: combos.indexOf(one) });
    }
    if (label) this.#listed.push({ shown: shown ?? combos.join(" "), label, group });
  }

  /** Adds what Esc does first, newest first: `step()` returns true when there was something to leave. */
  onEscape(step) {
    this.#steps.unshift(step);
  }

  /** The list, by groups. */
  draw() {
    return this.groups.map((group) => h("section", {}, h("h3", {}, t(`keys.group_${group}`)),
      h("dl", { class: "keys" }, ...this.#listed.filter((row) => row.group === group)
        .flatMap(({ shown, label }) => [h("dt", {}, h("kbd", {}, shown)), h("dd", {}, t(label))]))));
  }

  #handle(event) {
    if (event.isComposing || event.defaultPrevented || document.querySelector("dialog:modal")) return;
    if (event.key === "Escape") {
      this.#steps.some((step) => step());
      this.home();
      return;
    }
    const found = this.#bound.find((bound) => pressed(event, bound));
    if (!found || (!found.alt && !found.ctrl && types(event.target))) return;
    const acts = found.when();
    if (!acts && !found.why) return;
    event.preventDefault();
    if ((!acts || found.run(event, found.index) === false) && found.why) toast(t(found.why), "alert");
  }
}
