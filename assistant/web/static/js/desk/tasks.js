/** My tasks: what was done goes from the list, and the next one has the focus. */

import { told } from "../api.js";
import { toast } from "../dom.js";
import { RowActions } from "./fresh_actions.js";
import { fetchPage, takeOver, watchAge } from "./fresh_page.js";
import { Rows, listKeys } from "./fresh_rows.js";

const tasks = document.getElementById("tasks");
const rows = new Rows(() => tasks, ".task");

async function reload() {
  const open = [...tasks.querySelectorAll("details.task-more[open]")].map((part) => part.querySelector("summary").innerText);
  takeOver(await fetchPage(location.href), "list");
  for (const part of tasks.querySelectorAll("details.task-more")) {
    if (open.some((name) => name.startsWith(part.querySelector("summary span").innerText))) part.open = true;
  }
}

async function changed(row, message) {
  toast(message);
  const follow = rows.leaving(row);
  try {
    await reload();
    follow();
  } catch (problem) {
    toast(told(problem), "alert");
  }
}

const actions = new RowActions(tasks, changed);
listKeys(rows, { act: (name, row) => actions.run(name, row) });
watchAge(tasks.querySelector(".fresh-head"), reload);
tasks.dataset.ready = "";
