/** Why the strip says what it says: every part with its words, its clocks, and what to do. */

import { h, icon } from "../dom.js";
import { lang, t } from "../i18n.js";
import { clockFace } from "./clock.js";
import { groupLabel } from "./skill_groups.js";

const row = (label, ...content) => [h("dt", {}, label), h("dd", {}, ...content.filter(Boolean))];
const words = (list) => (list.length ? h("span", { class: "risk-words" }, ...[...new Set(list)].map((word) => h("q", {}, word))) : null);
/** A text of the site's tables in the reader's language, as far as they have it. */
const localised = (entry, name) => (lang === "en" && entry[`${name}_en`]?.length ? entry[`${name}_en`] : entry[name]);

/** The rows for `{ risk, handover }`; `button` hands the conversation over. */
export function reasons({ risk, handover }, closedAt, button) {
  const { complexity, complaint, escalation } = risk;
  const list = h("dl", { class: "risk-reasons" },
    ...row(t("risk.mood"), h("b", {}, t(`mood.${risk.mood}`)), words(risk.mood_words)),
    ...row(t("risk.complexity"), h("b", {}, t(`risk.level_${complexity.level}`)), told(complexity)),
    ...row(t("risk.graded"), h("b", {}, t("risk.grade", { grade: risk.grade })), h("span", {}, t(`risk.reason.${risk.grade_reason}`)), words(risk.grade_words), clocks(risk.clock, closedAt)),
    ...(complaint ? row(t("risk.complaint"), h("b", {}, t(`risk.complaint_${complaint.colour}`)), h("span", {}, t(`risk.reason.${complaint.reason}`)), words(complaint.words), clocks(complaint, closedAt)) : []),
    ...warnings(risk.sensitive),
    ...(escalation && risk.sensitive.length ? row(t("risk.path"), h("ol", {}, ...localised(escalation, "path").map((step) => h("li", {}, step)))) : []),
    ...(handover?.needed ? row(t("risk.suggested"), h("span", {}, t("risk.handover", { group: groupLabel(handover.skill_group), reason: t(`handover.${handover.reason}`) })), button) : []));
  return [list];
}

function told({ departments, questions, repeated }) {
  const parts = [
    departments.length ? t("risk.departments", { names: departments.map(groupLabel).join(t("list.join")) }) : null,
    questions > 1 ? t("risk.count_questions", { count: questions }) : null,
    repeated ? t("risk.reason.repeated") : null,
  ].filter(Boolean);
  return parts.length ? h("span", {}, parts.join(t("list.semicolon"))) : h("span", {}, t("risk.one_question"));
}

/** Both times: until the answer, with what became of it, and until the result. */
function clocks(clock, closedAt) {
  const { since, respond_by: respondBy, resolve_by: resolveBy, responded_at: respondedAt } = clock;
  return h("span", { class: "risk-clocks" },
    clockFace({ what: "respond", since, due: respondBy, stopped: respondedAt ?? closedAt }),
    clockFace({ what: "resolve", since, due: resolveBy, stopped: closedAt }));
}

/** Each topic once, with its words and what to do. */
function warnings(sensitive) {
  return [...new Set(sensitive.map(({ topic }) => topic))].flatMap((topic) => {
    const found = sensitive.filter((one) => one.topic === topic);
    return row(h("span", { class: "risk-topic" }, icon("alert"), t(`risk.topic.${topic}`)),
      words(found.map(({ word }) => word)), h("p", {}, localised(found[0], "advice")));
  });
}
