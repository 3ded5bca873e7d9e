/** Keeps a question with the entry that must answer it; said again with a way back. */

import { call, told } from "../api.js";
import { h, icon } from "../dom.js";
import { t } from "../i18n.js";

const SHOWN_MS = 8000;
const LONGEST = 200; // characters that a list can be asked for

/** Saves what was `asked` as must-hit, expecting `result`; `results` shows which one is expected. */
export async function saveQuestion(asked, result, results) {
  if (!result) return;
  const { query: text, as_of: day, audience, channel } = asked;
  const question = { text, expects: [result.entry_id], must_hit: true, audience, ...(day ? { as_of: day } : {}), ...(channel ? { channel } : {}) };
  try {
    const { kept, known } = await keep(question);
    results.mark(result.entry_id);
    say(t("hit.saved", { title: result.title }), "target", async () => {
      if (known) await call("PUT", `/api/v1/questions/${known.id}`, { ...asSent(known), version: kept.version });
      else await call("DELETE", `/api/v1/questions/${kept.id}?version=${kept.version}`);
      results.mark(null);
      say(t("hit.unsaved"), "back");
    });
  } catch (problem) {
    say(told(problem), "alert");
  }
}

/** Keeps a question; one that is kept already (`known`) gets the new expectation. */
async function keep(question) {
  const known = await sameQuestion(question);
  const kept = known ? await call("PUT", `/api/v1/questions/${known.id}`, { ...question, version: known.version }) : await call("POST", "/api/v1/questions", question);
  return { kept, known };
}

/** The saved question with the same words for the same day and people, if there is one. */
async function sameQuestion({ text, as_of: day, audience, channel }) {
  const { questions } = await call("GET", `/api/v1/questions?${new URLSearchParams({ q: text.slice(0, LONGEST), limit: "500" })}`);
  return questions.find((each) => each.text === text && (each.as_of ?? "").slice(0, 10) === (day ?? "") && each.audience === audience && (each.channel ?? "") === (channel ?? ""));
}

/** A stored question as the API takes it. */
export function asSent({ text, expects, must_hit: must, as_of: day, audience, channel }) {
  return { text, expects, must_hit: must, audience, ...(day ? { as_of: day } : {}), ...(channel ? { channel } : {}) };
}

/** A message for a while, with a button to take back what it tells. */
function say(text, shape, undo) {
  const box = document.getElementById("toasts");
  const item = h("div", { class: "toast hit-toast" }, icon(shape), h("span", {}, text), undo ? h("button", { class: "btn plain", type: "button", onclick: async (event) => {
    event.target.disabled = true;
    await undo().catch((problem) => say(told(problem), "alert"));
  } }, t("hit.undo")) : null);
  box.replaceChildren(item);
  setTimeout(() => item.remove(), SHOWN_MS);
}
