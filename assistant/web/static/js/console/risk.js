/** The strip of what to watch for in a conversation: one line, its reasons behind a button, and early warnings. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { clearMarks, markWords } from "./marks.js";
import { reasons } from "./risk_reasons.js";
import { clockFace, currentClock, stateOf } from "./clock.js";
import { groupLabel, skillGroups } from "./skill_groups.js";

const MOODS = { calm: "plain", worried: "due", angry: "bad" };
const LEVELS = { low: "plain", medium: "info", high: "due" };
const GRADES = { A: "bad", B: "due", C: "plain" };
const COLOURS = { red: "bad", yellow: "due", green: "good" };
const MOST_WORDS = 2;

/** Words as they were written, in quotes. */
const quoted = (words, most = MOST_WORDS) => {
  const shown = words.slice(0, most).map((word) => t("risk.quote", { word })).join("");
  return words.length > most ? t("risk.and_more", { words: shown, count: words.length }) : shown;
};

/**
 * Draws into `root`: `show` brings it up to date. `handOver(conversation, suggested)` opens the
 * hand-over. A warning is announced once; what only changes its time or order is not.
 */
export class RiskStrip {
  #conversation = null;
  #shape = "";
  #warned = "";
  #found = null;
  #states = new Map(); // of the clocks as they were last told

  constructor(root, { handOver, transcript = document.getElementById("transcript") }) {
    this.root = root;
    this.on = { handOver };
    this.transcript = transcript;
    this.warning = h("div", { class: "risk-warning", hidden: true });
    this.alarm = h("p", { class: "visually-hidden", role: "alert" });
    this.said = h("p", { class: "visually-hidden", role: "status" });
    this.parts = h("div", { class: "risk-parts" });
    this.details = h("div", { class: "risk-details panel", id: "risk-details", hidden: true });
    this.toggle = h("button", {
      class: "btn plain risk-toggle", type: "button", "aria-expanded": "false", "aria-controls": "risk-details", onclick: () => this.expand(),
    }, icon("next"), t("risk.why"));
    root.replaceChildren(this.alarm, this.said, this.warning, h("div", { class: "risk-line" }, this.parts, this.toggle), this.details);
    root.addEventListener("clockstate", () => this.#tellTime());
    skillGroups().then(() => { this.#shape = ""; this.#draw(); }, () => {});
  }

  /** Shows the risk of a conversation and who should take it; neither when nothing was said yet. */
  show({ risk, handover }, conversation) {
    const other = this.#conversation?.id !== conversation?.id || !risk?.grade;
    if (other) {
      this.expand(false);
      this.#warned = "";
      this.#states.clear();
      clearMarks();
    }
    this.#conversation = conversation;
    this.#found = risk?.grade ? { risk, handover: handover ?? risk.handover } : null;
    this.#draw();
  }

  /** Who should take the conversation over, as far as anybody should. */
  get suggested() {
    return this.#found?.handover ?? null;
  }

  /** The line in words, without its clocks; warnings speak for themselves. */
  get spoken() {
    const risk = this.#found?.risk;
    if (!risk) return "";
    const complaint = risk.complaint ? t(`risk.complaint_${risk.complaint.colour}`) : "";
    const parts = [t(`mood.${risk.mood}`) + quoted(risk.mood_words), this.#complexity(risk.complexity), t("risk.grade", { grade: risk.grade }), complaint];
    return parts.filter(Boolean).join(t("list.join"));
  }

  /** Opens or closes the reasons. */
  expand(open = this.details.hidden) {
    this.details.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
  }

  get #closedAt() {
    return this.#conversation?.status === "closed" ? this.#conversation.summary?.closed_at ?? null : null;
  }

  #draw() {
    const found = this.#found;
    const closedAt = this.#closedAt;
    const shape = JSON.stringify([this.#conversation?.id, found, closedAt]);
    if (shape === this.#shape) return;
    this.#shape = shape;
    this.root.hidden = !found;
    if (!found) {
      this.#warn(null);
      this.parts.replaceChildren();
      return;
    }
    const focused = this.root.contains(document.activeElement) ? document.activeElement.dataset.part : null;
    this.#warn(found);
    this.parts.replaceChildren(...this.#line(found, closedAt));
    this.details.replaceChildren(...reasons(found, closedAt, this.#handOverButton(found)));
    if (focused) this.root.querySelector(`[data-part="${focused}"]`)?.focus();
    this.#tellTime(); // a clock may have run on between its last look and being drawn anew
  }

  #line({ risk }, closedAt) {
    const { mood, complexity, complaint } = risk;
    const clock = (one) => clockFace(currentClock(one, closedAt));
    // The grade and the complaint mostly have one ground and one clock: that is said once.
    const same = complaint && complaint.reason === risk.grade_reason;
    const together = same && currentClock(complaint, closedAt).due === currentClock(risk.clock, closedAt).due;
    return [
      this.#part("mood", MOODS[mood] ?? "plain", "mood", [t(`mood.${mood}`), quoted(risk.mood_words)], risk.mood_words),
      this.#part("complexity", LEVELS[complexity.level], "split", [this.#complexity(complexity)], []),
      this.#part("grade", GRADES[risk.grade], null, [h("b", {}, t("risk.grade", { grade: risk.grade })), t(`risk.reason.${risk.grade_reason}`),
        clock(risk.clock)], risk.grade_words),
      complaint ? this.#part("complaint", COLOURS[complaint.colour], "flag", [h("b", {}, t(`risk.complaint_${complaint.colour}`)),
        same ? null : t(`risk.reason.${complaint.reason}`), together ? null : clock(complaint)], complaint.words) : null,
    ].filter(Boolean);
  }

  /** One part of the line: hovering or focusing it points at its words, a click opens the reasons. */
  #part(name, tone, shape, content, words) {
    const mark = () => markWords(this.transcript, words);
    return h("button", {
      class: `chip ${tone} risk-part`, type: "button", data: { part: name }, onclick: () => this.expand(true),
      onpointerenter: mark, onfocus: mark, onpointerleave: clearMarks, onblur: clearMarks,
    }, shape ? icon(shape) : null, ...content.filter(Boolean));
  }

  #complexity({ level, reasons: why, departments, questions }) {
    if (level === "low") return t("risk.simple");
    const told = why.map((reason) => {
      if (reason === "departments") return t("risk.count_departments", { count: departments.length });
      return reason === "questions" ? t("risk.count_questions", { count: questions }) : t(`risk.reason.${reason}`);
    });
    return t("risk.complex", { reasons: told.join(t("list.join")) });
  }

  /** Sensitive words: hard to miss, and out of the way of whoever is typing. */
  #warn(found) {
    const words = found?.risk.sensitive ?? [];
    this.warning.hidden = !words.length;
    const topics = [...new Set(words.map(({ topic }) => topic))];
    if (!words.length) {
      this.alarm.textContent = "";
      this.#warned = "";
      return;
    }
    const named = topics.map((topic) => t(`risk.topic.${topic}`)).join(t("list.join"));
    const { escalation } = found.risk;
    const what = escalation ? t("risk.escalate", { minutes: escalation.minutes, group: groupLabel(escalation.group) }) : "";
    const verbatim = [...new Set(words.map(({ word }) => word))];
    const mark = () => markWords(this.transcript, verbatim);
    this.warning.replaceChildren(icon("alert"),
      h("p", { onpointerenter: mark, onpointerleave: clearMarks }, h("strong", {}, t("risk.warning", { topics: named })), h("span", {}, quoted(verbatim, 3)),
        h("span", { class: "risk-advice" }, what)),
      h("div", { class: "risk-warning-actions" },
        h("button", { class: "btn", type: "button", data: { part: "advice" }, onclick: () => this.expand(true), onfocus: mark, onblur: clearMarks }, t("risk.what_to_do")),
        this.#handOverButton(found, "warning")));
    if (this.#warned === named) return;
    this.#warned = named;
    this.alarm.textContent = [t("risk.warning", { topics: named }), quoted(verbatim, 3), what].join(" ");
  }

  #handOverButton({ handover }, place = "details") {
    return h("button", {
      class: "btn", type: "button", data: { part: `handover-${place}` }, "aria-keyshortcuts": "Alt+H", onclick: () => this.on.handOver(this.#conversation, handover),
    }, icon("person"), t("handover.action"), h("kbd", { "aria-hidden": "true" }, "Alt H"));
  }

  /** Says what has become due since it was looked at last; nothing of clocks that are new here. */
  #tellTime() {
    const closedAt = this.#closedAt;
    for (const one of [this.#found?.risk.clock, this.#found?.risk.complaint]) {
      if (!one) continue;
      const clock = currentClock(one, closedAt);
      const [state, key] = [stateOf(clock), `${clock.what} ${clock.due}`];
      const before = this.#states.get(key);
      this.#states.set(key, state);
      if (before && before !== state && (state === "due" || state === "over")) this.said.textContent = t(`clock.say_${clock.what}_${state}`);
    }
  }
}
