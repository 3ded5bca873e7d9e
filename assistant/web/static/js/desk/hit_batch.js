/** Hit testing, many questions: a new run, the runs before, one of them, or two compared – as the address says. */

import { showComparison } from "./hit_compare.js";
import { History } from "./hit_history.js";
import { newRun } from "./hit_new_run.js";
import { showRun } from "./hit_run.js";

const address = new URLSearchParams(location.search);
const shown = document.getElementById("hit-shown");
const start = document.getElementById("hit-batch");

if (address.get("run")) one((root) => showRun(root, address.get("run")));
else if (address.get("a") && address.get("b")) one((root) => showComparison(root, address.get("a"), address.get("b")));
else {
  start.hidden = false;
  newRun(document.getElementById("hit-new"));
  new History(document.getElementById("hit-runs"), document.getElementById("hit-compare")).load();
}
document.querySelector(".hit").dataset.ready = "true";

/** Only what `draw` draws stands on the page. */
function one(draw) {
  start.remove();
  shown.hidden = false;
  draw(shown);
}
