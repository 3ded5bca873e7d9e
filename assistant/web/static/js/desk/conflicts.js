/** Contradictions: one by one with the keyboard, edited on either side, or found to be none and taken back again. */

import { call, told } from "../api.js";
import { h, toast } from "../dom.js";
import { t } from "../i18n.js";
import { DeskKeys } from "./desk_keys.js";
import { ask, field } from "./fresh_ask.js";
import { fetchPage, takeOver, watchAge } from "./fresh_page.js";
import { Rows, offer } from "./fresh_rows.js";

const page = document.getElementById("conflicts");
const rows = new Rows(() => page, ".pair");
const address = (pair, step) => `/api/v1/freshness/conflicts/${pair.dataset.key}/${step}`;

const reload = async () => takeOver(await fetchPage(location.href), "list");

async function after(pair, message) {
  toast(message);
  const follow = rows.leaving(pair);
  await reload();
  follow();
}

async function dismiss(pair) {
  const done = await ask({
    title: t("conflicts.dismiss"), subject: pair.getAttribute("aria-label"), action: t("conflicts.dismiss"),
    fields: [field(t("conflicts.why"), h("textarea", { class: "input", name: "note", rows: 2, maxlength: 500, required: true, placeholder: t("conflicts.why_example") }), t("conflicts.why_help"))],
    send: ({ note }) => call("POST", address(pair, "dismiss"), { note: note.trim() }),
  });
  if (done) await after(pair, t("conflicts.dismissed_now"));
}

async function restore(pair) {
  await call("POST", address(pair, "restore"), {});
  await after(pair, t("conflicts.restored"));
}

/** Runs one of the two for the pair; failures are said. */
const run = (step, pair) => step(pair).catch((problem) => toast(told(problem), "alert"));

page.addEventListener("click", (event) => {
  const pair = event.target.closest(".pair");
  if (event.target.closest("[data-dismiss]")) run(dismiss, pair);
  if (event.target.closest("[data-restore]")) run(restore, pair);
});

const keys = new DeskKeys(["list", "acts", "general"]);
const on = (combo, label, act) => keys.add({ combo, label, group: "acts", when: () => Boolean(rows.current), why: "conflicts.why_pair", run: () => act(rows.current) });
const edit = (side) => (pair) => {
  const link = pair.querySelector(`[data-edit-side="${side}"]`);
  return link ? location.assign(link.href) : false;
};
keys.add({ combo: ["j", "k"], label: "conflicts.key_move", group: "list", shown: "j k", run: (_, index) => rows.move(index ? -1 : 1) });
on("1", "conflicts.key_first", edit("a"));
on("2", "conflicts.key_second", edit("b"));
if (page.dataset.dismissed) on("u", "conflicts.key_restore", (pair) => void run(restore, pair));
else on("n", "conflicts.key_dismiss", (pair) => (pair.querySelector("[data-dismiss]") ? void run(dismiss, pair) : false));
offer(keys);
watchAge(page.querySelector(".fresh-head"), reload);
page.dataset.ready = "";
