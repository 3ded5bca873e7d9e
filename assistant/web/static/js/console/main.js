/** The agent console: builds its parts and wires them. Only this module knows them all. */

import { AnswerList } from "./answers.js";
import { AsOf, onDay } from "./as_of.js";
import { Asking } from "./asking.js";
import { Beside } from "./beside.js";
import { Composer } from "./composer.js";
import { ContactActions } from "./contact_actions.js";
import { ContactBook } from "./contact_book.js";
import { ContactList } from "./contact_list.js";
import { Drafts } from "./drafts.js";
import { Findings } from "./findings.js";
import { Host } from "./host.js";
import { addKnowledge } from "./knowledge.js";
import { Navigation } from "./navigation.js";
import { Reader } from "./reader.js";
import { ReplyCard } from "./reply.js";
import { Sending } from "./sending.js";
import { bindShortcuts } from "./shortcuts.js";
import { Side } from "./side.js";
import { EventStream } from "./stream.js";
import { Thread } from "./thread.js";
import { ThreadHead } from "./thread_head.js";
import { Tickets } from "./tickets.js";
import { t } from "../i18n.js";
import { addWatch } from "./watch.js";
import { Workplace } from "./workplace.js";

const byId = (id) => document.getElementById(id);
const { name: me, login } = byId("console").dataset;
const title = document.title;
const current = () => workplace.current;

// What is beside the conversation.
const reader = new Reader(byId("reader"));
const openEntry = (url, name) => reader.show(onDay(url, current().asOf), name);
const answers = new AnswerList(byId("answers"), byId("message"), (result) => openEntry(result.url, result.title));
const side = new Side(byId("side-tabs"));
side.add("answers", { label: t("console.answers"), element: byId("side-answers"), combo: "Alt+A" });
side.add("cases", { label: t("console.cases"), element: byId("cases"), combo: "Alt+C", onShow: () => beside.cases.shown() });
side.add("changes", { label: t("console.changes"), element: byId("changes"), combo: "Alt+L" });

// The reply and where it goes.
const reply = new ReplyCard(byId("reply"), {
  send: () => sending.send(current()),
  copy: () => sending.copy(),
  feedback: (kind) => (kind === "outdated" ? knowledge.report.start() : sending.report(current(), kind)),
  slot: (name, value) => current().fill({ [name]: value }),
  open: openEntry,
  home: () => workplace.home(),
  about: () => aboutReply(current()),
});
/** What the reply needs to know of a conversation. */
function aboutReply(conversation) {
  const { slots, asOf, channel, live, embedded } = conversation;
  const said = conversation.said().filter(({ role }) => role === "customer").map(({ text }) => text);
  return { slots, asOf, channel, said, action: embedded ? "insert" : live ? "send" : "copy" };
}
const book = new ContactBook(me);
const actions = new ContactActions(book);
const host = Host.around(byId("console"));
const sending = new Sending({ reply, book, host, onSent: (conversation) => workplace.sent(conversation) });

// The conversation.
const drafts = new Drafts(login);
const asking = new Asking();
const head = new ThreadHead(byId("talk-head"), me);
head.action({ name: "take", label: () => t("contacts.take"), icon: "person", primary: () => true,
  when: ({ assignedTo, status }) => !assignedTo && status === "open", run: () => actions.change(current(), { assigned_to: "me" }) });
head.action({ name: "words", label: () => t("contacts.words"), icon: "edit", combo: "Alt+M", when: ({ status }) => status === "open",
  pressed: ({ unfolded }) => unfolded, run: () => workplace.unfold() });
head.action({ name: "let-go", label: () => t("contacts.let_go"), icon: "back",
  when: ({ assignedTo, status }) => assignedTo === me && status === "open", run: () => actions.change(current(), { assigned_to: "" }) });
head.action({ name: "close", label: ({ status }) => t(status === "open" ? "contacts.close" : "contacts.reopen"), icon: "check", combo: "Alt+X",
  run: () => actions.closeOrReopen(current()) });
head.below(new Tickets(byId("tickets")));
const risk = addWatch({
  root: byId("risk"), head, conversation: current, home: () => workplace.home(),
  told: (contact) => book.apply({ type: "contact", data: { summary: contact } }), next: (id) => navigation.nextAfter(id),
});
const findings = new Findings({ answers, reply, risk }, {
  take: (text) => { composer.field.value = text; workplace.typed(text); workplace.refresh(); composer.focus(); },
  sendQuestion: () => sending.sendQuestion(current()),
  resend: () => sending.send(current()),
  gap: () => actions.reportGap(current()),
  retry: () => workplace.refresh(true),
  shown: (conversation) => beside.shown(conversation),
});
const moveAnswer = (step) => { beside.uncover(); side.show("answers"); answers.move(step); };
const composer = new Composer(answers, {
  typed: (text) => workplace.typed(text),
  commit: () => workplace.commit(),
  channel: (name) => { current().channel = name; workplace.refresh(); },
  move: moveAnswer,
  open: () => answers.openSelected(),
  fills: () => reply.unfilled.length > 0,
  fill: () => reply.focusSlot(),
});
const asOf = new AsOf((day) => workplace.choose(day));
const thread = new Thread(byId("transcript"), {
  onRetry: (message) => book.retry(current(), message),
  onTakeBack: (message) => workplace.takeBack(message),
});
const list = new ContactList(byId("contacts"), book, {
  onOpen: (id) => workplace.open(id),
  onFilter: (name) => { if (name === "closed") book.loadClosed().catch(() => {}); },
  onRetry: () => begin(),
  hasDraft: (contact) => drafts.of(contact) !== null,
});
const workplace = new Workplace({ actions, answers, asking, asOf, book, composer, drafts, findings, head, list, reader, reply, side, thread });
const knowledge = addKnowledge({
  reply, answers, side, news: byId("changes"), person: me, conversation: current, open: openEntry, renew: () => workplace.refresh(true),
});
const beside = new Beside({ side, reader: byId("reader"), answers: byId("side-answers"), cases: byId("cases") }, {
  conversation: current, found: () => current().found, current: () => reply.current, selected: () => answers.current,
  said: () => aboutReply(current()).said, asOf: () => current().asOf, insert: (text, source) => reply.insert(text, source),
  open: openEntry, home: () => workplace.home(),
});

const navigation = new Navigation({ book, list, current, open: (id) => workplace.open(id) });
bindShortcuts({ actions, answers, asOf, beside, current, navigation, reader, reply, sending, side, workplace });

byId("reply").addEventListener("input", () => drafts.keep(current(), reply.draft));
addEventListener("online", () => {
  workplace.refresh();
  if (book.state === "failed") begin();
});

// What arrives.
const stream = new EventStream(login);
stream.addEventListener("state", ({ detail }) => list.connection(detail.live, detail.since));
stream.addEventListener("event", ({ detail }) => {
  if (detail.type === "knowledge") {
    workplace.renewed();
    knowledge.feed.refresh();
  } else if (detail.type === "reset") book.load().catch(() => {});
  else book.apply(detail);
});
book.addEventListener("arrived", ({ detail: { summary, message } }) => {
  if (message.role === "customer" && summary.id !== current().id) findings.announce(t("contacts.arrived", { name: summary.customer.name ?? "" }));
});
book.addEventListener("list", () => {
  const unread = book.listed().reduce((sum, contact) => sum + contact.unread, 0);
  document.title = unread ? `(${unread}) ${title}` : title;
});
setInterval(() => { list.tick(); head.tick(); }, 1000);

async function begin() {
  const position = await book.load().catch(() => null); // the list says so and offers to try again
  if (position === null) return;
  stream.start(position);
  if (asked.has("contact") && await book.find(asked.get("contact"))) workplace.open(asked.get("contact"));
  if (!host?.book) host?.start({ book, open: (id) => workplace.open(id, document.hasFocus()) });
}
const asked = new URLSearchParams(location.search);
workplace.scratch.typed = asked.get("q") ?? composer.field.value; // the page can be typed into before it is ready
workplace.scratch.channel = composer.channel;
workplace.start();
begin();
