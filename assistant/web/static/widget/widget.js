/** The widget: puts the parts together and opens and closes. */

import { makeActions } from "./actions.js";
import { contextOf, withPage } from "./context.js";
import { Conversation } from "./conversation.js";
import { Launcher } from "./launcher.js";
import { enlarge } from "./lightbox.js";
import { LiveStream } from "./live.js";
import { VisitMemory } from "./memory.js";
import { spokenText } from "./message.js";
import { Outgoing } from "./outgoing.js";
import { Panel } from "./panel.js";
import { Session } from "./session.js";
import { withSite } from "./settings.js";
import { Surface } from "./surface.js";

const WITH_PEOPLE = ["waiting", "agent"];

export class Widget {
  opened = false;
  panel = null;
  #before = null;
  #unfollow = null;
  #given = {};
  #identity = null;
  #redrawing = 0;

  constructor(asked, tell) {
    this.asked = asked;
    this.tell = tell;
    this.memory = new VisitMemory(asked.site);
    this.settings = withSite(asked, this.memory.read()?.site);
    this.session = new Session(asked, this.memory);
    this.conversation = new Conversation(this.session, this.memory);
    this.context = () => withPage(this.#given, asked.mode === "frame");
    this.outgoing = new Outgoing(this.session, this.conversation, this.context);
    this.live = new LiveStream(this.session, this.memory);
    this.actions = makeActions(this, () => this.#draw());
    this.surface = new Surface(this.settings);
    this.shown = { base: asked.base, enlarge: (src, alt) => enlarge(this.surface.root, src, alt) };
    this.launcher = new Launcher(() => this.toggle());
    this.#listen();
  }

  /** Shows the button, or in a frame the panel; a chat with a person goes on by itself. */
  start() {
    if (this.settings.mode === "bubble") this.surface.root.append(this.launcher.element);
    this.surface.put();
    if (this.settings.mode === "frame") this.open();
    else if (WITH_PEOPLE.includes(this.session.visit?.mode)) this.actions.restore();
  }

  open() {
    if (this.opened) return;
    this.opened = true;
    this.#before = document.activeElement;
    if (!this.panel) {
      this.panel = new Panel(this);
      this.surface.root.prepend(this.panel.element);
    }
    if (this.conversation.newest || this.session.visit?.seen) this.actions.view = "chat";
    this.panel.show(true);
    this.#unfollow = this.panel.follow();
    this.surface.root.dataset.open = "";
    this.#draw();
    this.panel.focus();
    if (this.actions.view === "chat") this.panel.thread.toEnd();
    if (!this.conversation.restored) this.actions.restore();
    this.tell("open");
  }

  /** Closes the panel and gives the focus back to what had it. */
  close() {
    if (!this.opened || this.settings.mode === "frame") return;
    this.opened = false;
    this.#unfollow?.();
    this.panel.show(false);
    delete this.surface.root.dataset.open;
    this.#draw();
    const own = this.settings.mode === "bubble" ? this.launcher.element : null;
    const before = this.#before;
    (before && before !== document.body && before !== this.surface.host && before.isConnected ? before : own)?.focus?.({ preventScroll: true });
    this.tell("close");
  }

  toggle() {
    if (this.opened) this.close();
    else this.open();
  }

  /** Opens and asks; with `send: false` the question waits in the field. */
  openWithQuestion(text, { send = true } = {}) {
    const question = String(text ?? "").trim().slice(0, 2_000);
    this.open();
    if (!question) return;
    if (send) return this.actions.send(question);
    this.actions.view = "chat";
    this.#draw();
    const { composer } = this.panel;
    if (!composer.text.endsWith(question)) composer.text = [composer.text, question].filter(Boolean).join("\n");
    this.actions.settle();
  }

  /** What the page knows that the customer need not type: order number, product. */
  setContext(values) {
    this.#given = contextOf(values);
  }

  /** Who the customer is: a token signed by the page's server, or a function that fetches one. */
  async setUser(token) {
    this.#identity = token ? { token } : null;
    if (this.session.visit) await this.#identify();
  }

  /** Says who the customer is; nothing comes of it once the page has named somebody again. */
  async #identify() {
    const asked = this.#identity;
    if (!asked) return;
    try {
      const token = typeof asked.token === "function" ? await asked.token() : asked.token;
      if (asked !== this.#identity) return;
      const { name } = await this.session.call("POST", "identity", { token });
      if (asked !== this.#identity) return;
      this.memory.keep(this.session.visit, { name: name || "✓" });
      this.tell("user", { verified: true, name });
    } catch (error) {
      if (asked !== this.#identity) return;
      if (error.fault === "other" && !asked.anew) {
        // The visit of whoever used this browser before. In one of their own, a new one, they are asked again.
        asked.anew = true;
        return this.actions.startAnew();
      }
      this.tell("error", { what: "user", status: error.status ?? 0 });
    }
  }

  /** Takes everything back: element, listeners, connections, what was stored; the visit ends. */
  destroy() {
    this.close();
    this.live.stop();
    this.outgoing.stop();
    this.session.stop();
    this.memory.close();
    removeEventListener("online", this.onLine);
    removeEventListener("offline", this.onLine);
    cancelAnimationFrame(this.#redrawing);
    this.surface.remove();
  }

  #listen() {
    this.onLine = () => this.#redraw();
    addEventListener("online", this.onLine);
    addEventListener("offline", this.onLine);
    this.session.addEventListener("begun", ({ detail }) => {
      this.settings = withSite(this.asked, detail.site);
      this.surface.wear(this.settings);
      this.#identify();
    });
    this.conversation.addEventListener("changed", () => this.#changed());
    this.conversation.addEventListener("arrived", ({ detail }) => this.#arrived(detail));
    this.conversation.addEventListener("lost", () => this.panel?.thread.setApart());
    this.conversation.addEventListener("cleared", () => this.panel?.thread.clear());
    this.outgoing.addEventListener("changed", () => this.#redraw());
    this.live.addEventListener("heard", ({ detail: { type, data } }) =>
      this.conversation.take(type === "message" ? { messages: [data] } : { state: data }));
    this.live.addEventListener("live", ({ detail }) => this.#connected(detail));
  }

  /** A connection that stands again may have missed something. */
  #connected(live) {
    if (live === this.actions.live) return;
    this.actions.live = live;
    if (live) this.conversation.catchUp().catch(() => {});
    this.#redraw();
  }

  #changed() {
    const { mode } = this.conversation.state;
    if (WITH_PEOPLE.includes(mode)) this.live.start();
    else this.live.stop();
    if (mode !== this.mode) {
      this.mode = mode;
      Object.assign(this.actions, { live: true, ticketPutOff: false });
      if (mode !== "bot") this.tell({ waiting: "handover" }[mode] ?? mode);
    }
    this.#redraw();
  }

  #arrived(messages) {
    const theirs = messages.filter(({ role }) => role !== "customer");
    if (!this.conversation.restored) return;
    theirs.forEach(({ role, kind, text }) => this.tell("message", { role, kind, text }));
    if (!this.opened && theirs.length) this.tell("unread", { count: this.conversation.unread });
    if (!this.opened) return this.#redraw();
    this.panel.thread.before();
    this.#draw();
    if (theirs.length) this.panel.announce(theirs.map((message) => spokenText(message)).join(" "));
    if (this.actions.view === "chat") this.panel.thread.arrived(messages);
  }

  /** At the next frame, once, however much has changed. */
  #redraw() {
    this.#redrawing ||= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    cancelAnimationFrame(this.#redrawing);
    this.#redrawing = 0;
    this.launcher.update({ open: this.opened, unread: this.conversation.unread });
    if (!this.opened) return;
    const { activeElement: focused } = this.surface.shadow;
    this.panel.update();
    if (focused && !focused.getClientRects().length) this.#refocus();
    if (this.actions.view === "chat") this.conversation.see();
  }

  /** Whoever pressed a button that is gone now goes on where one writes. */
  #refocus() {
    if (this.actions.view === "chat") this.actions.settle();
    else this.panel.focus();
  }
}
