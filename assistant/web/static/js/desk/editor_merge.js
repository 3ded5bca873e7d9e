/** The view in which two changes of one entry are put together, place by place; nothing is lost on the way. */

import { wordDiff } from "../console/word_diff.js";
import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { minute, moment } from "../moments.js";
import { Choices } from "./editor_choices.js";
import { productName } from "./product_names.js";

const KEYS = { 1: "mine", 2: "theirs", 3: "both", 4: "own" };
const AROUND = 2; // lines of unchanged text shown before and after a change

export class MergeView {
  #settle = null;

  constructor(sheet) {
    this.sheet = sheet;
    sheet.addEventListener("close", () => this.#settle?.(null));
    sheet.addEventListener("cancel", (event) => { if (event.target === sheet && !this.#mayLeave()) event.preventDefault(); });
    sheet.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Shows the answer `found` to a merge; resolves to the content chosen, or null when it was left. */
  ask(found) {
    this.choices = new Choices(found);
    this.chosen = false;
    this.cards = new Map();
    const { fields, body } = this.choices;
    this.count = h("p", { class: "merge-count", role: "status" });
    this.save = h("button", { class: "btn primary", type: "button", onclick: () => this.#done() }, t("editor.merge_save"), h("kbd", {}, "Ctrl ↵"));
    const when = minute(found.changed_at);
    this.sheet.replaceChildren(
      h("header", {}, h("div", {}, h("h2", { id: "editor-merge-title", tabindex: "-1" }, t("editor.merge_title")),
        h("p", { class: "quiet" }, t("editor.merge_intro", { name: found.author, revision: found.latest, time: when }))),
      h("button", { class: "btn plain icon-only", type: "button", "aria-label": t("editor.merge_leave"), title: t("editor.merge_leave"), onclick: () => this.#leave() }, icon("close"))),
      h("div", { class: "merge-body" },
        ...(fields.length ? [h("h3", {}, t("editor.merge_fields")), ...fields.map((place) => this.#card(place))] : []),
        h("h3", {}, t("editor.body")),
        ...body.map((each, n) => (each.same === undefined ? this.#card(each) : unchanged(each.same, n === 0, n === body.length - 1)))),
      h("footer", { class: "merge-foot" }, this.count, h("span", { class: "small quiet merge-keys" }, t("editor.merge_keys")),
        h("button", { class: "btn", type: "button", onclick: () => this.#next(1, true) }, t("editor.merge_next")), this.save));
    this.#draw();
    this.sheet.showModal();
    const first = this.choices.undecided[0] ?? this.choices.places[0];
    (first ? this.cards.get(first) : this.save).focus();
    return new Promise((resolve) => { this.#settle = resolve; });
  }

  /** Whether the sheet may go: what was chosen would be gone with it. */
  #mayLeave() {
    return !this.chosen || window.confirm(t("editor.merge_drop_ask"));
  }

  #leave() {
    if (this.#mayLeave()) this.sheet.close();
  }

  #done() {
    const open = this.choices.undecided[0];
    if (open) {
      this.cards.get(open).focus();
      return;
    }
    const settle = this.#settle;
    this.#settle = null;
    this.sheet.close();
    settle(this.choices.content());
  }

  #card(place) {
    const name = place.field ? t(`editor.field.${place.field}`) : t("editor.merge_lines");
    const options = place.options.map((option) => h("button", {
      type: "button", class: "btn merge-choice", "data-choice": option, "aria-pressed": "false",
      onclick: () => this.#choose(place, option),
    }, t(place.kind !== option && ["mine", "theirs"].includes(place.kind) && option !== "own" ? "editor.merge_old" : `editor.merge_${option}`), h("kbd", {}, Object.keys(KEYS).find((key) => KEYS[key] === option))));
    const side = (which, text) => h("div", { class: `merge-side ${which}` }, h("b", {}, t(sideOf(place, which))), drawn(place, text));
    const sides = place.kind === "both" ? [side("agreed", place.mine)] : [side("mine", place.mine), side("theirs", place.theirs)];
    const card = h("section", {
      class: `merge-card ${place.kind}`, tabindex: "-1", "aria-label": `${name} · ${t(`editor.merge_kind_${place.kind}`)}`,
    }, h("header", {}, h("b", {}, name), h("span", { class: `chip ${place.kind === "conflict" ? "bad" : "outline"}` }, place.kind === "conflict" ? icon("split") : null, t(`editor.merge_kind_${place.kind}`)),
      h("div", { class: "merge-options", role: "group", "aria-label": name }, ...options)),
    h("div", { class: "merge-sides" }, ...sides), h("div", { class: "merge-result" }));
    this.cards.set(place, card);
    return card;
  }

  #choose(place, option) {
    if (!place.choose(option)) return;
    this.chosen = true;
    this.#draw();
    if (option === "own") this.cards.get(place).querySelector("textarea").focus();
  }

  #draw() {
    for (const [place, card] of this.cards) {
      card.classList.toggle("undecided", !place.decided);
      for (const button of card.querySelectorAll("[data-choice]")) button.setAttribute("aria-pressed", String(button.dataset.choice === place.choice));
      card.querySelectorAll(".merge-side").forEach((side) => {
        const taken = place.choice === "both" || side.classList.contains(place.choice) || place.kind === "both";
        side.classList.toggle("left-out", place.decided && !taken);
      });
      const result = card.querySelector(".merge-result");
      const shown = place.decided && (place.choice === "both" || place.choice === "own") && place.kind !== "both";
      result.hidden = !shown;
      if (!shown) result.replaceChildren();
      else if (place.choice === "own") {
        if (!result.querySelector("textarea")) {
          const area = h("textarea", { class: "input", "aria-label": t("editor.merge_own"), rows: Math.min(14, place.own.split("\n").length + 1), oninput: () => { place.own = area.value; } });
          area.value = place.own.replace(/\n$/, "");
          result.replaceChildren(h("b", {}, t("editor.merge_result")), area);
        }
      } else result.replaceChildren(h("b", {}, t("editor.merge_result")), valued(place.field, place.result));
    }
    const open = this.choices.undecided.length;
    this.count.textContent = open ? t("editor.merge_open", { count: open }) : t("editor.merge_all");
    this.save.setAttribute("aria-disabled", String(open > 0));
    this.save.classList.toggle("primary", open === 0);
  }

  /** Moves to the next place, or with `open` to the next one still to be decided. */
  #next(by, open) {
    const places = this.choices.places;
    const at = places.findIndex((place) => this.cards.get(place).contains(document.activeElement));
    for (let n = 1; n <= places.length; n += 1) {
      const place = places[(at + by * n + places.length * 2) % places.length];
      if (open && place.decided) continue;
      const card = this.cards.get(place);
      card.focus({ preventScroll: true });
      card.scrollIntoView({ block: "center" });
      return;
    }
    this.save.focus();
  }

  #key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") {
      event.preventDefault(); // a second Esc would close it without asking
      this.#leave();
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      event.preventDefault();
      this.#done();
      return;
    }
    if (event.target.matches("textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    const by = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    const place = this.choices.places.find((each) => this.cards.get(each).contains(document.activeElement));
    if (by) this.#next(by, false);
    else if (event.key === "n") this.#next(1, true);
    else if (place && KEYS[event.key]) this.#choose(place, KEYS[event.key]);
    else return;
    event.preventDefault();
  }
}

/** What a side is called: where only one changed something, the other is as it was. */
const sideOf = ({ kind }, which) => (["mine", "theirs"].includes(kind) && kind !== which ? "editor.merge_side_old" : `editor.merge_side_${which}`);

/** Unchanged lines: those around a change, the rest folded away. */
function unchanged(text, first, last) {
  const lines = text.replace(/\n$/, "").split("\n");
  const head = first ? 0 : AROUND;
  const tail = last ? 0 : AROUND;
  const block = (part) => h("div", { class: "merge-same" }, part.join("\n"));
  if (lines.length <= head + tail + 2) return block(lines);
  return h("div", {}, head ? block(lines.slice(0, head)) : null,
    h("details", { class: "merge-fold" }, h("summary", {}, t("editor.merge_same", { count: lines.length - head - tail })), block(lines.slice(head, lines.length - tail))),
    tail ? block(lines.slice(-tail)) : null);
}

/** One side of a place, with what it changed marked against what both began from. */
function drawn(place, value) {
  if (place.field && typeof value !== "string") return valued(place.field, value);
  if (!value) return h("p", { class: "quiet" }, t(place.field || !place.base ? "editor.merge_nothing" : "editor.merge_gone"));
  const base = typeof place.base === "string" ? place.base : "";
  return h("div", { class: "merge-text" }, ...wordDiff(base, value).map(({ kind, text }) => (kind === "same" ? text : h(kind, {}, text))));
}

/** A field's value in words. */
function valued(field, value) {
  if (!field) return h("div", { class: "merge-text" }, value);
  const words = [value].flat().map((each) => (each && typeof each === "object" ? `${each.label} {{${each.name}}}` : named(field, each)));
  const filled = words.filter((word) => word !== "" && word !== null);
  return filled.length ? h("p", { class: "merge-text" }, filled.join(" · ")) : h("p", { class: "quiet" }, t("editor.merge_nothing"));
}

function named(field, value) {
  if (value === null) return "";
  if (field === "audience") return t(`audience.${value}`);
  if (field === "risk") return t(`board.risk.${value}`);
  if (field === "channels") return t(`channel.${value}`);
  if (field === "products") return productName(value);
  if (field.startsWith("effective_")) return moment(value);
  return String(value);
}
