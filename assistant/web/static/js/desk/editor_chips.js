/** A field of words as chips, with completion from what exists: Enter or a comma takes a word, many paste at once. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";

const APART = /[,，;；、\n\t]+/;
const MOST_SHOWN = 8;

/**
 * Draws into `root`, which holds the label; `known` are the words offered. `onChange()` follows each change.
 * With `check(word)` a word that is none gets a message instead of being taken. Where words are shown otherwise than they
 * are kept, `shown(word)` is how, and `meant(text)` the word that is meant by what was typed.
 */
export class Chips {
  #index = -1;
  #shown = [];

  constructor(root, { name, known = [], onChange, check = () => "", shown = (word) => word, meant = (text) => text }) {
    Object.assign(this, { known, onChange, check, shown, meant, words: [] });
    this.list = h("ul", { class: "picker-list", id: `${name}-list`, role: "listbox", "aria-label": t("editor.known"), hidden: true });
    this.input = h("input", {
      class: "chips-input", id: `field-${name}`, type: "text", role: "combobox", autocomplete: "off", maxlength: 2000, spellcheck: "false",
      "aria-expanded": "false", "aria-controls": `${name}-list`, "aria-autocomplete": "list", "aria-describedby": `${name}-note`,
      oninput: (event) => { if (!event.isComposing) this.#typed(); }, oncompositionend: () => this.#typed(), onfocus: () => this.#offer(),
      onkeydown: (event) => this.#key(event), onblur: () => { this.#takeRest(); this.#show([]); },
      onpaste: (event) => this.#paste(event),
    });
    this.box = h("div", { class: "chips", onclick: (event) => { if (event.target === this.box) this.input.focus(); } }, this.input);
    this.note = h("small", { class: "bad-text", id: `${name}-note`, role: "status" });
    root.append(h("div", { class: "picker" }, this.box, this.list), this.note);
  }

  get() {
    return [...this.words];
  }

  set(words) {
    this.words = [...words];
    this.#draw();
  }

  focus() {
    this.input.focus();
  }

  #take(words) {
    const fresh = words.map((word) => this.meant(word.trim())).filter((word) => word && !this.words.includes(word));
    const wrong = fresh.map((word) => this.check(word)).find(Boolean) ?? "";
    this.note.textContent = wrong;
    if (wrong) return false;
    if (fresh.length) {
      this.words = [...new Set([...this.words, ...fresh])];
      this.#draw();
      this.onChange();
    }
    this.input.value = "";
    this.#show([]);
    return true;
  }

  #takeRest() {
    if (this.input.value.trim()) this.#take([this.input.value]);
  }

  #remove(word) {
    const at = this.words.indexOf(word);
    this.words = this.words.filter((other) => other !== word);
    this.#draw();
    this.onChange();
    const buttons = this.box.querySelectorAll(".chip button");
    (buttons[Math.min(at, buttons.length - 1)] ?? this.input).focus();
  }

  #draw() {
    this.box.querySelectorAll(".chip").forEach((chip) => chip.remove());
    this.input.before(...this.words.map((word) => h("span", { class: "chip outline", title: this.shown(word) === word ? null : word }, this.shown(word),
      h("button", { type: "button", "aria-label": t("editor.remove", { name: this.shown(word) }), onclick: () => this.#remove(word) }, icon("close")))));
  }

  #typed() {
    this.note.textContent = "";
    const parts = this.input.value.split(APART);
    if (parts.length > 1) {
      const rest = parts.pop();
      if (this.#take(parts)) this.input.value = rest;
    }
    this.#offer();
  }

  #paste(event) {
    const text = event.clipboardData.getData("text/plain");
    if (!APART.test(text.trim())) return;
    event.preventDefault();
    this.#take(text.split(APART));
  }

  #offer() {
    const typed = this.input.value.trim().toLowerCase();
    const rest = this.known.filter((word) => !this.words.includes(word));
    const spellings = (word) => [this.shown(word).toLowerCase(), word.toLowerCase()];
    const begins = rest.filter((word) => spellings(word).some((text) => text.startsWith(typed)));
    const within = typed ? rest.filter((word) => spellings(word).some((text) => text.includes(typed)) && !begins.includes(word)) : [];
    this.#show(document.activeElement === this.input ? [...begins, ...within].slice(0, MOST_SHOWN) : []);
  }

  #show(words) {
    this.#shown = words;
    this.#index = -1;
    this.list.hidden = !words.length;
    this.input.setAttribute("aria-expanded", String(words.length > 0));
    this.input.removeAttribute("aria-activedescendant");
    this.list.replaceChildren(...words.map((word, n) => h("li", {
      role: "option", id: `${this.list.id}-${n}`, "aria-selected": "false",
      onmousedown: (event) => { event.preventDefault(); this.#take([word]); },
    }, this.shown(word), this.shown(word) === word ? null : h("small", { class: "quiet" }, ` ${word}`))));
  }

  #move(by) {
    const count = this.#shown.length;
    this.#index = this.#index < 0 ? (by > 0 ? 0 : count - 1) : (this.#index + by + count) % count;
    [...this.list.children].forEach((item, n) => item.setAttribute("aria-selected", String(n === this.#index)));
    const item = this.list.children[this.#index];
    this.input.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.code === "KeyS" || event.key === "Enter") this.#takeRest(); // what is half typed is saved too
      return;
    }
    if (event.key === "Enter") {
      event.preventDefault();
      this.#take([this.#shown[this.#index] ?? this.input.value]);
    } else if (this.#shown.length && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      this.#move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape" && this.#shown.length) {
      event.preventDefault();
      event.stopPropagation();
      this.#show([]);
    } else if (event.key === "Backspace" && !this.input.value && this.words.length) {
      this.words.pop();
      this.#draw();
      this.onChange();
    }
  }
}
