/** Both versions side by side: of two entries that disagree, of a basis then and now, of two revisions. */

import { call, told } from "../api.js";
import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { stateChip, tone, validity } from "../state.js";

/** What the two columns are, by why they are compared. */
const SIDES = {
  conflict: ["versions.this_entry", "versions.other_entry"],
  basis_changed: ["versions.basis_then", "versions.basis_now"],
  superseded: ["versions.before", "versions.successor"],
  current: ["versions.before", "versions.after"],
};

/** Whether an answer's freshness has two versions to show. */
export function hasVersions(freshness) {
  return (freshness?.reasons ?? []).some(({ state, refs }) => state in SIDES && state !== "current" && refs.length);
}

/**
 * The chip of an entry's state; where there are two versions a press on it asks the page to compare them (event
 * `versions` with the entry's id). Inside an option of a list it is no control of its own: there a key does it.
 */
export function versionsChip(freshness, entryId, { option = false } = {}) {
  const chip = stateChip(freshness);
  if (!hasVersions(freshness)) return chip;
  const ask = (event) => {
    event.stopPropagation();
    chip.dispatchEvent(new CustomEvent("versions", { bubbles: true, detail: entryId }));
  };
  const title = `${chip.title}\n${t("versions.both")} (Alt+B)`;
  if (option) {
    chip.classList.add("pressable");
    chip.title = title;
    chip.addEventListener("click", ask);
    return chip;
  }
  return h("button", { class: "chip-press", type: "button", title, "aria-keyshortcuts": "Alt+B", onclick: ask },
    chip, h("span", { class: "small" }, t("versions.short")));
}

/** A button that asks for the comparison of the first of a suggestion's sources that has two versions; null without. */
export function versionsButton({ entry_id: own, freshness, sentences }) {
  const sources = [{ entry_id: own, freshness }, ...sentences.flatMap(({ evidence }) => evidence)];
  const disputed = sources.find((source) => hasVersions(source.freshness));
  return disputed ? h("button", {
    class: "btn small", type: "button", data: { act: "versions" }, "aria-keyshortcuts": "Alt+B",
    onclick: (event) => event.target.dispatchEvent(new CustomEvent("versions", { bubbles: true, detail: disputed.entry_id })),
  }, icon("split"), t("versions.both"), h("kbd", { "aria-hidden": "true" }, "Alt B")) : null;
}

/**
 * Opens the dialog. `target` is `{ entryId, from, to, said }`: without revision numbers it shows whatever
 * of the entry has two versions; `said` is the sentence that the agent was about to send. `page` has
 * `open(url, title)` for an entry, and `report(side, sentence)` where something can be reported.
 */
export async function showVersions(target, page) {
  const body = h("div", { class: "versions-body", tabindex: "-1" }, h("div", { class: "skeleton bar" }), h("div", { class: "skeleton bar thin" }));
  const title = h("h2", { id: "versions-title" }, t("versions.both"));
  const dialog = h("dialog", {
    class: "sheet versions", "aria-labelledby": "versions-title", onclose: () => dialog.remove(), onkeydown: (event) => event.stopPropagation(),
    onclick: (event) => { if (event.target === dialog) dialog.close(); },
  }, h("header", {}, title, h("button", { class: "btn plain icon-only", type: "button", "aria-label": t("common.close"), onclick: () => dialog.close() }, icon("close"))), body);
  document.body.append(dialog);
  dialog.showModal();
  body.focus();
  await load();

  async function load() {
    const asked = target.from && target.to ? `?from=${target.from}&to=${target.to}` : "";
    try {
      const found = await call("GET", `/api/v1/entries/${encodeURIComponent(target.entryId)}/versions${asked}`);
      title.textContent = t("versions.of", { title: found.title });
      body.replaceChildren(...(found.comparisons.length ? found.comparisons.map((compared) => comparison(compared, target.said, leave)) : [nothing()]));
    } catch (problem) {
      body.replaceChildren(h("div", { class: "empty" }, icon("alert"),
        h("strong", {}, told(problem)),
        h("button", { class: "btn", type: "button", onclick: load }, icon("reload"), t("common.retry"))));
    }
  }

  function leave(side, sentence) {
    dialog.close();
    if (sentence === undefined) page.open(side.url, side.title);
    else page.report(side, sentence);
  }
}

function nothing() {
  return h("div", { class: "empty" }, icon("check"), h("strong", {}, t("versions.none")), h("p", {}, t("versions.none_help")));
}

/** One comparison; `leave(side)` opens an entry, `leave(side, sentence)` reports a sentence of it. */
function comparison(compared, said, leave) {
  const { state, message, left, right, own } = compared;
  const [colour, shape] = tone(state);
  const mine = [...new Set([...(said ? [said] : []), ...own])];
  const [leftName, rightName] = SIDES[state] ?? SIDES.current;
  return h("section", { class: "comparison" },
    message ? h("p", { class: `notice ${colour}` }, icon(shape), h("span", {}, h("b", {}, t(`state.${state}`)), " ", message)) : null,
    mine.length && state === "basis_changed" ? h("div", { class: "versions-own" }, h("b", {}, t("versions.own")), ...mine.map((sentence) => h("q", {}, sentence))) : null,
    h("table", { class: "versions-table" },
      h("thead", {}, h("tr", {}, head(left, leftName, leave), head(right, rightName, leave))),
      h("tbody", {}, ...(compared.pairs.length ? rows(compared.pairs, t(leftName), t(rightName), state === "conflict") : [h("tr", {}, h("td", { colspan: 2, class: "quiet" }, t(left && right ? "versions.same" : "versions.hidden")))]))),
    state === "conflict" ? h("div", { class: "versions-actions" },
      ...[[left, compared.pairs[0]?.before], [right, compared.pairs[0]?.after]].filter(([side, sentence]) => side && sentence).map(([side, sentence]) =>
        h("button", { class: "btn", type: "button", onclick: () => leave(side, sentence) }, icon("flag"), t("versions.report", { title: side.title })))) : null);
}

function head(side, name, leave) {
  if (!side) return h("th", { scope: "col" }, h("span", { class: "small quiet" }, t(name)), h("div", {}, t("versions.nothing")));
  return h("th", { scope: "col" }, h("span", { class: "small quiet" }, t(name)),
    h("a", { href: side.url, onclick: (event) => {
      if (event.metaKey || event.ctrlKey) return;
      event.preventDefault();
      leave(side);
    } }, side.title),
    h("span", { class: "small quiet" }, `${t("entry.revision", { number: side.revision })} · ${validity(side.effective)}`));
}

/** Rows of the table: sentences that belong together word by word; what was only added or removed in one row. */
function rows(pairs, leftName, rightName, equal) {
  const found = [];
  let run = null;
  for (const pair of pairs) {
    if (pair.before && pair.after) {
      run = null;
      found.push({ left: [words(pair.words, "delete", equal)], right: [words(pair.words, "insert", equal)] });
    } else {
      if (!run) found.push(run = { left: [], right: [] });
      if (pair.before) run.left.push([h("del", {}, pair.before)]);
      else run.right.push([h("ins", {}, pair.after)]);
    }
  }
  const cell = (sentences, name) => h("td", { data: { side: name } }, sentences.length ? sentences.map((nodes) => h("p", {}, ...nodes)) : h("span", { class: "quiet", "aria-label": t("versions.absent") }, "—"));
  return found.map(({ left, right }) => h("tr", {}, cell(left, leftName), cell(right, rightName)));
}

/** One side of a pair: what both have, and what only this one has; of two `equal` sides neither is the older one. */
function words(changes, own, equal) {
  const tag = equal ? "mark" : own === "delete" ? "del" : "ins";
  return changes.filter(({ op }) => op === "equal" || op === own).map(({ op, text }) => (op === "equal" ? text : h(tag, {}, text)));
}
