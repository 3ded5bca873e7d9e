/** The agent console: what the customer says on one side, answers and a ready reply on the other. */

import { AnswerList } from "./answers.js";
import { call } from "./api.js";
import { copy, h, icon, toast } from "./dom.js";
import { t } from "./i18n.js";
import { Reader } from "./reader.js";
import { ReplyCard } from "./reply.js";

const PAUSE_MS = 70;
const byId = (id) => document.getElementById(id);

const message = byId("message");
const transcript = [];
let inFlight = null;
let timer = 0;
let shownQuery = "";
let last = null;

const reader = new Reader(byId("reader"));
const openEntry = (url, title) => reader.show(withDate(url), title);
const answers = new AnswerList(byId("answers"), (result) => openEntry(result.url, result.title));
const reply = new ReplyCard(byId("reply"), {
  copy: copyReply,
  feedback: sendFeedback,
  slot: ask,
  open: openEntry,
});

const channel = () => document.querySelector("input[name=channel]:checked").value;
const asOf = () => byId("asof").value;
const withDate = (url) => (asOf() && !url.includes("as_of=") ? `${url}${url.includes("?") ? "&" : "?"}as_of=${asOf()}` : url);

/** The contact so far with what is being typed as its newest customer message. */
function conversation() {
  const draft = message.value.trim();
  return draft ? [...transcript, { role: "customer", text: draft }] : [...transcript];
}

function lastQuestion() {
  return conversation().findLast((m) => m.role === "customer")?.text ?? "";
}

function schedule() {
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE_MS);
}

/** Asks for answers and a reply; a newer question cancels an older one. */
async function ask() {
  clearTimeout(timer);
  inFlight?.abort();
  const messages = conversation();
  if (!lastQuestion()) {
    welcome();
    return;
  }
  inFlight = new AbortController();
  const { signal } = inFlight;
  byId("progress").hidden = false;
  if (!last) answers.skeleton();
  const slots = Object.fromEntries(Object.entries(reply.slots).filter(([, value]) => value));
  try {
    const found = await call("POST", "/api/v1/suggest",
      { messages, slots, channel: channel(), draft: Boolean(message.value.trim()), ...(asOf() ? { as_of: asOf() } : {}) }, { signal });
    last = found;
    shownQuery = lastQuestion();
    show(found);
  } catch (problem) {
    if (problem.name === "AbortError") return;
    failed(problem);
  }
  if (!signal.aborted) byId("progress").hidden = true;
}

function show(found) {
  if (found.results.length) answers.show(found.results);
  else answers.message(icon("search"), h("strong", {}, t("console.none")));
  byId("answers-note").textContent = found.degraded
    ? t("console.degraded")
    : t("console.took", { count: found.results.length, ms: Math.max(1, Math.round(found.took_ms)) });
  showRisk(found);
  if (found.suggestions.length) reply.show(found.suggestions);
  else if (found.clarify) askBack(found.clarify);
  else abstain(found);
}

function showRisk({ risk, handover }) {
  const box = byId("risk");
  const chips = [];
  const mood = risk?.mood ?? "calm";
  if (mood !== "calm") {
    chips.push(h("span", { class: `chip ${mood === "angry" ? "bad" : "due"}` }, icon("mood"), t(`mood.${mood}`),
      risk.mood_words?.length ? `「${risk.mood_words.join("、")}」` : ""));
  }
  if (risk?.sensitive_words?.length) {
    chips.push(h("span", { class: "chip bad" }, icon("alert"), t("risk.sensitive", { words: risk.sensitive_words.join("、") })));
  }
  if (risk?.escalation) {
    chips.push(h("span", { class: "chip bad" }, icon("clock"), t("risk.escalate", risk.escalation)));
  }
  if (handover?.needed) {
    chips.push(h("span", { class: "chip info" }, icon("person"),
      t("risk.handover", { group: handover.skill_group || "—", reason: t(`handover.${handover.reason}`) })));
  }
  box.replaceChildren(...chips);
  box.hidden = !chips.length;
}

function askBack({ question, options }) {
  reply.message(icon("split"), h("strong", {}, t("reply.ask_back")), h("p", {}, question),
    h("div", { class: "suggested" }, ...options.map((option) => h("button", {
      class: "btn", type: "button", onclick: () => { message.value = option.text ?? option; ask(); message.focus(); },
    }, option.text ?? option))));
}

function abstain(found) {
  const button = h("button", { class: "btn", type: "button", onclick: () => reportGap(button) }, icon("inbox"), t("reply.to_gap"));
  reply.message(icon("search"), h("strong", {}, t("reply.none")),
    h("p", {}, found.results.length ? t("reply.none_near") : t("reply.none_help")), button);
}

async function reportGap(button) {
  button.disabled = true;
  try {
    await call("POST", "/api/v1/gaps", { query: shownQuery, channel: channel() });
    toast(t("reply.gap_sent"), "inbox");
  } catch (problem) {
    button.disabled = false;
    toast(problem.message || t("common.failed"), "alert");
  }
}

function welcome() {
  last = null;
  byId("progress").hidden = true;
  byId("risk").hidden = true;
  byId("answers-note").textContent = "";
  answers.message(icon("book"), h("strong", {}, t("console.answers_empty")), h("p", {}, t("console.answers_empty_help")));
  reply.message(icon("send"), h("strong", {}, t("console.reply_empty")), h("p", {}, t("console.try")),
    h("div", { class: "suggested" }, ...["1", "2", "3", "4"].map((n) => h("button", {
      class: "btn", type: "button", onclick: () => { message.value = t(`console.example${n}`); ask(); message.focus(); },
    }, t(`console.example${n}`)))));
}

function failed(problem) {
  const text = problem.status === 0 ? t("common.offline") : problem.message;
  byId("answers-note").textContent = text;
  if (last) {
    toast(text, "alert");
    return;
  }
  answers.message(icon("alert"), h("strong", {}, text),
    h("button", { class: "btn", type: "button", onclick: ask }, icon("reload"), t("common.retry")));
}

/** Puts the typed message into the transcript; what comes next is a new message of the same contact. */
function commit() {
  const text = message.value.trim();
  if (!text) return;
  say("customer", text);
  message.value = "";
  ask();
}

function say(role, text) {
  transcript.push({ role, text });
  byId("transcript").append(h("li", { class: `bubble ${role}` },
    h("span", { class: "visually-hidden" }, t(`speaker.${role}`)), text));
}

async function copyReply() {
  const suggestion = reply.current;
  const text = reply.text.trim();
  if (!suggestion || !text) return;
  const missing = text.match(/\{\{\s*[\w.]+\s*\}\}/);
  if (!(await copy(text))) {
    toast(t("reply.copy_failed"), "alert");
    return;
  }
  toast(missing ? t("reply.copied_missing", { slot: missing[0] }) : t("reply.copied"), missing ? "alert" : "check");
  const edited = text !== suggestion.text.trim();
  if (message.value.trim()) commitQuietly();
  say("agent", text);
  send({ kind: edited ? "edited" : "adopted", ...(edited ? { sent: text } : {}) }, suggestion);
  if (reply.editing) reply.stopEditing();
  message.focus();
}

/** The typed message joins the transcript while the answers on screen stay as they are. */
function commitQuietly() {
  say("customer", message.value.trim());
  message.value = "";
}

async function send(fields, suggestion) {
  return call("POST", "/api/v1/feedback",
    { entry_id: suggestion.entry_id, revision: suggestion.revision, query: shownQuery, ...fields });
}

async function sendFeedback(kind) {
  const suggestion = reply.current;
  if (!suggestion) return;
  const sentence = kind === "outdated" ? suggestion.sentences.find((s) => s.evidence.length)?.text : undefined;
  try {
    await send({ kind, ...(sentence ? { sentence } : {}) }, suggestion);
    toast(t(`reply.${kind}_sent`));
  } catch (problem) {
    toast(problem.message || t("common.failed"), "alert");
  }
}

function reset() {
  transcript.length = 0;
  byId("transcript").replaceChildren();
  reply.slots = {};
  reply.draft = null;
  reply.waiting = null;
  message.value = "";
  reader.panel.hidden = true;
  ask();
  message.focus();
}

function dateChanged() {
  const date = asOf();
  byId("asof-banner").hidden = !date;
  byId("asof-banner").querySelector("[data-text]").textContent = t("console.asof_banner", { date });
  ask();
}

/** Keys while the message is being typed. */
function messageKey(event) {
  if (event.isComposing) return;
  if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    commit();
  } else if (event.key === "ArrowDown" && !message.value.slice(message.selectionEnd).includes("\n")) {
    event.preventDefault();
    answers.move(1);
  } else if (event.key === "ArrowUp" && answers.selected >= 0) {
    event.preventDefault();
    answers.move(-1);
  } else if (event.key === "ArrowRight" && answers.current && message.selectionEnd === message.value.length) {
    event.preventDefault();
    openEntry(answers.current.url, answers.current.title);
  }
}

const ALT = {
  KeyE: () => reply.edit(),
  KeyO: () => sendFeedback("outdated"),
  KeyU: () => sendFeedback("unhelpful"),
  KeyN: reset,
  Digit1: () => reply.select(0),
  Digit2: () => reply.select(1),
  Digit3: () => reply.select(2),
};

function globalKey(event) {
  if (event.isComposing || byId("keys").open) return;
  const typing = event.target.matches("textarea, input:not([type=radio])");
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    copyReply();
  } else if (event.altKey && ALT[event.code]) {
    event.preventDefault();
    ALT[event.code]();
  } else if (event.key === "Escape") {
    if (reply.editing) reply.stopEditing();
    else if (reader.open) reader.close();
    message.focus();
  } else if (!typing && event.key === "/") {
    event.preventDefault();
    message.focus();
  } else if (event.key === "?" && (!typing || (event.target === message && !message.value))) {
    event.preventDefault();
    byId("keys").showModal();
  }
}

message.addEventListener("input", schedule);
message.addEventListener("keydown", messageKey);
document.addEventListener("keydown", globalKey);
byId("channels").addEventListener("change", ask);
byId("asof").addEventListener("change", dateChanged);
byId("asof-clear").addEventListener("click", () => { byId("asof").value = ""; dateChanged(); });
byId("reset").addEventListener("click", reset);
byId("keys-open").addEventListener("click", () => byId("keys").showModal());
const asked = new URLSearchParams(location.search).get("q");
if (asked) message.value = asked;
ask();
