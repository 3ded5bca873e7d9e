/** The field under the conversation: grows with its text, Enter sends, Shift+Enter begins a line. */

import { h, iconButton } from "./dom.js";
import { Suggesting } from "./suggesting.js";
import { t } from "./texts.js";

const MOST = 2_000;
const COUNT_FROM = 1_800;
const TALLEST_PX = 132;
const UNAIDED = new Set(["bot", "ticket"]); // nobody but the assistant answers

export class Composer {
  constructor(app) {
    this.app = app;
    this.field = h("textarea", {
      rows: "1", maxlength: String(MOST), enterkeyhint: "send", autocomplete: "off",
      "aria-autocomplete": "list", "aria-controls": "composer-list", "aria-label": t("widget.ask_here"),
    });
    this.list = h("div", { class: "suggestions over", role: "listbox", id: "composer-list" });
    this.counter = h("span", { class: "counter", "aria-live": "polite" });
    this.button = iconButton("send", t("widget.send"), () => this.#send(), { class: "send" });
    this.suggesting = new Suggesting(this.field, this.list, {
      find: (text, signal) => (UNAIDED.has(app.conversation.state.mode) ? app.actions.suggest(text, signal) : []),
      choose: (question) => { this.field.value = ""; this.#grow(); app.actions.send(question); },
    });
    this.field.addEventListener("input", () => this.#grow());
    this.field.addEventListener("keydown", (event) => this.#key(event));
    const form = h("form", { class: "composer" }, this.list, h("div", { class: "field" }, this.field, this.counter, this.button));
    form.addEventListener("submit", (event) => { event.preventDefault(); this.#send(); });
    this.element = form;
    this.#grow();
  }

  /** What has been typed and not sent. */
  get text() {
    return this.field.value;
  }

  set text(text) {
    this.field.value = text;
    this.#grow();
  }

  /** Shows what can be said now. */
  update({ mode }) {
    const form = mode === "ticket" && !this.app.actions.ticketPutOff;
    this.element.hidden = mode === "closed" || form;
    this.field.placeholder = ["waiting", "agent"].includes(mode) ? t("widget.write_to_agent") : t("widget.ask_here");
    if (!UNAIDED.has(mode)) this.suggesting.stop();
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#send();
  }

  #send() {
    const text = this.field.value.trim();
    this.suggesting.stop();
    if (!text) return this.field.focus();
    this.text = "";
    this.app.actions.send(text);
    this.field.focus();
  }

  #grow() {
    this.field.style.height = "auto";
    if (this.field.scrollHeight) this.field.style.height = `${Math.min(this.field.scrollHeight, TALLEST_PX)}px`;
    const length = this.field.value.length;
    this.counter.textContent = length >= COUNT_FROM ? t("widget.characters_left", { count: MOST - length }) : "";
    this.button.disabled = !this.field.value.trim();
  }
}
