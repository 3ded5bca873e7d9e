/** What a customer leaves when nobody is there: who they are, where they can be reached, and what it is about. */

import { button, h, icon } from "./dom.js";
import { newId } from "./outgoing.js";
import { dayAndTime, t } from "./texts.js";

const MOST_TEXT = 2_000;
const REACHABLE = /^(\+?[\d\s()-]{5,}\d|[^\s@]+@[^\s@]+\.[^\s@]+)$/;

/** The form; `actions.leaveTicket` sends it and rejects when that fails. */
export function ticketForm({ conversation, session, actions }) {
  const asked = conversation.messages.filter(({ role }) => role === "customer").map(({ text }) => text);
  const name = field("ticket-name", t("widget.your_name"), h("input", { type: "text", maxlength: "100", autocomplete: "name" }));
  const reach = field("ticket-reach", t("widget.your_reach"), h("input", { type: "text", maxlength: "200", autocomplete: "tel" }));
  const text = field("ticket-text", t("widget.your_question"), h("textarea", { rows: "3", maxlength: String(MOST_TEXT) }));
  name.input.value = session.visit?.name ?? "";
  text.input.value = asked.slice(-3).join("\n").slice(-MOST_TEXT);
  const failure = h("p", { class: "fault", role: "alert" });
  const submit = h("button", { type: "submit", class: "main" }, t("widget.send_ticket"));
  const opens = conversation.state.opens_at;
  let sent = { content: "", id: "" }; // the same content again is the same message, also where its answer was lost
  const form = h("form", { class: "card ticket", novalidate: true, "aria-label": t("widget.leave_message") },
    h("p", { class: "lead" }, icon("mail"), t("widget.leave_message")),
    h("p", {}, opens ? t("widget.answered_after", { when: dayAndTime(opens) }) : t("widget.answered_later")),
    name.element, reach.element, text.element, failure,
    h("div", { class: "foot" }, submit, button(t("widget.ask_on"), actions.leaveTicketForm, { class: "link" })));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const faults = [
      name.complain(name.input.value.trim() ? "" : t("widget.name_missing")),
      reach.complain(REACHABLE.test(reach.input.value.trim()) ? "" : t("widget.reach_wrong")),
      text.complain(text.input.value.trim() ? "" : t("widget.question_missing")),
    ].filter(Boolean);
    if (faults.length) return faults[0].focus();
    submit.disabled = true;
    failure.textContent = "";
    try {
      const ticket = { name: name.input.value.trim(), reach: reach.input.value.trim(), text: text.input.value.trim() };
      const content = JSON.stringify(ticket);
      if (sent.content !== content) sent = { content, id: newId() };
      await actions.leaveTicket({ ...ticket, external_id: sent.id });
    } catch (error) {
      failure.textContent = error.wait ? t("widget.try_in", { seconds: error.wait }) : t("widget.ticket_failed");
      submit.disabled = false;
      submit.focus();
    }
  });
  return form;
}

function field(id, label, input) {
  const fault = h("span", { class: "fault", id: `${id}-fault` });
  input.id = id;
  input.setAttribute("aria-required", "true");
  return {
    input,
    element: h("div", { class: "labelled" }, h("label", { for: id }, label), input, fault),
    /** Shows what is wrong, nothing with ""; the input when something is. */
    complain(words) {
      fault.textContent = words;
      if (words) input.setAttribute("aria-describedby", fault.id);
      input.setAttribute("aria-invalid", String(!!words));
      return words ? input : null;
    },
  };
}
