/** What goes along with a hand-over, in words: what is wanted, what was tried, how the customer sounds. */

import { lang, t } from "../i18n.js";
import { groupLabel } from "./skill_groups.js";
import { slotLabel } from "./slots.js";

const LONGEST = 160;
const MOST_SENT = 3;

const cut = (text) => {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
};

/** What the next colleague needs first, as `[label, text]` lines; empty ones are left out. */
export function summaryOf(conversation) {
  const { messages, slots = {} } = conversation;
  const risk = conversation.id ? conversation.risk : conversation.found?.risk; // of a scratch one only the answer tells
  const asked = messages.filter(({ role }) => role === "customer");
  const sent = messages.filter(({ role }) => role === "agent");
  const facts = Object.entries(slots).filter(([name, value]) => value && !name.startsWith("agent."));
  return [
    ["handover.wanted", asked.length ? cut(asked.at(-1).text) : ""],
    ["handover.facts", facts.map(([name, value]) => `${slotLabel(name)} ${value}`).join(t("list.join"))],
    ["handover.tried", sent.length ? sent.slice(-MOST_SENT).map(({ text }) => cut(text)).join(lang === "en" ? " / " : "／") : t("handover.nothing_sent")],
    ...riskLines(risk),
  ].filter(([, text]) => text).map(([key, text]) => [t(key), text]);
}

function riskLines(risk) {
  if (!risk?.grade) return [];
  const quote = (words) => words.map((word) => t("risk.quote", { word })).join("").trim();
  const complaint = risk.complaint ? `${t("list.semicolon")}${t(`risk.complaint_${risk.complaint.colour}`)}` : "";
  return [
    ["risk.mood", [t(`mood.${risk.mood}`), quote(risk.mood_words)].filter(Boolean).join(" ")],
    ["risk.graded", `${t("risk.grade", { grade: risk.grade })} · ${t(`risk.reason.${risk.grade_reason}`)}${complaint}`],
    ["handover.warnings", quote([...new Set(risk.sensitive.map(({ word }) => word))])],
  ];
}

/** The whole hand-over as text, for a conversation that no service keeps. */
export function asText(conversation, { group, reason, note }) {
  const lines = [[t("handover.to"), groupLabel(group)], [t("handover.reason"), reason], ...summaryOf(conversation), ...(note ? [[t("handover.note"), note]] : [])];
  const said = conversation.messages.map(({ role, text }) => `${t(`speaker.${role}`)}${text}`);
  return [...lines.map(([label, text]) => t("handover.line", { label, text })), "", ...said].join("\n");
}
