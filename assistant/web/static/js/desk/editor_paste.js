/** What is pasted, turned into Markdown: tables of Excel, WPS and web pages, and addresses over words. */

import { cell, table } from "./editor_tables.js";

const MOST_CELLS = 5000;
const ADDRESS = /^(?:https?:\/\/|mailto:|tel:)\S+$/;

/**
 * The Markdown for what a clipboard holds, or null to paste its text as it is. `selected` is the text
 * that it will replace. Gives `{ text, rows, columns }` for a table, `{ text }` for a link.
 */
export function pasted(clipboard, selected) {
  const plain = clipboard.getData("text/plain");
  const found = fromHtml(clipboard.getData("text/html")) ?? fromTabs(plain);
  if (found) return found;
  if (selected && !/[\n[\]]/.test(selected) && ADDRESS.test(plain.trim())) return { text: `[${selected}](${plain.trim()})` };
  return null;
}

/** The table that a piece of HTML is; null when there is other text beside it, or none. */
function fromHtml(html) {
  if (!/<table[\s>]/i.test(html)) return null;
  // Styles would be refused by the page's policy one by one, and say so in the console.
  const bare = html.replace(/<style[\s\S]*?<\/style>/gi, "").replace(/\sstyle=(?:"[^"]*"|'[^']*'|[^\s>]+)/gi, "");
  const { body } = new DOMParser().parseFromString(bare, "text/html");
  body.querySelectorAll("style, script, title, meta").forEach((element) => element.remove());
  const tables = [...body.querySelectorAll("table")].filter((each) => !each.querySelector("table"));
  const rows = tables.flatMap(rowsOf);
  tables.forEach((each) => each.remove());
  return body.textContent.trim() ? null : written(rows);
}

/** The rows of an HTML table, a merged cell in each place that it covers. */
function rowsOf(element) {
  const grid = [];
  [...element.rows].forEach((row, down) => {
    let column = 0;
    grid[down] ??= [];
    for (const each of row.cells) {
      while (grid[down][column] !== undefined) column += 1;
      const text = cell(words(each));
      const [high, broad] = [Math.min(each.rowSpan, element.rows.length - down), Math.min(each.colSpan, 100)];
      for (let y = 0; y < high; y += 1) {
        for (let x = 0; x < broad; x += 1) (grid[down + y] ??= [])[column + x] = text;
      }
      column += broad;
    }
  });
  return grid.map((row) => Array.from(row, (text) => text ?? ""));
}

/** The text of a cell; where it breaks its line, a blank keeps the words apart. */
function words(element) {
  element.querySelectorAll("br, p, div, li").forEach((each) => each.append(" "));
  element.querySelectorAll("br").forEach((each) => each.replaceWith(" "));
  return element.textContent;
}

/** The table that lines of cells with tabs between them are (cells with breaks stand in quotes). */
function fromTabs(plain) {
  if (!plain.includes("\t")) return null;
  const rows = [[""]];
  let quoted = false;
  for (let at = 0; at < plain.length; at += 1) {
    const sign = plain[at];
    const row = rows.at(-1);
    if (quoted && sign === '"' && plain[at + 1] === '"') {
      row[row.length - 1] += '"';
      at += 1;
    } else if (sign === '"' && (quoted || row.at(-1) === "")) quoted = !quoted;
    else if (!quoted && sign === "\t") row.push("");
    else if (!quoted && sign === "\n") rows.push([""]);
    else if (sign !== "\r") row[row.length - 1] += sign;
  }
  const filled = rows.filter((row) => row.some((text) => text.trim()));
  const columns = Math.max(...filled.map((row) => row.length), 0);
  // Indented text and code have tabs, too: a table has as many in (nearly) every row.
  const even = filled.filter((row) => row.length === columns && row[0].trim()).length;
  return columns > 1 && even > filled.length / 2 ? written(filled.map((row) => row.map(cell))) : null;
}

/** Rows as Markdown; a first row that is one merged cell is the table's caption. */
function written(rows) {
  const filled = rows.filter((row) => row.some(Boolean));
  const width = Math.max(...filled.map((row) => row.length), 0);
  const used = Array.from({ length: width }, (_, n) => n).filter((n) => filled.some((row) => row[n]));
  const kept = filled.map((row) => used.map((n) => row[n] ?? ""));
  if (!kept.length || kept[0].length < 2 || kept.length * used.length > MOST_CELLS) return null;
  const titled = kept.length > 2 && new Set(kept[0]).size === 1;
  const body = titled ? kept.slice(1) : kept;
  return { text: (titled ? `**${kept[0][0]}**\n\n` : "") + table(body), rows: body.length, columns: used.length };
}
