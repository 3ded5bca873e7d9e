/** Beside the results: how a question was read, and what would have been found but was filtered out. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { confidence } from "../state.js";

const AT_FIRST = 4;
const REASON = {
  not_yet_effective: ["info", "calendar"], expired: ["bad", "stop"], withdrawn: ["bad", "stop"], superseded: ["bad", "split"],
  audience: ["due", "person"], channel: ["due", "send"], kind: ["due", "book"],
};

/** How the question was read: as it stands, or with mistyped words taken for others. */
export function readAs(read) {
  return h("section", { class: "panel hit-block" }, h("h2", {}, t("hit.read_as")),
    read ? h("p", {}, icon("edit"), h("span", {}, t("hit.corrected", { text: read })))
      : h("p", { class: "quiet" }, icon("check"), h("span", {}, t("hit.as_written"))));
}

/** What was filtered out: why, and where it would have stood. */
export function filteredOut(filtered) {
  return h("section", { class: "panel hit-block" }, h("h2", {}, t("hit.filtered"), filtered.length ? h("span", { class: "hit-n" }, String(filtered.length)) : null),
    filtered.length ? list(filtered)
      : h("p", { class: "quiet" }, icon("check"), h("span", {}, t("hit.filtered_none"))));
}

/** The first few, the others behind a button. */
function list(filtered) {
  const rest = filtered.slice(AT_FIRST);
  const rows = h("ul", { class: "hit-filtered" }, ...filtered.slice(0, AT_FIRST).map(row));
  if (!rest.length) return rows;
  const more = h("button", { class: "btn plain", type: "button", onclick: () => {
    const added = rest.map(row);
    rows.append(...added);
    more.remove();
    added[0].querySelector("a").focus();
  } }, t("impact.more", { count: rest.length }));
  return h("div", {}, rows, more);
}

function row({ revision, title, url, reason, detail, confidence: sure, would_rank: rank }) {
  const [tone, shape] = REASON[reason] ?? ["due", "alert"];
  return h("li", { data: { reason } },
    h("p", { class: "hit-filtered-head" }, h("a", { href: url }, title), h("span", { class: "small quiet" }, t("entry.revision", { number: revision }))),
    h("p", {}, h("span", { class: `chip ${tone}` }, icon(shape), t(`hit.reason.${reason}`)), " ",
      h("span", { class: "small" }, t("hit.would_rank", { rank })), h("span", { class: "small quiet" }, confidence(sure))),
    detail ? h("p", { class: "small quiet" }, detail) : null);
}
