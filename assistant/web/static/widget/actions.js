/** What the customer can do, whichever view offers it; and the little that the views share. */

import { byFinger } from "./dom.js";
import { t } from "./texts.js";

const OFTEN = 5;

/** The actions over `app`; `redraw` brings the views up to date. */
export function makeActions(app, changed) {
  const actions = {
    view: "home", busy: false, live: true, failure: null, trouble: "", ticketPutOff: false,

    send(text) {
      Object.assign(actions, { view: "chat", trouble: "" });
      app.panel?.hush();
      app.outgoing.send(text);
      changed();
      app.panel?.thread.toEnd();
      actions.settle();
      app.tell("message", { role: "customer", text });
    },
    async suggest(text, signal) {
      const { suggestions } = await app.session.call("POST", "suggestions", { text }, { signal });
      return suggestions.slice(0, OFTEN);
    },
    /** Begins or reads the visit; a failure stands on the first screen with a way to try again. */
    async restore() {
      actions.failure = null;
      changed();
      try {
        await app.conversation.restore();
        actions.failure = null;
        const empty = !app.conversation.newest && !app.outgoing.items.length && !app.panel?.composer.text;
        if (empty && actions.view === "chat") actions.showHome();
        changed();
        app.panel?.thread.toEnd();
      } catch (error) {
        if (error.name === "AbortError" || app.conversation.restored) return;
        actions.failure = error;
        changed();
      }
    },
    showHome: () => { actions.view = "home"; changed(); app.panel?.focus(); },
    showChat: () => { actions.view = "chat"; changed(); app.panel?.thread.toEnd(); actions.settle(); },
    close: () => app.close(),
    /** A message that did not get through, back in the field, before what has been typed since. */
    edit(text) {
      const { composer } = app.panel;
      composer.text = [text, composer.text].filter(Boolean).join("\n");
      actions.settle();
    },
    /** 解决了 / 没解决: the latter may bring another answer. */
    judge: (message, verdict) => doing(async () => {
      const answer = await app.session.call("POST", "feedback", { number: message.number, verdict });
      app.conversation.judge(message.number, verdict);
      app.conversation.take(answer);
    }),
    /** A person now, or, when nobody is there, the form in which to leave a message. */
    askForPerson: () => doing(async () => {
      actions.view = "chat";
      actions.ticketPutOff = false;
      app.conversation.take(await app.session.call("POST", "handover", {}, { anew: true }));
    }),
    async leaveTicket(ticket) {
      app.conversation.take(await app.session.call("POST", "tickets", ticket, { anew: true }));
      actions.settle();
    },
    /** Puts the form away and goes on asking. */
    leaveTicketForm() {
      actions.ticketPutOff = true;
      changed();
      actions.settle();
    },
    /** Ends the visit and begins another, on the first screen. */
    async startAnew() {
      app.conversation.end();
      Object.assign(actions, { view: "home", trouble: "" });
      await actions.restore();
    },
    /** The focus goes back to where one writes. */
    settle() {
      if (!app.opened || actions.view !== "chat") return;
      const { composer, thread } = app.panel;
      (byFinger() || composer.element.hidden ? thread.element : composer.field).focus({ preventScroll: true });
    },
  };

  /** One thing at a time; a failure is said above the conversation. */
  async function doing(work) {
    if (actions.busy) return;
    Object.assign(actions, { busy: true, trouble: "" });
    changed();
    try {
      await work();
    } catch (error) {
      if (error.status === undefined) throw error;
      actions.trouble = error.wait ? t("widget.try_in", { seconds: error.wait }) : t("widget.did_not_work");
    } finally {
      actions.busy = false;
      changed();
    }
  }

  return actions;
}
