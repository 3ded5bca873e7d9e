/** Lists as they are typed: Enter goes on with the next item, Tab and Shift+Tab move an item in and out. */

import { lineAt, linesOf } from "./editor_text.js";

const ITEM = /^(?<indent>\s*)(?:(?<bullet>[-*+])|(?<number>\d{1,6})(?<point>[.)]))(?<gap>\s+)(?<text>.*)$/;
const QUOTE = /^(?<mark>\s*(?:>\s?)+)(?<text>.*)$/;
const INDENT = "    "; // what the renderer takes for a list within a list

/** The edit that Enter makes in a list or a quotation; null where it is an ordinary line break. */
export function enter(value, start, end) {
  const line = lineAt(value, start);
  const head = line.text.slice(0, start - line.start);
  const item = head.match(ITEM);
  if (item) return item.groups.text.trim() || line.text.slice(head.length).trim() ? goOn(value, start, end, item.groups) : leave(line, item.groups.indent);
  const quote = head.match(QUOTE)?.groups;
  if (!quote) return null;
  if (!quote.text.trim()) return { start: line.start, end: line.end, text: "" };
  return { start, end, text: `\n${quote.mark}` };
}

/** A new item at the caret; the numbers of those that follow count on. */
function goOn(value, start, end, { indent, bullet, number, point, gap }) {
  const marker = bullet ?? `${Number(number) + 1}${point}`;
  const text = `\n${indent}${marker}${gap}`;
  const { end: lineEnd } = lineAt(value, end);
  const rest = number ? renumbered(value, lineEnd, indent, Number(number) + 2) : "";
  if (!rest) return { start, end, text };
  return { start, end: lineEnd + rest.length, text: text + value.slice(end, lineEnd) + rest, select: [text.length, text.length] };
}

/** The items right under `from` with their numbers counted on from `next`; equal length is not promised. */
function renumbered(value, from, indent, next) {
  const lines = value.slice(from).split("\n").slice(1);
  const made = [];
  let count = next;
  for (const line of lines) {
    const item = line.match(ITEM)?.groups;
    if (!line.trim() || (item && item.indent.length < indent.length)) break;
    if (item?.number && item.indent === indent) {
      if (String(count).length !== item.number.length) return ""; // nine to ten: left as it is
      made.push(`${indent}${count}${item.point}${item.gap}${item.text}`);
      count += 1;
    } else if (item || /^\s/.test(line)) made.push(line);
    else break;
  }
  return count === next ? "" : made.map((line) => `\n${line}`).join("");
}

/** An empty item ends the list, or goes out by one level. */
function leave(line, indent) {
  const out = indent.length >= INDENT.length ? indent.slice(INDENT.length) : null;
  if (out === null) return { start: line.start, end: line.end, text: "" };
  const text = out + line.text.slice(indent.length).replace(/\d+(?=[.)])/, "1");
  return { start: line.start, end: line.end, text };
}

/** The edit that Tab (or with `out` Shift+Tab) makes on list items; null where there is none. */
export function shift(value, start, end, out) {
  const { start: from, end: to, lines } = linesOf(value, start, end);
  if (!lines.some((line) => ITEM.test(line))) return null;
  const made = lines.map((line) => {
    if (!line.trim()) return line;
    if (out) return line.replace(/^(?: {1,4}|\t)/, "");
    return INDENT + line.replace(/^(\s*)\d+(?=[.)]\s)/, lines.length === 1 ? "$11" : "$&");
  });
  const text = made.join("\n");
  if (text === lines.join("\n")) return null;
  const moved = made[0].length - lines[0].length;
  const caret = Math.max(0, start - from + moved);
  return { start: from, end: to, text, select: start === end ? [caret, caret] : [0, text.length] };
}
