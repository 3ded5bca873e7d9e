/** Tables of questions as people have them: CSV, or cells pasted from a spreadsheet, or one question a line. */

import { day } from "../dates.js";

const COLUMNS = {
  text: ["question", "query", "text", "问题", "客户问题", "问法", "标准问题"],
  expects: ["expects", "expected", "entry", "entry_id", "应答", "期望", "期望条目", "应命中", "条目", "条目编号"],
  as_of: ["date", "as_of", "日期", "按日期"],
  audience: ["audience", "谁来问", "读者", "受众", "谁能看"],
  channel: ["channel", "渠道"],
  must_hit: ["must_hit", "必中", "必中问题"],
};
const AUDIENCE = { customer: "customer", 客户: "customer", 客户可见: "customer", agent: "agent", 客服: "agent", 客服可见: "agent", internal: "internal", 内部: "internal", 仅内部: "internal" };
const CHANNEL = { chat: "chat", 在线: "chat", email: "email", 邮件: "email", phone: "phone", 电话: "phone", app: "app" };
const YES = new Set(["1", "yes", "true", "y", "x", "是", "必中"]);
const NO = new Set(["", "0", "no", "false", "n", "否"]);
const ID = /^[a-z0-9][a-z0-9-]{1,78}[a-z0-9]$/;

/** Cells of a CSV or tab-separated text, row by row, each with the line it begins at; quotes as in RFC 4180. */
export function cells(text, separator) {
  const rows = [];
  let [row, cell, quoted, line, begun] = [[], "", false, 1, 1];
  const end = () => { row.push(cell); cell = ""; };
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === "\n") line += 1;
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') { cell += '"'; at += 1; } else quoted = false;
    } else if (sign === '"' && !cell) quoted = true;
    else if (sign === separator) end();
    else if (sign === "\n") {
      end();
      rows.push({ line: begun, row });
      [row, begun] = [[], line];
    } else if (sign !== "\r") cell += sign;
  }
  if (cell || row.length) { end(); rows.push({ line: begun, row }); }
  return rows.filter((each) => each.row.some((value) => value.trim()));
}

/**
 * What a pasted text asks: `{ questions, lines, faults, headed }`. Questions are as the API takes them, `lines` where
 * each stood; a fault is `{ line, what, value }` of a row that cannot be asked. Without a row of headings each line is
 * one question, so that a comma within a question splits nothing; cells of a spreadsheet are question and entry. With
 * `kept` the questions are to be saved: they say whether they must hit.
 */
export function questionsOf(text, kept = false) {
  const clean = text.replace(/^\uFEFF/, "");
  const first = clean.split("\n").find((line) => line.trim()) ?? "";
  const separator = first.includes("\t") ? "\t" : first.split(";").length > first.split(",").length ? ";" : ",";
  const places = headings(cells(first, separator)[0]?.row ?? []);
  if (!places && separator !== "\t") {
    const lines = clean.split("\n").map((line, index) => ({ line: index + 1, text: line.trim() })).filter((line) => line.text);
    return { questions: lines.map((line) => ({ text: line.text })), lines: lines.map(({ line }) => line), faults: [], headed: false };
  }
  const rows = cells(clean, separator).slice(places ? 1 : 0);
  return { ...read(rows, places ?? { text: 0, expects: 1 }, kept), headed: Boolean(places) };
}

/** Where each known column stands; null when this is no row of headings. */
function headings(row) {
  const found = {};
  row.forEach((cell, at) => {
    const name = Object.keys(COLUMNS).find((each) => COLUMNS[each].includes(cell.trim().toLowerCase()));
    if (name && !(name in found)) found[name] = at;
  });
  return "text" in found ? found : null;
}

function read(rows, places, kept) {
  const questions = [];
  const lines = [];
  const faults = [];
  for (const { line, row } of rows) {
    const cell = (name) => (row[places[name]] ?? "").trim();
    const question = { text: cell("text").replace(/\s+/g, " "), ...(kept ? { must_hit: YES.has(cell("must_hit").toLowerCase()) } : {}) };
    const wrong = fault(question, cell);
    if (wrong) faults.push({ line, ...wrong });
    else {
      questions.push(question);
      lines.push(line);
    }
  }
  return { questions, lines, faults };
}

/** Fills `question` from the cells of its row; what is wrong with the first one that is, or null. */
function fault(question, cell) {
  if (!question.text) return { what: "text", value: "" };
  const expects = cell("expects").split(/[\s;|,、，；]+/).filter(Boolean);
  const strange = expects.find((id) => !ID.test(id));
  if (strange) return { what: "expects", value: strange };
  if (expects.length) question.expects = expects;
  const must = cell("must_hit").toLowerCase();
  if ("must_hit" in question && !YES.has(must) && !NO.has(must)) return { what: "must_hit", value: cell("must_hit") };
  if (cell("as_of")) {
    const date = day(cell("as_of").split(/[ T]/)[0]);
    if (!date) return { what: "as_of", value: cell("as_of") };
    question.as_of = date;
  }
  for (const [name, known] of [["audience", AUDIENCE], ["channel", CHANNEL]]) {
    const value = cell(name);
    if (value && !known[value.toLowerCase()]) return { what: name, value };
    if (value) question[name] = known[value.toLowerCase()];
  }
  return null;
}

/** Questions as the CSV that the service imports: one line each, after the line of headings. */
export function csvOf(questions) {
  const cell = (value) => `"${String(value ?? "").replaceAll('"', '""')}"`;
  const rows = questions.map(({ text, expects = [], must_hit: must, as_of: date, audience, channel }) => [text, expects.join(" "), must ? "yes" : "", date, audience, channel]);
  return [["question", "expects", "must_hit", "as_of", "audience", "channel"], ...rows].map((row) => row.map(cell).join(",")).join("\n");
}

/** The text of a dropped file: UTF-8, UTF-16 with its mark, else the Chinese encoding of spreadsheets. */
export async function textOf(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return new TextDecoder(bytes[0] === 0xff ? "utf-16le" : "utf-16be").decode(bytes);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
}
