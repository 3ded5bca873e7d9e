/** Cases in the writing: kept in this browser tab while one types, and by the service when saved. */

import { call } from "../api.js";

const key = (contactId) => `zhike.case.${contactId}`;

/** What was typed and not saved yet; null when there is nothing. */
export function unsaved(contactId) {
  try {
    return JSON.parse(sessionStorage.getItem(key(contactId)));
  } catch {
    return null;
  }
}

/** Keeps what is typed until the tab is closed: it may hold personal data, which the service masks. */
export function keep(contactId, fields, version, rules) {
  try {
    sessionStorage.setItem(key(contactId), JSON.stringify({ fields, version, rules }));
    return true;
  } catch {
    return false; // the storage is full or forbidden; saving by hand still works
  }
}

export const forget = (contactId) => sessionStorage.removeItem(key(contactId));

/** The case of a contact: as saved last, or prefilled. */
export const load = (contactId) => call("POST", `/api/v1/contacts/${contactId}/case`, {});

/** Saves the case, based on `version` (null: it is new); with `submit` hands it in. */
export const save = (contactId, fields, version, submit) =>
  call("PUT", `/api/v1/contacts/${contactId}/case`, { ...fields, submit }, version === null ? {} : { headers: { "If-Match": `"${version}"` } });

/** Keeps a conversation that was only here as a closed contact; its id. */
export async function keepConversation({ channel, messages }) {
  const said = messages.map(({ role, text }) => ({ role, text }));
  const { id } = await call("POST", "/api/v1/contacts", { channel, messages: said });
  await call("PATCH", `/api/v1/contacts/${id}`, { assigned_to: "me" });
  await call("POST", `/api/v1/contacts/${id}/close`, {});
  return id;
}
