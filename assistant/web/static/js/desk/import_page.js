/** Importing and exporting: the start with form and history, or one import, as the address says. */

import { exportForm } from "./import_export.js";
import { ImportForm } from "./import_form.js";
import { ImportHistory } from "./import_history.js";
import { ImportRun } from "./import_run.js";

const root = document.getElementById("exchange");
const start = document.getElementById("exchange-start");
const head = document.getElementById("exchange-head");
const title = document.title;
const history_ = new ImportHistory(document.getElementById("import-history"), { onOpen: (id) => go(id) });
const run = new ImportRun(document.getElementById("import-run"), { onBack: () => go("") });

/** Shows what the address names: an import, or the start. */
function show({ focus = false } = {}) {
  const id = new URLSearchParams(location.search).get("run") ?? "";
  start.hidden = head.hidden = Boolean(id);
  if (id) {
    history_.stop();
    run.open(id, { focus });
    return;
  }
  run.close();
  document.title = title;
  history_.load();
  if (focus) document.getElementById("choose-files").focus();
}

/** Goes to an import, or with an empty id to the start, so that "back" leads here again. */
function go(id) {
  history.pushState(null, "", id ? `/desk/import?run=${id}` : "/desk/import");
  show({ focus: true });
  window.scrollTo(0, 0);
}

new ImportForm(root, { onSent: (runs, all) => (all && runs.length === 1 ? go(runs[0].id) : history_.load()) });
exportForm(document.getElementById("export-form"), document.getElementById("export-wrong"));
window.addEventListener("popstate", () => show());
show();
root.dataset.ready = "yes";
