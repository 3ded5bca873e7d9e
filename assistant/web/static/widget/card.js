/** One answer: what it is about, the answer in short, steps or a table folded, and what it rests on. */

import { holds, nodesOf, safeAddress } from "./blocks.js";
import { h, icon } from "./dom.js";
import { t } from "./texts.js";

/** The card of `answer`; `shown` is what `nodesOf` needs. One `among` others says what it answers. */
export function answerCard(answer, shown, among) {
  return h("article", { class: "card" },
    h("h3", { class: among ? null : "sr" }, (among && answer.question) || answer.title),
    h("div", { class: "short" }, answer.short.map((text) => h("p", {}, text))),
    answer.detail?.length ? fold(answer.detail, shown) : null,
    source(answer, shown.base),
  );
}

function fold(detail, shown) {
  const words = holds(detail, "ol") ? t("widget.show_steps") : holds(detail, "table") ? t("widget.show_table") : t("widget.show_more");
  const body = h("div", { class: "detail" });
  const details = h("details", { class: "fold" }, h("summary", {}, icon("down"), h("span", {}, words)), body);
  // Built when it is first opened: pictures of folded articles are not fetched either.
  details.addEventListener("toggle", () => {
    if (details.open && !body.childNodes.length) body.append(...nodesOf(detail, shown));
  });
  return details;
}

function source({ title, url, valid_since: since, valid_until: until }, base) {
  const address = url && safeAddress(url, base);
  const name = address ? h("a", { href: address, target: "_blank", rel: "noopener" }, title) : h("span", {}, title);
  const dates = since && until ? t("widget.valid_between", { since, until })
    : since ? t("widget.valid_since", { since }) : until ? t("widget.valid_until", { until }) : "";
  return h("p", { class: "source" }, h("span", { class: "parts" },
    h("span", {}, icon("book"), t("widget.source"), name), dates ? h("span", { class: "dates" }, dates) : null));
}
