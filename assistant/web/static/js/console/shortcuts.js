/** The keys of the console that belong to no single part. */

import { keys } from "./keys.js";
import { bindReplyKeys } from "./reply_keys.js";

const byId = (id) => document.getElementById(id);

function openHelp() {
  byId("keys-list").replaceChildren(...keys.draw());
  byId("keys").showModal();
}

/** Binds them; parts as main.js builds them, `current()` is the open conversation. */
export function bindShortcuts({ actions, answers, asOf, beside, current, navigation, reader, reply, sending, side, workplace }) {
  const adding = (group) => (combo, label, run, rest = {}) => keys.add({ combo, label, run, group, ...rest });

  keys.home = () => workplace.home();
  keys.onEscape(() => reader.open && (reader.close(), true));
  keys.onEscape(() => reply.editing && (reply.stopEditing(), true));

  const onReply = adding("reply");
  onReply("Ctrl+Enter", "keys.send", () => sending.send(current()));
  onReply("Alt+Y", "keys.copy", () => sending.copy());
  onReply(["Alt+1", "Alt+2", "Alt+3"], "keys.switch", (_, index) => reply.select(index), { shown: "Alt+1 2 3", why: "keys.why_suggestion" });
  onReply("Alt+E", "keys.edit", () => reply.edit());
  onReply("Alt+V", "keys.slots", () => reply.focusSlot(), { why: "keys.why_slots" });
  bindReplyKeys(reply);
  onReply("Alt+U", "keys.unhelpful", () => sending.report(current(), "unhelpful"), { when: () => Boolean(reply.current), why: "keys.why_unhelpful" });
  onReply("Alt+G", "keys.gap", () => actions.reportGap(current()));

  // In the scratch contact the field for the customer's words has these keys itself.
  const atHome = () => current().live && (document.activeElement === document.body || document.activeElement.matches("[data-home], #reply"));
  const onAnswers = adding("answers");
  onAnswers(["↓", "↑"], "keys.move", () => {
    beside.uncover();
    side.show("answers");
    answers.enter();
  }, { when: atHome, shown: "↑ ↓" });
  onAnswers("→", "keys.open", () => answers.openSelected(), { when: atHome });
  onAnswers("Alt+T", "keys.asof", () => asOf.focus());
  const onTab = (combo, name, focus) => onAnswers(combo, `keys.${name}`, () => {
    if (reader.open) reader.close();
    beside.uncover();
    side.show(name, focus);
  });
  onTab("Alt+A", "answers", false);
  onTab("Alt+C", "cases", true);
  onTab("Alt+L", "changes", true);

  const onContacts = adding("contacts");
  onContacts(["Alt+↓", "Alt+↑"], "keys.contacts", (_, index) => navigation.step(index ? -1 : 1), { shown: "Alt+↓ ↑" });
  onContacts("Alt+J", "keys.longest", () => navigation.longestWaiting(), { why: "keys.why_longest" });
  onContacts("Alt+N", "keys.reset", () => workplace.fresh());
  onContacts("Alt+M", "keys.words", () => workplace.unfold());
  onContacts("Alt+X", "keys.close", () => actions.closeOrReopen(current()), { when: () => current().live, why: "keys.why_close" });
  keys.add({ combo: "Enter", label: "keys.commit", group: "contacts" });
  keys.add({ combo: "Esc", label: "keys.back" });
  keys.add({ combo: "?", label: "keys.help", run: openHelp });
  byId("keys-open").addEventListener("click", openHelp);
  byId("reset").addEventListener("click", () => workplace.fresh());
}
