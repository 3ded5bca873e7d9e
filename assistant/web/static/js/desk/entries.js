/** The list of entries: filters that submit themselves, the keyboard, and what is selected. */

import { editMany } from "./bulk.js";
import { DeskKeys } from "./desk_keys.js";
import { Selection } from "./entries_selection.js";

const page = document.getElementById("entries");
const search = page.querySelector("[type=search]");
const rows = [...page.querySelectorAll("tr[data-id]")];
const links = rows.map((row) => row.querySelector(".title a"));

for (const form of page.querySelectorAll("form[data-autosubmit]")) {
  form.addEventListener("change", () => form.requestSubmit());
  // An address without the filters that are not in use is one that can be read and shared.
  form.addEventListener("submit", () => form.querySelectorAll("input, select").forEach((field) => { field.disabled = !field.value; }));
}
addEventListener("pageshow", () => page.querySelectorAll("form[data-autosubmit] [disabled]").forEach((field) => { field.disabled = false; }));

const bar = page.querySelector("#bulk-bar");
const selection = bar ? new Selection(page, rows) : null;
const edit = () => (selection?.size ? editMany(selection, page.dataset) : false);
bar?.querySelector("[data-bulk-edit]").addEventListener("click", edit);

const at = () => links.indexOf(document.activeElement?.closest?.("tr[data-id]")?.querySelector(".title a"));

/** Moves to the next row or the one before; the first step starts at the edge. */
function move(by) {
  if (!links.length) return false;
  const next = at() < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at() + by));
  links[next].focus();
  rows[next].scrollIntoView({ block: "nearest" });
  return true;
}

const keys = new DeskKeys(["list", "general"]);
keys.add({ combo: ["j", "k"], label: "entries.key_move", group: "list", run: (_, index) => move(index ? -1 : 1), why: "entries.none" });
keys.add({ combo: "Enter", shown: "Enter", label: "entries.key_open", group: "list" });
keys.add({ combo: "/", label: "entries.key_search", group: "general", run: () => { search.focus(); search.select(); } });
if (selection) {
  keys.add({ combo: "x", label: "entries.key_select", group: "list", when: () => at() >= 0, run: () => selection.toggle(rows[at()].dataset.id), why: "entries.key_select_why" });
  keys.add({ combo: "X", label: "entries.key_select_page", group: "list", shown: "Shift+X", run: () => selection.togglePage() });
  keys.add({ combo: "b", label: "entries.key_bulk", group: "list", run: edit, why: "entries.nothing_selected" });
  keys.onEscape(() => selection.size > 0 && (selection.clear(), true));
}
const fresh = page.querySelector("[data-new]");
if (fresh) keys.add({ combo: "n", label: "entries.key_new", group: "general", run: () => fresh.click() });
keys.offer(page.querySelector("#entries-keys"));
page.dataset.ready = "";
