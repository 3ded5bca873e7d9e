/** What a change touches: each row edited with the proposed sentence, or vouched for as it stands. */

import { told } from "../api.js";
import { toast } from "../dom.js";
import { RowActions } from "./fresh_actions.js";
import { fetchPage, takeOver, watchAge } from "./fresh_page.js";
import { Rows, listKeys } from "./fresh_rows.js";

const page = document.getElementById("ripple");
const rows = new Rows(() => page, ".touched");

const reload = async () => takeOver(await fetchPage(location.href), "list");

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

document.getElementById("filters")?.addEventListener("change", (event) => event.currentTarget.requestSubmit());
const actions = new RowActions(page, changed);
listKeys(rows, { act: (name, row) => actions.run(name, row) });
watchAge(page.querySelector(".fresh-head"), reload);
page.dataset.ready = "";
