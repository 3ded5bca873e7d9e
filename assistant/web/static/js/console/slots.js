/** Variables of a text, {{customer.name}}, and questions to the agent, {{?amount}}: their names, words and values. */

import { h } from "../dom.js";
import { t } from "../i18n.js";

const EVERY = /\{\{\s*([^{}\s](?:[^{}\n]{0,60}[^{}\s])?)\s*\}\}/g;
const KEPT = "agent.name";
const named = new Map();
/** The value of a variable; one called like a property that every object has ("constructor") has none of its own. */
const own = (values, name) => (Object.hasOwn(values, name) ? String(values[name] ?? "") : "");

/** What people call a variable; its own name when nobody has named it. */
export function slotLabel(name) {
  if (name.startsWith("?")) return name.slice(1).trim();
  const key = `slot.${name}`;
  const label = t(key);
  return label === key ? name : label;
}

/** The variables still to fill in `text`, once each, in order. */
export function slotsIn(text) {
  return [...new Set([...text.matchAll(EVERY)].map((found) => found[1]))];
}

/** Where the variables of `text` stand: `{ name, start, end }`, in order. */
export function slotPlaces(text) {
  return [...text.matchAll(EVERY)].map((found) => ({ name: found[1], start: found.index, end: found.index + found[0].length }));
}

/** `text` with the variables filled that have a value; what a value contains is never read as a variable. */
export function fill(text, values) {
  return text.replace(EVERY, (all, name) => own(values, name).trim() || all);
}

/** `text` with its variables as words, for places that hold plain text. */
export function readable(text) {
  return text.replace(EVERY, (all, name) => `〔${slotLabel(name)}〕`);
}

/** `text` cut at its variables: strings, and `{ name }` for each variable. */
export function slotParts(text) {
  return text.split(EVERY).map((part, index) => (index % 2 ? { name: part } : part)).filter((part) => part !== "");
}

/** `text` as nodes with its variables marked. */
export function withSlots(text) {
  return slotParts(text).map((part) => (part.name ? h("mark", { class: "slot" }, slotLabel(part.name)) : part));
}

/** `text` as it is edited: a variable stands there by the word that people use. */
export function worded(text) {
  return text.replace(EVERY, (all, name) => {
    const label = slotLabel(name);
    named.set(label, name);
    return `{{${label}}}`;
  });
}

/** The opposite of `worded`. */
export function unworded(text) {
  return text.replace(EVERY, (all, label) => `{{${named.get(label) ?? label}}}`);
}

/**
 * A suggestion with the variables back that the service has filled, so that they can be corrected:
 * a canned reply's evidence is its template.
 */
export function asTemplate(suggestion, values) {
  let text = suggestion.text;
  let at = 0;
  const sentences = suggestion.sentences.map((sentence) => {
    const found = text.indexOf(sentence.text, at);
    const quote = sentence.evidence[0]?.quote ?? "";
    const template = slotsIn(quote).length && fill(quote, values) === sentence.text ? quote : sentence.text;
    if (found < 0) return sentence;
    text = text.slice(0, found) + template + text.slice(found + sentence.text.length);
    at = found + template.length;
    return { ...sentence, text: template };
  });
  return { ...suggestion, text, sentences };
}

/** What the agent has filled in for one customer, over what the conversation knows. */
export class SlotValues {
  #typed = {};

  /** `known()` gives the conversation's own values by name. */
  constructor(known = () => ({})) {
    this.known = known;
  }

  get all() {
    return { ...this.known(), ...this.filled };
  }

  /** What the agent typed, by name. */
  get filled() {
    return Object.fromEntries(Object.entries(this.#typed).map(([name, value]) => [name, value.trim()]).filter(([, value]) => value));
  }

  of(name) {
    return Object.hasOwn(this.#typed, name) ? this.#typed[name] : own(this.known(), name);
  }

  set(name, value) {
    this.#typed = { ...this.#typed, [name]: value };
  }

  /** Forgets what belonged to one customer; how the agent signs stays. */
  reset(typed = {}) {
    const agent = this.#typed[KEPT];
    this.#typed = { ...(agent ? { [KEPT]: agent } : {}), ...typed };
  }
}
