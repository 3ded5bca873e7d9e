/** Questions that must find their entry and would not: as a list a reviewer reads before overriding. */

import { h } from "../dom.js";
import { t } from "../i18n.js";

const title = (answer) => (answer ? answer.title : t("review.take.no_answer"));

/** The list; each question with its answer before and after. */
export function brokenList(questions) {
  return h("div", {}, h("p", {}, t("review.take.broken", { count: questions.length })),
    h("ul", { class: "broken", tabindex: "0", "aria-label": t("review.take.broken", { count: questions.length }) }, ...questions.map(({ text, before, after }) => h("li", {}, h("b", {}, text),
      h("span", { class: "small" }, t("review.take.before_after", { before: title(before), after: title(after) }))))));
}
