/** The agent console: what the customer says on one side, answers and a ready reply on the other. */

import { AnswerList } from "./answers.js";
import { call } from "./api.js";
import "./dates.js";
import { copy, h, icon, toast } from "./dom.js";
import { t } from "./i18n.js";
import { bindKeys } from "./keys.js";
import { mended } from "./mended.js";
import { askBack, noAnswer, riskChips, unavailable, waitingForCustomer } from "./panels.js";
import { Reader } from "./reader.js";
import { ReplyCard } from "./reply.js";
import { slotLabel, slotsIn } from "./slots.js";

const PAUSE_MS = 70;
const SKELETON_AFTER_MS = 160;
const QUIET_MS = 900;
const byId = (id) => document.getElementById(id);

const message = byId("message");
const transcript = [];
let inFlight = null;
let timer = 0;
let shownQuery = "";
let last = null;
let warned = "";
let quiet = 0;

const reader = new Reader(byId("reader"));
const openEntry = (url, title) => reader.show(withDate(url), title);
const answers = new AnswerList(byId("answers"), message, (result) => openEntry(result.url, result.title));
const reply = new ReplyCard(byId("reply"), {
  copy: copyReply,
  feedback: sendFeedback,
  slot: ask,
  open: openEntry,
});

const channel = () => document.querySelector("input[name=channel]:checked").value;
let date = "";
const asOf = () => date;
const withDate = (url) => (asOf() && !url.includes("as_of=") ? `${url}${url.includes("?") ? "&" : "?"}as_of=${asOf()}` : url);

/** The contact so far with what is being typed as its newest customer message. */
function conversation() {
  const draft = message.value.trim();
  return draft ? [...transcript, { role: "customer", text: draft }] : [...transcript];
}

function lastQuestion() {
  return conversation().findLast((m) => m.role === "customer")?.text ?? "";
}

/** What the customer has said since the agent last spoke: it is answered together. */
function lastTurn() {
  const said = conversation();
  return said.slice(said.findLastIndex((m) => m.role === "agent") + 1).map((m) => m.text).join(" ");
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
  const skeleton = last ? 0 : setTimeout(() => answers.skeleton(), SKELETON_AFTER_MS);
  const slots = reply.fields.filled;
  try {
    const found = await call("POST", "/api/v1/suggest",
      { messages, slots, channel: channel(), draft: Boolean(message.value.trim()), ...(asOf() ? { as_of: asOf() } : {}) }, { signal });
    clearTimeout(skeleton);
    last = found;
    shownQuery = lastQuestion();
    show(found);
  } catch (problem) {
    clearTimeout(skeleton);
    if (problem.name === "AbortError") return;
    failed(problem);
  }
  if (!signal.aborted) byId("progress").hidden = true;
}

function show(found) {
  const used = found.suggestions.map((s) => s.entry_id);
  const reliable = found.suggestions.length > 0 || Boolean(found.clarify);
  if (found.results.length) answers.show(found.results, used, reliable);
  else answers.message(icon("search"), h("strong", {}, t("console.none")));
  const note = byId("answers-note");
  note.textContent = found.degraded ? t("console.degraded") : t("console.found", { count: found.results.length });
  note.title = t("console.took", { ms: Math.max(1, Math.round(found.took_ms)) });
  note.className = `small ${found.degraded ? "due-text" : "quiet"}`;
  const chips = riskChips(found);
  const reading = readAs(found);
  byId("answers-read").replaceChildren(...reading);
  byId("answers-read").hidden = !reading.length;
  byId("risk").replaceChildren(...chips);
  byId("risk").hidden = !chips.length;
  if (found.suggestions.length) reply.show(found.suggestions, found.unanswered);
  else if (found.clarify) reply.message(...askBack(found.clarify, take, copyQuestion));
  else reply.message(...noAnswer(found.results.length, reportGap));
  announce([...[...reading, ...chips].map((part) => part.textContent), summary(found)].join(t("list.join")));
}

/** As what the question was read where it was mended, and which earlier words counted. */
function readAs({ corrected, context_used: words }) {
  const line = (name, full, ...nodes) => h("p", { title: full }, icon(name), h("span", {}, ...nodes));
  const context = t("console.with_context", { words: words.join(t("list.join")) });
  const [before, after] = t("console.corrected", { text: "\n" }).split("\n");
  return [
    corrected ? line("edit", `${before}${corrected}${after}`, before, ...mended(lastTurn(), corrected), after) : null,
    words.length ? line("clock", context, context) : null,
  ].filter(Boolean);
}

function summary(found) {
  if (found.suggestions.length) return t("console.announce", { count: answers.useful, title: found.suggestions[0].title });
  return found.clarify ? `${t("reply.ask_back")} ${found.clarify.question}` : t("reply.none");
}

/** Says it to assistive technology once typing has paused. */
function announce(text) {
  clearTimeout(quiet);
  quiet = setTimeout(() => { byId("announce").textContent = text; }, QUIET_MS);
}

/** Puts `text` in the place of what is being typed and asks. */
function take(text) {
  message.value = text;
  ask();
  message.focus();
}

/** Copies the question back with the ways to mean it, so that the customer only has to choose. */
async function copyQuestion() {
  const { question, options } = last.clarify;
  const text = [question, ...options.map((option, index) => `${index + 1}. ${option.text ?? option}`)].join("\n");
  if (!(await copy(text))) {
    toast(t("reply.copy_failed"), "alert");
    return;
  }
  toast(t("reply.copied"));
  if (message.value.trim()) commitQuietly();
  say("agent", text);
  message.focus();
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
  byId("answers-read").hidden = true;
  answers.reset();
  answers.message(icon("book"), h("strong", {}, t("console.answers_empty")), h("p", {}, t("console.answers_empty_help")));
  reply.message(...waitingForCustomer(take));
}

/** Old answers stay readable and say that they are old; without any, both panes say what happened. */
function failed(problem) {
  const text = problem.status === 0 ? t("common.offline") : problem.message || t("common.failed");
  const note = byId("answers-note");
  if (last) {
    if (note.textContent !== t("console.stale")) toast(text, "alert");
    note.textContent = t("console.stale");
    note.className = "small due-text";
    return;
  }
  note.textContent = "";
  answers.message(...unavailable(problem.status ? problem.title : "", text, ask));
  reply.message(icon("send"), h("strong", {}, t("reply.unavailable")),
    problem.status === 0 ? h("p", {}, t("reply.unavailable_help")) : null);
  announce(text);
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
  byId("transcript").scrollTop = byId("transcript").scrollHeight;
}

async function copyReply() {
  const suggestion = reply.current;
  const text = reply.text.trim();
  if (!suggestion && last?.clarify) await copyQuestion();
  if (!suggestion || !text) return;
  const missing = slotsIn(text).map(slotLabel).join(t("list.join"));
  if (missing && warned !== text && !reply.editing) {
    warned = text;
    reply.focusSlot();
    toast(t("reply.fill_first", { slots: missing }), "alert");
    return;
  }
  if (!(await copy(text))) {
    toast(t("reply.copy_failed"), "alert");
    return;
  }
  toast(missing ? t("reply.copied_missing", { slots: missing }) : t("reply.copied"), missing ? "alert" : "check");
  const edited = text !== suggestion.text.trim();
  if (message.value.trim()) commitQuietly();
  say("agent", text);
  send({ kind: edited ? "edited" : "adopted", ...(edited ? { sent: text } : {}) }, suggestion).catch(() => {});
  if (reply.draft !== null) reply.discard();
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
  reply.reset();
  message.value = "";
  answers.reset();
  if (reader.open) reader.close();
  ask();
  message.focus();
}

function dateChanged(value) {
  date = value;
  byId("asof-banner").hidden = !date;
  byId("asof-banner").querySelector("[data-text]").textContent = t("console.asof_banner", { date });
  ask();
}

bindKeys({ message, answers, reply, reader, help: byId("keys") }, {
  copy: copyReply,
  feedback: sendFeedback,
  reset,
  commit,
  openSelected: () => openEntry(answers.current.url, answers.current.title),
});
message.addEventListener("input", schedule);
byId("channels").addEventListener("change", ask);
byId("asof").addEventListener("day", (event) => dateChanged(event.detail));
byId("asof-clear").addEventListener("click", () => {
  byId("asof").value = "";
  byId("asof").dispatchEvent(new Event("change"));
  message.focus();
});
byId("reset").addEventListener("click", reset);
byId("keys-open").addEventListener("click", () => byId("keys").showModal());
window.addEventListener("online", () => { if (lastQuestion()) ask(); });
const asked = new URLSearchParams(location.search).get("q");
if (asked) message.value = asked;
ask();
