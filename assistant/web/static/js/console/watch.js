/** What is watched in a conversation, and what follows from it: the strip, handing over, writing a case. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { writeCase } from "./case_writer.js";
import { openHandOver } from "./handover.js";
import { keys } from "./keys.js";
import { RiskStrip } from "./risk.js";

/**
 * Adds them to the page: the strip in `root`, buttons in `head`, their keys. `page` gives
 * `conversation()` (the open one), `home()` for the focus, `told(contact)` when a contact was changed
 * and `next(id)` to go on after it. Returns the strip.
 */
export function addWatch({ root, head, conversation, home, told, next }) {
  const strip = new RiskStrip(root, { handOver: (which, suggested) => handOver(which, suggested) });
  const offer = h("div", { class: "case-offer", hidden: true }, icon("book"), h("span", {}, t("case.offer")),
    h("button", { class: "btn", type: "button", "aria-keyshortcuts": "Alt+K", onclick: () => write() }, t("case.write"), h("kbd", { "aria-hidden": "true" }, "Alt K")));
  root.after(offer);

  async function handOver(which = conversation(), suggested = strip.suggested) {
    const contact = await openHandOver(which, suggested);
    if (!contact || contact.copied) {
      goOn();
      return;
    }
    told(contact);
    next(contact.id);
  }

  async function write(which = conversation()) {
    await writeCase(which);
    goOn();
  }

  /** A dialog gave the focus back as it closed; home is for what had none, or is gone. */
  function goOn() {
    if (document.activeElement === document.body) home();
  }

  const usable = ({ gone, status }) => !gone && status === "open";
  head.action({ name: "hand-over", label: () => t("handover.action"), icon: "person", combo: "Alt+H", when: usable, run: (which) => handOver(which) });
  head.action({ name: "case", label: () => t("case.write"), icon: "book", combo: "Alt+K", primary: ({ status }) => status === "closed", run: (which) => write(which) });
  // From the steps that were walked; words that are still being typed cannot be handed over.
  document.addEventListener("handover", (event) => {
    if (!event.detail.conversation.messages.length) return;
    event.preventDefault();
    handOver(event.detail.conversation);
  });
  keys.add({ combo: "Alt+H", label: "keys.handover", run: () => handOver(), when: () => usable(conversation()), why: "keys.why_handover", group: "contacts" });
  keys.add({ combo: "Alt+K", label: "keys.case", run: () => write(), group: "contacts" });

  return {
    get spoken() {
      return strip.spoken;
    },
    show(found, which) {
      strip.show(found, which);
      offer.hidden = !(which.live && which.status === "closed");
    },
  };
}
