/** How canned replies look: a row of the palette, and the preview of the selected one. */

import { told } from "../api.js";
import { h, highlight, icon } from "../dom.js";
import { t } from "../i18n.js";
import { moment } from "../moments.js";
import { stateChip, tone } from "../state.js";
import { inWords, markedHoles } from "./canned_fill.js";
import { hasVersions } from "./versions.js";

const SOON_MS = 14 * 86_400_000;

/** Whose a reply is, in a word; a team's with its name. */
export function whose(row) {
  return row.scope === "team" && row.team ? t("canned.scope_team_named", { team: row.team }) : t(`canned.scope_${row.scope}`);
}

function lasts(row) {
  if (!row.usable || !row.expires_at) return null;
  const soon = new Date(row.expires_at) - Date.now() < SOON_MS;
  return h("span", { class: soon ? "chip due" : "quiet" }, soon ? icon("clock") : null, t("canned.until", { until: moment(row.expires_at) }));
}

const standing = (row) => (row.usable && row.state === "current" ? null : stateChip({ state: row.state }));

/** One row; `onPick()` when it is clicked. */
export function drawRow(row, index, query, values, onPick) {
  const line = inWords(row.text, values).split("\n").find((part) => part.trim()) ?? row.reasons[0]?.message ?? "";
  return h("li", {
    class: `canned-row${row.usable ? "" : " over"}`, role: "option", id: `canned-${index}`, "aria-disabled": row.usable ? null : "true",
    onclick: onPick,
  },
  h("span", { class: "canned-code" }, row.short_code ? h("kbd", {}, ...highlight(row.short_code, [query])) : "—"),
  h("div", { class: "canned-head" }, h("b", {}, ...highlight(row.title, [query])), standing(row)),
  h("p", {}, line),
  h("div", { class: "canned-meta" }, h("span", { class: `chip outline ${row.scope}` }, whose(row)), lasts(row)));
}

/** The text in full, what it rests on, and why it may not be used as it is. */
export function drawPreview(row, values, { onEdit, onOpen }) {
  const [colour, shape] = tone(row.state);
  const ground = (entry) => h("li", {}, h("a", { href: entry.url, onclick: (event) => {
    if (event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    onOpen(entry.url, entry.title);
  } }, entry.title || entry.entry_id), entry.freshness ? stateChip(entry.freshness) : null,
  entry.until ? h("span", { class: "small quiet" }, t("canned.until", { until: moment(entry.until) })) : null);
  return [
    h("header", {}, h("h3", {}, row.title),
      row.may_edit ? h("button", { class: "btn plain small", type: "button", onclick: onEdit }, icon("edit"), t("canned.edit")) : null),
    row.reasons.length && (!row.usable || row.state !== "current")
      ? h("div", { class: `notice ${row.usable ? colour : "bad"}` }, icon(row.usable ? shape : "stop"),
        h("div", {}, h("b", {}, row.usable ? t(`state.${row.state}`) : t("canned.unusable")), ...row.reasons.map((reason) => h("div", {}, reason.message))))
      : null,
    row.text ? h("p", { class: "canned-text", lang: row.lang }, ...markedHoles(row.text, values)) : null,
    row.params.length ? h("p", { class: "small quiet" }, t("canned.asks", { names: row.params.map(({ label }) => label).join(t("list.join")) })) : null,
    row.rests_on.length ? h("section", { class: "canned-grounds" }, h("h4", {}, t("canned.rests_on")), h("ul", { class: "plain" }, ...row.rests_on.map(ground))) : null,
    h("p", { class: "small quiet" }, [
      row.channels.length ? row.channels.map((name) => t(`channel.${name}`)).join(t("list.join")) : t("canned.all_channels"),
      row.expires_at && row.usable ? t("canned.until", { until: moment(row.expires_at) }) : null,
      t("canned.used", { count: row.uses.mine }),
    ].filter(Boolean).join(" · ")),
  ].filter(Boolean);
}

/** Nothing was found for `query`, or there is nothing yet. */
export function drawNone(query, onNew) {
  return h("div", { class: "empty" }, icon("search"), h("strong", {}, query ? t("canned.none") : t("canned.none_yet")),
    h("button", { class: "btn", type: "button", onclick: onNew }, t("canned.save")));
}

/** The search failed, and why. */
export function drawFailed(problem, onRetry) {
  return h("div", { class: "empty" }, icon("alert"),
    h("strong", {}, told(problem)),
    h("button", { class: "btn", type: "button", onclick: onRetry }, icon("reload"), t("common.retry")));
}

/** What to compare where a reply is no longer sure: the company's own entry, else a ground that moved or is disputed. */
export function versionsOf(row) {
  if (row.entry_id) return { entryId: row.entry_id };
  const moved = row.rests_on.find(({ was, revision }) => was && revision && was !== revision);
  if (moved) return { entryId: moved.entry_id, from: moved.was, to: moved.revision, said: inWords(row.text) };
  const disputed = row.rests_on.find(({ freshness }) => hasVersions(freshness));
  return disputed ? { entryId: disputed.entry_id } : null;
}

/** Asks before a reply whose basis moved is inserted. */
export function confirmInsert(row, { onYes, onBack, onCompare }) {
  const yes = h("button", { class: "btn primary", type: "button", onclick: (event) => onYes(event.ctrlKey || event.shiftKey || event.metaKey) },
    t("canned.insert_anyway"), h("kbd", { "aria-hidden": "true" }, "↵"));
  return h("div", { class: "canned-confirm", role: "group", "aria-label": t("canned.confirm", { state: t(`state.${row.state}`) }) },
    h("p", { role: "alert" }, h("b", {}, t("canned.confirm", { state: t(`state.${row.state}`) }))),
    h("div", { class: "canned-buttons" }, yes,
      onCompare ? h("button", { class: "btn", type: "button", onclick: onCompare }, icon("split"), t("versions.both"), h("kbd", { "aria-hidden": "true" }, "Alt B")) : null,
      h("button", { class: "btn plain", type: "button", onclick: onBack }, t("canned.back"), h("kbd", { "aria-hidden": "true" }, "Esc"))));
}
