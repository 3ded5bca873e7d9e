/** Rows that the keyboard walks through; the row with the focus, or around it, is the current one. */

import { toast } from "../dom.js";
import { t } from "../i18n.js";
import { DeskKeys } from "./desk_keys.js";

/** The rows that `selector` finds within `list()`; rows of a folded part are passed over. */
export class Rows {
  constructor(list, selector) {
    this.list = list;
    this.selector = selector;
  }

  get all() {
    return [...this.list().querySelectorAll(this.selector)].filter((row) => row.checkVisibility());
  }

  get current() {
    return document.activeElement?.closest(this.selector) ?? null;
  }

  /** Moves the focus by so many rows; false at the end. */
  move(by) {
    const { all, current } = this;
    const from = current ? all.indexOf(current) : by > 0 ? -1 : all.length;
    const next = all[from + by];
    if (next) this.focus(next);
    return Boolean(next);
  }

  focus(row) {
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  /** To be called before `row` goes; gives the way to focus what stands in its place then. */
  leaving(row) {
    const place = Math.max(0, this.all.indexOf(row));
    return () => {
      const { all } = this;
      const next = all[Math.min(place, all.length - 1)];
      if (next) this.focus(next);
      else document.getElementById("main").focus();
    };
  }
}

/** The keys of a list of entries: moving, opening, acting. `more()` is tried where j finds no further row. */
export function listKeys(rows, { act, more = () => false }) {
  const keys = new DeskKeys(["list", "acts", "general"]);
  const on = (combo, label, run) => keys.add({ combo, label, run, group: "acts", when: () => Boolean(rows.current), why: "fresh.why_row" });
  keys.add({ combo: ["j", "k"], label: "fresh.key_move", group: "list", shown: "j k", run: (_, index) => { if (!rows.move(index ? -1 : 1) && !index) more(); } });
  keys.add({ combo: "Enter", label: "fresh.key_open", group: "list", shown: "↵" }); // elsewhere it presses what has the focus
  const open = (address) => (address ? location.assign(address) : false);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === rows.current) open(rows.current.dataset.href);
  });
  on("e", "fresh.key_edit", () => open(rows.current.dataset.edit));
  if (act) {
    const doing = (name, why) => () => {
      if (!act(name, rows.current)) toast(t(why), "alert");
    };
    on("v", "fresh.key_verify", doing("note", "fresh.why_verify"));
    on("s", "fresh.key_snooze", doing("snooze", "fresh.why_snooze"));
    on("w", "fresh.key_wake", doing("wake", "fresh.why_wake"));
    on("a", "fresh.key_assign", doing("assign", "fresh.why_assign"));
  }
  offer(keys);
  keys.onEscape(hush);
}

/** Takes away what a bar shows of its making, until the mouse or the focus comes again. */
function hush() {
  const shown = document.querySelector(".damage:is(:hover, :focus-within):not(.hushed)");
  if (!shown) return false;
  shown.classList.add("hushed");
  for (const name of ["pointerleave", "focusout"]) shown.addEventListener(name, () => shown.classList.remove("hushed"), { once: true });
  return true;
}

/** The button at the top and `?` open the list of keys. */
export const offer = (keys) => keys.offer(document.querySelector("[data-keys-open]"));
