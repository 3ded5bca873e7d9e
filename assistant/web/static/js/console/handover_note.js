/** The note that comes with a contact from self-service: why it comes, and what was tried, at a glance. */

import { h, icon } from "../dom.js";

const LABELLED = /^([^\s:\uff1a]{1,24}(?: [^\s:\uff1a]{1,24}){0,3})[:\uff1a]\s*(.*)$/u;
const ITEM = /^\s*\u00b7\s*/u;

/** Whether a message is such a note. */
export const isNote = ({ role, author, text }) => role === "system" && Boolean(author?.startsWith("visit:")) && text.includes("\n");

/** Its lines as a heading, facts with their labels, and lists; nothing but text is made of them. */
export function noteParts(text) {
  const [title, ...lines] = text.split("\n");
  const facts = h("dl", { class: "note-facts" });
  let value = null;
  for (const line of lines) {
    const labelled = ITEM.test(line) ? null : line.match(LABELLED);
    if (labelled) {
      value = h("dd", {}, labelled[2]);
      facts.append(h("dt", {}, labelled[1]), value);
    } else if (value) value.append(h("span", { class: "note-item" }, line.replace(ITEM, "")));
  }
  return h("div", { class: "note-body" }, h("b", { class: "note-title" }, icon("person"), title), facts);
}
