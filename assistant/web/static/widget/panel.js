/** The panel: its head, first screen and conversation, and where it stands between keyboard and edge. */

import { Composer } from "./composer.js";
import { button, byFinger, h, icon, iconButton, redraw, stops } from "./dom.js";
import { Home } from "./home.js";
import { t } from "./texts.js";
import { Thread } from "./thread.js";

export class Panel {
  constructor(app) {
    this.app = app;
    this.home = new Home(app);
    this.thread = new Thread(app);
    this.composer = new Composer(app);
    this.title = h("h2", { class: "title", id: "panel-title" });
    this.status = h("span", { class: "status" });
    this.back = iconButton("back", t("widget.back"), app.actions.showHome, { class: "back" });
    this.person = iconButton("person", t("widget.hand_over"), () => app.actions.askForPerson(), { class: "call" });
    this.shut = app.settings.mode === "frame" ? null : iconButton("close", t("widget.close"), app.actions.close, { class: "shut" });
    this.notice = h("div", { class: "strip", role: "status" });
    this.spoken = h("div", { class: "sr", "aria-live": "polite" });
    this.chat = h("div", { class: "chat" }, this.thread.element, this.thread.below, this.composer.element);
    this.element = h("section", { class: "panel", role: app.settings.mode === "frame" ? "main" : "dialog", "aria-labelledby": "panel-title", hidden: true },
      h("header", {}, this.back, h("div", { class: "who" }, this.title, this.status), this.person, this.shut),
      this.notice, this.home.element, this.chat, this.spoken);
    this.element.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Whether it covers the whole window; then it keeps the focus inside. */
  get full() {
    return this.app.settings.mode !== "frame" && matchMedia("(max-width: 479.98px)").matches;
  }

  update() {
    const { conversation, actions, settings } = this.app;
    const { mode, open } = conversation.state;
    const chat = actions.view === "chat";
    this.element.dataset.view = actions.view;
    this.home.element.hidden = chat;
    this.chat.hidden = !chat;
    this.back.hidden = !chat;
    this.person.hidden = mode !== "bot" || !conversation.restored;
    this.person.title = open ? t("widget.hand_over") : t("widget.leave_message");
    this.person.setAttribute("aria-label", this.person.title);
    this.title.textContent = settings.title || t("widget.title");
    this.status.replaceChildren(...this.#status(mode));
    if (this.shut) this.element.setAttribute("aria-modal", String(this.full));
    this.home.update(actions.failure);
    this.composer.update(conversation.state);
    if (chat) this.thread.update();
    this.#strip();
  }

  /** No suggestions, here or on the first screen. */
  hush() {
    this.home.suggesting.stop();
    this.composer.suggesting.stop();
  }

  /** Reads out what came, once. */
  announce(text) {
    this.spoken.replaceChildren(h("p", {}, text));
  }

  show(shown) {
    this.element.hidden = !shown;
    if (shown) this.#fit();
  }

  /** The focus goes where one would begin; not into a field where that brings up a keyboard. */
  focus() {
    const chat = this.app.actions.view === "chat";
    const field = chat ? this.composer.field : this.home.field;
    if (byFinger() || this.composer.element.hidden && chat) (this.shut ?? this.thread.element).focus({ preventScroll: true });
    else field.focus({ preventScroll: true });
  }

  /** Above the keyboard of a phone; called whenever the visible part of the window changes. */
  #fit() {
    const seen = window.visualViewport;
    const squeezed = seen && this.full;
    this.element.style.setProperty("--seen", squeezed ? `${seen.height}px` : "100%");
    this.element.style.setProperty("--from", squeezed ? `${seen.offsetTop}px` : "0px");
  }

  /** Follows the visible part of the window until the function that comes back is called. */
  follow() {
    const seen = window.visualViewport;
    const fit = () => { this.#fit(); if (this.full && this.app.actions.view === "chat") this.thread.toEnd(); };
    const moved = () => this.#fit();
    seen?.addEventListener("resize", fit);
    seen?.addEventListener("scroll", moved);
    return () => {
      seen?.removeEventListener("resize", fit);
      seen?.removeEventListener("scroll", moved);
    };
  }

  #status(mode) {
    const words = { waiting: t("widget.status_waiting"), agent: t("widget.status_agent"), closed: t("widget.status_closed") }[mode];
    return [h("span", { class: `dot ${mode}`, "aria-hidden": "true" }), words ?? t("widget.status_bot")];
  }

  #strip() {
    const { live, mode } = { live: this.app.actions.live, mode: this.app.conversation.state.mode };
    const broken = !live && ["waiting", "agent"].includes(mode);
    const failed = this.app.actions.failure && this.app.actions.view === "chat";
    const words = navigator.onLine === false ? t("widget.you_are_offline") : broken ? t("widget.reconnecting")
      : failed ? t("widget.no_connection") : this.app.actions.trouble;
    redraw(this.notice, words, () => (words ? [icon("alert"), h("span", {}, words), failed && button(t("widget.retry"), this.app.actions.restore, { class: "link" })] : []));
    this.notice.hidden = !words;
  }

  #key(event) {
    if (event.key === "Escape" && !event.isComposing && this.shut) {
      event.stopPropagation();
      this.app.actions.close();
    }
    if (event.key !== "Tab" || !this.full) return;
    const all = stops(this.element);
    const at = all.indexOf(this.element.getRootNode().activeElement);
    const next = event.shiftKey ? (at <= 0 ? all.at(-1) : null) : (at === all.length - 1 ? all[0] : null);
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
}
