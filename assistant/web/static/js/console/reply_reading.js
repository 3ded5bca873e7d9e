/** The reply as it is read before it is sent: parts named in the margin, variables to fill where they stand. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { rowsOf } from "./parts.js";
import { fieldSize } from "./slot_fields.js";
import { slotLabel, slotParts, slotPlaces } from "./slots.js";
import { ofSentence } from "./sources.js";

/**
 * The body of a suggestion. `card` gives `values` (SlotValues), `popover`, `on.open`, and takes `slotTyped(name, value)`,
 * `slotDone(name)` and `leaveSlot(field, back)`.
 */
export function drawSuggestion(suggestion, collected, card) {
  const met = new Set();
  return h("div", bodyProps("reply-body"), ...rowsOf(suggestion).map((row) => h("div", { class: `part ${row.part}${row.gap ? " gap" : ""}` },
    h("span", { class: "part-name" }, row.name ? t(`part.${row.name}`) : null),
    h("p", {}, ...row.sentences.flatMap((one) => [
      one.before ? h("span", { class: "lead" }, one.before) : null, drawSentence(one, ofSentence(one.sentence, collected), card, met),
    ])))));
}

/** What the agent has written, read back; `wrong` are the figures that the evidence does not back. */
export function drawOwn(text, wrong, chip) {
  const marks = [
    ...slotPlaces(text).map((place) => ({ ...place, node: () => h("mark", { class: "slot" }, slotLabel(place.name)) })),
    ...wrong.map((figure) => ({ ...figure, node: () => h("mark", { class: "wrong", title: wrongText(figure) }, figure.text) })),
  ].sort((a, b) => a.start - b.start);
  const nodes = [];
  let at = 0;
  for (const mark of marks) {
    if (mark.start < at) continue;
    nodes.push(text.slice(at, mark.start), mark.node());
    at = mark.end;
  }
  return h("div", bodyProps("reply-body own"), h("span", { class: "chip info" }, icon("edit"), chip), h("p", {}, ...nodes, text.slice(at)), drawWrong(wrong));
}

/** The figures that are wrong, as a list in words. */
function drawWrong(wrong) {
  if (!wrong.length) return null;
  return h("ul", { class: "draft-figures" }, ...wrong.map((figure) => h("li", { class: "bad-text" }, icon("alert"), wrongText(figure))));
}

/** In words, what is wrong with a figure. */
export function wrongText({ text, near }) {
  return near.length ? t("reply.wrong", { figure: text, near: near.join(t("list.join")) }) : t("reply.wrong_alone", { figure: text });
}

/** Where the focus is at home. */
export function bodyProps(name) {
  return { class: name, role: "group", tabindex: "0", data: { home: "" }, "aria-label": t("reply.body") };
}

function drawSentence({ sentence, index }, items, card, met) {
  const element = h("span", {
    class: `sentence ${sentence.part}`, tabindex: "-1", role: "group", data: { sentence: String(index), ...(items.length ? { ev: items.map(({ n }) => n).join(" ") } : {}) },
    "aria-describedby": items.length ? items.map(({ n }) => `ev-${n}`).join(" ") : null,
    onpointerenter: () => card.popover.show(element, items), onpointerleave: () => card.popover.leave(),
    onfocusin: () => card.popover.show(element, items), onfocusout: () => card.popover.leave(),
    onkeydown: (event) => {
      if (event.target !== element || event.key !== "Enter" || event.ctrlKey || event.metaKey || !items.length) return;
      event.preventDefault();
      card.on.open(items[0].url, items[0].title);
    },
  }, ...ended(slotParts(sentence.text).map((part) => (part.name ? drawSlot(part.name, card, met) : part)), items.map((item) => h("sup", {}, h("button", {
    type: "button", tabindex: "-1", "aria-label": t("reply.source_n", { n: item.n }), title: item.title, onclick: () => card.on.open(item.url, item.title),
  }, String(item.n))))));
  return element;
}

/** Nodes with `marks` at their end, which never begin a line of their own. */
function ended(nodes, marks) {
  const last = nodes.at(-1);
  if (!marks.length || typeof last !== "string") return [...nodes, ...marks];
  const cut = Math.max(0, last.length - 2);
  return [...nodes.slice(0, -1), last.slice(0, cut), h("span", { class: "keep" }, last.slice(cut), ...marks)];
}

/** A field where the variable stands first, its value where it stands again. */
function drawSlot(name, card, met) {
  const label = slotLabel(name);
  const value = card.values.of(name);
  if (met.has(name)) return h("span", { class: value.trim() ? "echo" : "echo slot", data: { echo: name } }, value.trim() || label);
  met.add(name);
  return h("input", {
    class: "slot-input", type: "text", value, placeholder: label, "aria-label": label, title: label, data: { slot: name }, autocomplete: "off", maxlength: 200,
    size: fieldSize(name, value),
    oninput: (event) => card.slotTyped(name, event.target.value),
    onchange: () => card.slotDone(name),
    onkeydown: (event) => {
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key !== "Enter" && event.key !== "Tab") return;
      if (event.key === "Tab" && event.shiftKey) return;
      event.preventDefault();
      card.leaveSlot(event.target);
    },
  });
}
