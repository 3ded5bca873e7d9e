/** The body as areas to type in: one, or for a canned reply one per channel, each with an undo of its own. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";

const CHANNELS = ["chat", "email", "phone", "app"];
const HEADING = /^##[ \t]+(chat|email|phone|app)[ \t]*#*[ \t]*$/i;

/** The variants of a reply's body as `[[channel, text]]`; null when it is not made of them alone. */
function variantsOf(body) {
  const found = [];
  let fenced = false;
  for (const line of body.split("\n")) {
    if (/^(?:```|~~~)/.test(line)) fenced = !fenced;
    const channel = fenced ? null : line.match(HEADING)?.[1].toLowerCase();
    if (channel) {
      if (found.some(([name]) => name === channel)) return null;
      found.push([channel, []]);
    } else if (found.length) {
      if (!fenced && /^#{1,2}[ \t]/.test(line)) return null;
      found.at(-1)[1].push(line);
    } else if (line.trim()) return null;
  }
  return found.length ? found.map(([channel, lines]) => [channel, lines.join("\n").replace(/^\n+|\n+$/g, "")]) : null;
}

/** The body that variants make. */
const bodyOf = (variants) => variants.map(([channel, text]) => `## ${channel}\n\n${text.replace(/^\n+|\n+$/g, "")}`).join("\n\n");

export class Body {
  #channels = [];

  /** `area` is the one of the page; `wire(area)` gives a new one its manners, `onChange()` follows typing. */
  constructor({ area, tabs, wire, onChange, onSwitch }) {
    Object.assign(this, { first: area, tabs, wire, onChange, onSwitch, area });
    this.areas = new Map([["", area]]);
    wire(area);
    area.addEventListener("input", onChange);
    tabs.addEventListener("keydown", (event) => this.#key(event));
  }

  /** The channel being written; empty when the body is one text. */
  get channel() {
    return this.#channels.find((name) => this.areas.get(name) === this.area) ?? "";
  }

  get() {
    if (!this.#channels.length) return this.first.value;
    return bodyOf(this.#channels.map((name) => [name, this.areas.get(name).value]));
  }

  set(body, kind) {
    const variants = kind === "reply" ? variantsOf(body) : null;
    const shown = this.channel;
    this.#channels = variants ? variants.map(([name]) => name) : [];
    if (!variants && this.first.value !== body) this.first.value = body;
    for (const [name, text] of variants ?? []) {
      const area = this.#areaOf(name);
      if (area.value !== text) area.value = text;
    }
    this.#show(this.#channels.includes(shown) ? shown : this.#channels[0] ?? "");
  }

  /** Where a 1-based line of the whole body stands: `{ area, line }`; its area is shown. */
  at(line) {
    if (!this.#channels.length) return { area: this.area, line };
    let before = 0;
    for (const name of this.#channels) {
      const lines = this.areas.get(name).value.replace(/^\n+|\n+$/g, "").split("\n").length;
      if (line <= before + 3 + lines - 1 || name === this.#channels.at(-1)) {
        this.#show(name);
        return { area: this.area, line: Math.max(1, line - before - 2) };
      }
      before += lines + 3;
    }
    return { area: this.area, line: 1 };
  }

  /** Shows the area that holds `text` and gives its place there; -1 when none does. */
  find(text) {
    for (const name of this.#channels.length ? this.#channels : [""]) {
      const at = this.areas.get(name).value.indexOf(text);
      if (at < 0) continue;
      this.#show(name);
      return at;
    }
    return -1;
  }

  #areaOf(name) {
    if (!this.areas.has(name)) {
      const area = this.first.cloneNode();
      area.id = `editor-body-${name}`;
      area.value = "";
      area.hidden = true;
      this.first.after(area);
      this.wire(area);
      area.addEventListener("input", this.onChange);
      this.areas.set(name, area);
    }
    return this.areas.get(name);
  }

  #show(name) {
    this.area = name ? this.#areaOf(name) : this.first;
    for (const [each, area] of this.areas) {
      area.hidden = each !== name;
      area.setAttribute("aria-label", each ? t("editor.body_of", { channel: t(`channel.${each}`) }) : t("editor.body"));
    }
    this.#drawTabs(name);
    this.onSwitch(this.area);
  }

  #drawTabs(shown) {
    this.tabs.parentElement.hidden = !this.#channels.length;
    const missing = CHANNELS.filter((name) => !this.#channels.includes(name));
    const tab = (name) => h("button", {
      type: "button", role: "tab", class: "variant-tab", id: `variant-${name}`, "aria-selected": String(name === shown), tabindex: name === shown ? "0" : "-1",
      "aria-controls": "editor-areas", onclick: () => { this.#show(name); this.area.focus(); },
    }, t(`channel.${name}`));
    const add = missing.map((name) => h("button", { type: "button", class: "btn plain", onclick: () => this.#add(name) }, icon("plus"), t(`channel.${name}`)));
    const drop = this.#channels.length > 1 ? h("button", { type: "button", class: "btn plain variant-drop", onclick: () => this.#drop(shown) }, t("editor.variant_drop", { channel: t(`channel.${shown}`) })) : null;
    this.tabs.replaceChildren(...this.#channels.map(tab));
    this.tabs.nextElementSibling.replaceChildren(...[...add, drop].filter(Boolean));
  }

  #add(name) {
    this.#areaOf(name).value = "";
    this.#channels = CHANNELS.filter((each) => each === name || this.#channels.includes(each));
    this.#show(name);
    this.area.focus();
    this.onChange();
  }

  /** Takes a variant out; what it said goes with it only when there was nothing, or after asking. */
  #drop(name) {
    const text = this.areas.get(name).value.trim();
    if (text && !window.confirm(t("editor.variant_drop_ask", { channel: t(`channel.${name}`) }))) return;
    this.#channels = this.#channels.filter((each) => each !== name);
    this.#show(this.#channels[0]);
    this.area.focus();
    this.onChange();
  }

  #key(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by || event.target.getAttribute("role") !== "tab") return;
    const at = this.#channels.indexOf(this.channel);
    this.#show(this.#channels[(at + by + this.#channels.length) % this.#channels.length]);
    this.tabs.querySelector("[aria-selected=true]").focus();
  }
}
