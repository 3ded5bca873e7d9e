/** What the buttons over the text do, as pure functions: text and selection in, one edit out. */

import { linesOf, lineAt } from "./editor_text.js";

const LIST = /^(\s*)(?:[-*+]|\d+[.)])\s+/;
const STEP = /^#{2,3}\s*(?:第\s*(\d+)\s*步|Step\s+(\d+))/gim;

/** Puts `mark` around the selection, or takes it away; without a selection around `sample`, selected. */
export function wrap(value, start, end, mark, sample) {
  let [from, to] = [start, end];
  while (from < to && /\s/.test(value[from])) from += 1;
  while (to > from && /\s/.test(value[to - 1])) to -= 1;
  const inner = value.slice(from, to);
  const size = mark.length;
  const bare = (text) => text.length > 2 * size && text.startsWith(mark) && text.endsWith(mark) && text[size] !== mark[0];
  if (bare(inner)) return { start: from, end: to, text: inner.slice(size, -size), select: [0, inner.length - 2 * size] };
  const around = value.slice(Math.max(0, from - size), to + size);
  const lone = value[from - size - 1] !== mark[0] && value[to + size] !== mark[0];
  if (inner && lone && bare(around)) return { start: from - size, end: to + size, text: inner, select: [0, inner.length] };
  const text = inner || sample;
  return { start: from, end: to, text: `${mark}${text}${mark}`, select: [size, size + text.length] };
}

/** Turns the line into a heading, a smaller one, and back into text. */
export function heading(value, at) {
  const line = lineAt(value, at);
  const [, signs = "", text] = line.text.match(/^(#{1,6})?\s*(.*)$/);
  const next = { "": "## ", "#": "## ", "##": "### " }[signs] ?? "";
  return { start: line.start, end: line.end, text: next + text };
}

/** Makes list items (`kind`: "bullet" or "number") or a quotation of the lines, or plain lines again. */
export function prefix(value, start, end, kind) {
  const { start: from, end: to, lines } = linesOf(value, start, end);
  const test = { bullet: /^(\s*)[-*+]\s+/, number: /^(\s*)\d+[.)]\s+/, quote: /^(\s*)>\s?/ }[kind];
  const filled = lines.filter((line) => line.trim());
  const off = filled.length > 0 && filled.every((line) => test.test(line));
  let count = 0;
  const made = lines.map((line) => {
    if (!line.trim() && lines.length > 1) return line;
    if (off) return line.replace(test, "$1");
    const [indent] = line.match(/^\s*/);
    const text = (kind === "quote" ? line : line.replace(LIST, "$1")).slice(indent.length);
    count += 1;
    return `${indent}${{ bullet: "- ", number: `${count}. `, quote: "> " }[kind]}${text}`;
  });
  const text = made.join("\n");
  const single = lines.length === 1;
  return { start: from, end: to, text, select: single ? [text.length, text.length] : [0, text.length] };
}

/** A block on lines of its own, in place of the selection or under the caret's line; `select` within it. */
export function block(value, start, end, text, select = [text.length, text.length]) {
  const from = start === end ? lineAt(value, start).end : start;
  const to = start === end ? from : end;
  const before = value.slice(0, from).replace(/[ \t]+$/, "");
  const after = value.slice(to);
  const lead = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const tail = !after ? "\n" : after.startsWith("\n\n") ? "" : after.startsWith("\n") ? "\n" : "\n\n";
  return { start: before.length, end: to, text: lead + text + tail, select: [lead.length + select[0], lead.length + select[1]] };
}

/** The heading of the next step, as the step-by-step answers of the console read it. */
export function step(value, start, english) {
  let last = 0;
  for (const found of value.slice(0, start).matchAll(STEP)) last = Number(found[1] ?? found[2]);
  return block(value, start, start, english ? `## Step ${last + 1}: ` : `## 第 ${last + 1} 步 `);
}

/** What stands between the marks of a link or an image, so that it can be one. */
export const label = (text) => text.replace(/\s+/g, " ").replace(/[[\]\\]/g, "\\$&").trim();
