/** The first screen: a greeting, one field to ask in, what is asked most, and the way to a person. */

import { button, h, icon, iconButton, redraw } from "./dom.js";
import { Suggesting } from "./suggesting.js";
import { dayAndTime, t } from "./texts.js";

export class Home {
  constructor(app) {
    this.app = app;
    this.field = h("input", {
      type: "text", maxlength: "2000", enterkeyhint: "search", autocomplete: "off", role: "combobox",
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "home-list",
      placeholder: t("widget.search_here"), "aria-label": t("widget.search_here"),
    });
    this.list = h("div", { class: "suggestions", role: "listbox", id: "home-list" });
    this.most = h("div", { class: "most" });
    this.suggesting = new Suggesting(this.field, this.list, {
      find: (text, signal) => app.actions.suggest(text, signal),
      choose: (question) => this.#ask(question),
      shown: (count) => { this.most.hidden = count > 0; },
    });
    const form = h("form", { class: "search" }, icon("search"), this.field, iconButton("send", t("widget.send"), () => this.#ask(this.field.value), { class: "send" }));
    form.addEventListener("submit", (event) => { event.preventDefault(); this.#ask(this.field.value); });
    this.below = h("div", { class: "below" });
    this.element = h("div", { class: "home" },
      h("div", { class: "hero" }, h("p", { class: "hello" }, t("widget.hello")), h("p", { class: "help" }, t("widget.how_can_we_help"))),
      h("div", { class: "home-cards" }, h("div", { class: "sheet asking" }, form, this.list, this.most), this.below),
    );
  }

  /** Shows what the visit has brought by now; `failure` is why there is none. */
  update(failure) {
    const { session, conversation, actions } = this.app;
    const top = session.visit?.top;
    redraw(this.most, failure ?? JSON.stringify(top), () => (failure ? this.#failed(failure) : top ? this.#most(top) : this.#skeleton()));
    const { open, opens_at: opens } = conversation.state;
    const hours = open ? t("widget.people_online") : opens ? t("widget.people_back", { when: dayAndTime(opens) }) : t("widget.people_away");
    const goOn = conversation.newest > 0 || this.app.outgoing.items.length > 0;
    redraw(this.below, JSON.stringify([goOn, !failure && !!top, open, hours]), () => [
      goOn && h("button", { type: "button", class: "sheet row", onclick: actions.showChat }, icon("chat"), h("span", {}, t("widget.go_on")), icon("next")),
      !failure && top && h("button", { type: "button", class: "sheet row", onclick: () => actions.askForPerson() },
        icon(open ? "person" : "mail"),
        h("span", {}, open ? t("widget.talk_to_person") : t("widget.leave_message"), h("small", {}, hours)), icon("next")),
      h("p", { class: "promise" }, t("widget.promise")),
    ]);
  }

  #most(top) {
    if (!top.length) return [h("p", { class: "nothing" }, t("widget.ask_anything"))];
    const rows = top.map((question) => h("li", {}, button(question, () => this.#ask(question), { class: "row" })));
    rows.forEach((row) => row.firstChild.append(icon("next")));
    return [h("h3", {}, t("widget.asked_most")), h("ul", {}, rows)];
  }

  #skeleton() {
    return [h("div", { class: "skeleton", role: "status", "aria-label": t("widget.loading") }, Array.from({ length: 6 }, () => h("span", { class: "bar" })))];
  }

  #failed({ wait }) {
    const words = wait ? t("widget.try_in", { seconds: wait }) : t("widget.no_connection");
    return [h("div", { class: "failure", role: "alert" }, icon("alert"), h("p", {}, words), button(t("widget.retry"), this.app.actions.restore, { class: "quiet" }))];
  }

  #ask(text) {
    const question = text.trim();
    this.suggesting.stop();
    if (!question) return this.field.focus();
    this.field.value = "";
    this.app.actions.send(question);
  }
}
