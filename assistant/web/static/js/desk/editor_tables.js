/** Markdown tables as one edits them: cell to cell with Tab, rows and columns added and taken out. */

import { lineAt } from "./editor_text.js";

const ROW = /^\s*\|.*\|\s*$/;
const RULE = /^\s*\|(?:\s*:?-+:?\s*\|)+\s*$/;

/** The places of the cells of a row: `[start, end)` of what stands between the bars, within the line. */
function cellsOf(line) {
  const found = [];
  let from = line.indexOf("|") + 1;
  for (let at = from; at < line.length; at += 1) {
    if (line[at] === "\\") at += 1;
    else if (line[at] === "|") {
      found.push([from, at]);
      from = at + 1;
    }
  }
  return found;
}

/** The table around `at` as `{ start, end, rows, row, column }`, or null; `rows` are texts of cells, the rule left out. */
export function tableAt(value, at) {
  const own = lineAt(value, at);
  if (!ROW.test(own.text)) return null;
  let [start, end] = [own.start, own.end];
  while (start > 0 && ROW.test(lineAt(value, start - 1).text)) ({ start } = lineAt(value, start - 1));
  while (end < value.length && ROW.test(lineAt(value, end + 1).text)) ({ end } = lineAt(value, end + 1));
  const lines = value.slice(start, end).split("\n");
  if (!RULE.test(lines[1] ?? "")) return null;
  const place = value.slice(start, own.start).split("\n").length - 1;
  const within = at - own.start;
  const cells = cellsOf(own.text);
  const found = cells.findIndex(([, to]) => within <= to);
  const column = found < 0 ? cells.length - 1 : found; // behind the last bar
  const rows = lines.filter((_, n) => n !== 1).map((line) => cellsOf(line).map(([from, to]) => line.slice(from, to).trim()));
  return { start, end, rows, row: Math.max(0, place > 0 ? place - 1 : 0), column, onRule: place === 1 };
}

/** A table of Markdown, as short as it can be written; the first row is its header. Cells are texts ready to stand in one. */
export function table(rows) {
  const columns = Math.max(...rows.map((row) => row.length));
  const line = (row) => `| ${Array.from({ length: columns }, (_, n) => row[n] ?? "").join(" | ")} |`;
  return [line(rows[0]), line(Array(columns).fill("---")), ...rows.slice(1).map(line)].join("\n");
}

/** A text that can stand in a cell: one line, its bars not taken for those of the table. */
export const cell = (text) => text.replace(/\s+/g, " ").trim().replace(/\\?\|/g, "\\|");

/** The selection of a cell's text, in the table as `table` writes it. */
function placeOf(text, row, column) {
  const lines = text.split("\n");
  const line = row === 0 ? 0 : row + 1;
  const before = lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0);
  const [from, to] = cellsOf(lines[line])[column];
  const inner = lines[line].slice(from, to);
  const start = before + from + 1;
  return [start, start + inner.trim().length];
}

function edited(found, rows, row, column) {
  const text = table(rows);
  return { start: found.start, end: found.end, text, select: placeOf(text, row, column) };
}

/** The next cell (or with `back` the one before) and what it takes to be there; null outside tables and at their start. */
export function nextCell(value, at, back) {
  const found = tableAt(value, at);
  if (!found) return null;
  const columns = Math.max(...found.rows.map((row) => row.length));
  let place = found.row * columns + found.column + (back ? -1 : 1);
  if (found.onRule) place = back ? columns - 1 : columns;
  if (place < 0) return null;
  const rows = [...found.rows];
  if (place >= rows.length * columns) rows.push(Array(columns).fill(""));
  return edited(found, rows, Math.floor(place / columns), place % columns);
}

/** Enter in a table: a new row under this one; in an empty last row it leaves the table. */
export function enterRow(value, at) {
  const found = tableAt(value, at);
  if (!found) return null;
  const { rows, row } = found;
  if (row > 0 && row === rows.length - 1 && rows[row].every((text) => !text)) {
    return { start: found.start, end: found.end, text: `${table(rows.slice(0, -1))}\n\n` };
  }
  return edited(found, rows.toSpliced(row + 1, 0, Array(rows[0].length).fill("")), row + 1, 0);
}

/** What the buttons beside a table do: "row", "column", "drop_row", "drop_column". */
export function reshape(value, at, what) {
  const found = tableAt(value, at);
  if (!found) return null;
  const { rows, row, column } = found;
  if (what === "row") return edited(found, rows.toSpliced(row + 1, 0, Array(rows[0].length).fill("")), row + 1, 0);
  if (what === "column") return edited(found, rows.map((each) => each.toSpliced(column + 1, 0, "")), row, column + 1);
  if (what === "drop_row" && rows.length > 1 && row > 0) return edited(found, rows.toSpliced(row, 1), Math.min(row, rows.length - 2), column);
  if (what === "drop_column" && rows[0].length > 1) {
    return edited(found, rows.map((each) => each.toSpliced(column, 1)), row, Math.min(column, rows[0].length - 2));
  }
  return null;
}
