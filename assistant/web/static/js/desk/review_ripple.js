/** What a published version affects: entries, cases and canned replies that rest on it. */

import { call, told } from "../api.js";
import { wordDiff } from "../console/word_diff.js";
import { h, icon } from "../dom.js";
import { t } from "../i18n.js";

/** Fills `box` for a published version: at once after publishing, else when asked. */
export function showRipple(box, { entryId, revision, status }) {
  if (status !== "published") return;
  const path = `/api/v1/entries/${encodeURIComponent(entryId)}/ripple?revision=${revision}`;
  const body = h("div", { role: "status" });
  const ask = h("button", { class: "btn", type: "button", onclick: load }, icon("reload"), t("review.ripple.show"));
  box.replaceChildren(h("h2", {}, t("review.ripple.title")), ask, body);
  box.hidden = false;
  if (/^(publish|schedule)$/.test(new URLSearchParams(location.search).get("done") ?? "")) load();

  async function load() {
    ask.hidden = true;
    body.replaceChildren(h("div", { class: "skeleton comment-bar" }));
    try {
      const { touched, counts } = await call("GET", path);
      body.replaceChildren(...drawn(touched, counts, entryId, revision));
    } catch (problem) {
      ask.hidden = false;
      body.replaceChildren(h("p", { class: "bad-text" }, told(problem)));
    }
  }
}

function drawn(touched, counts, entryId, revision) {
  if (!touched.length) return [h("p", { class: "quiet" }, t("review.ripple.none"))];
  const all = `/desk/freshness/ripple?entry=${encodeURIComponent(entryId)}&revision=${revision}`;
  return [
    h("p", { class: "quiet" }, t("review.ripple.counts", counts), " ", h("a", { href: all }, t("review.ripple.work_through"))),
    h("ul", {}, ...touched.map(row)),
  ];
}

function row(one) {
  const title = one.url ? h("a", { href: one.url }, one.title) : h("b", {}, one.title);
  return h("li", {},
    h("span", { class: "lead" }, title, h("span", { class: "small quiet" }, t(`kind.${one.kind}`), one.owner ? ` · ${one.owner}` : ""),
      one.marked ? h("span", { class: "chip due" }, icon("alert"), t("state.basis_changed")) : h("span", { class: "chip" }, t("review.ripple.look")),
      ...one.ties.map((tie) => h("span", { class: "chip outline" }, t(`review.ripple.tie.${tie}`)))),
    one.sentence && !one.repeated.some(({ sentence }) => sentence === one.sentence) ? h("span", { class: "said small" }, one.sentence) : null,
    ...one.repeated.map(({ sentence, old, new: now, proposal }) => h("span", { class: "small" },
      proposal ? [t("review.ripple.proposed"), ...wordDiff(sentence, proposal).map(({ kind, text }) => (kind === "same" ? text : h(kind, {}, text)))] : t("review.ripple.reword", { old, now }))));
}
