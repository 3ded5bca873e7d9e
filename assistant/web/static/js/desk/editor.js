/** The writing page of the desk: its parts put together. */

import { icon } from "../dom.js";
import { t } from "../i18n.js";
import { Actions } from "./editor_actions.js";
import { asked, carryOut } from "./editor_asked.js";
import { Autosave } from "./editor_autosave.js";
import { Form } from "./editor_form.js";
import { NewId } from "./editor_ids.js";
import { Images } from "./editor_images.js";
import { bindKeys } from "./editor_keys.js";
import { LinkSheet } from "./editor_link.js";
import { LocalDrafts } from "./editor_local.js";
import { MergeView } from "./editor_merge.js";
import { Notices } from "./editor_notices.js";
import { Parts } from "./editor_parts.js";
import { Preview } from "./editor_preview.js";
import { Problems } from "./editor_problems.js";
import { Restoring, newKey, timeOf } from "./editor_restore.js";
import { Saving } from "./editor_saving.js";
import { Together } from "./editor_scroll.js";
import { openSlots } from "./editor_slot_menu.js";
import { contentIn, fromService, onlyScaffold, same, scaffold, untouched, whole } from "./editor_state.js";
import { Twin, replace } from "./editor_text.js";
import { Body } from "./editor_variants.js";
import { Writing } from "./editor_writing.js";
import { mountImpact } from "./impact_panel.js";

const by = (id) => document.getElementById(id);
const root = by("editor");
const given = JSON.parse(root.dataset.writing);
const isNew = !given.id;
const start = whole(given);
// Words can be typed before this module runs: what stands in the fields is taken over.
const typed = { title: by("editor-title").value, body: by("editor-body").value };
const titles = new Map(given.related.map((entry) => [entry.id, entry.title]));
const notices = new Notices(by("editor-notices"));

let kind = start.content.kind;
let serverProblems = []; // of the text as it was drawn last
let refused = []; // of a save that did not go through, until something changes
let impact = null;

const twins = new Map();
const twinOf = (area) => {
  if (!twins.has(area)) twins.set(area, new Twin(area, document.querySelector(".area-twin")));
  return twins.get(area);
};

const images = new Images(by("editor-uploads"), { onDone: () => preview.soon(0) });
const link = new LinkSheet(by("editor-link-sheet"));
const writing = new Writing({
  tools: by("editor-tools"), tableTools: by("editor-table-tools"), file: by("editor-file"), images,
  openLink: (area) => link.open(area), openSlots: (button, area) => openSlots(button, area, form.lists.slots),
});
const together = new Together({ writing: () => (body.channel ? null : body.area), twin: twinOf, article: by("editor-preview") });
const body = new Body({
  area: by("editor-body"), tabs: by("editor-variants"), onChange: changed, onSwitch: showVariant,
  wire: (area) => { writing.wire(area); together.wire(area); },
});
writing.body = body;

const form = new Form({ known: given.known, titles, body: () => body.get(), own: () => saving.id, onChange: changed });
const newId = isNew ? new NewId({ input: by("editor-id"), note: by("editor-id-note"), title: by("editor-title"), kind: () => kind, onChange: changed }) : null;
const parts = new Parts({ tabs: by("editor-tabs"), onShow: showPart });
const problems = new Problems({ root: by("editor-problems"), tabs: parts.tabs, go });

/** What the page holds. */
function state() {
  const fields = form.get();
  return { id: saving.id || newId.get(), content: { ...start.content, ...fields.content, kind, body: body.get() }, stewardship: fields.stewardship };
}

/** The content to show and weigh; before a kind is chosen it is shown as a guide. */
const shown = () => {
  const now = state();
  return contentIn({ ...now, content: { ...now.content, kind: kind || "guide" } });
};

const preview = new Preview({
  article: by("editor-preview"), state: by("editor-preview-state"), content: shown, entryId: () => saving.id || null,
  onResult: (found) => { serverProblems = found.problems; weigh(); },
});
const mergeView = new MergeView(by("editor-merge"));
const saving = new Saving({
  writing: given, collect: state, merge: (found) => mergeView.ask(found),
  take: (content) => put({ ...state(), content: fromService(content) }),
});
const local = new LocalDrafts(given.me);
const autosave = new Autosave({ key: isNew ? newKey() : given.id, local, collect: unsaved, say: sayKept, onNewer: (draft) => restoring.newer(draft) });
const restoring = new Restoring({ autosave, local, notices, state, dirty: () => unsaved() !== null, written: () => !same(state().content, begun), take: takeDraft, isNew });
const actions = new Actions({
  saving, autosave, restoring, notices, problems, preview, newId, state, weigh, onFirst: settleIn, onRefused: (found) => { refused = found; weigh(); },
});
const openKeys = bindKeys(by("editor-keys-sheet"), { actions, parts, problems, body });

/** What autosave keeps: nothing while there is nothing that a revision lacks. */
function unsaved() {
  const now = state();
  if (saving.id ? !saving.dirty : untouched(now) || (onlyScaffold(now.content.body) && !now.content.title.trim())) return null;
  return { state: now, title: now.content.title.slice(0, 300), base_revision: saving.base, base_version: saving.version };
}

function sayKept(what, at) {
  const word = { saving: "editor.saving", saved: "editor.autosaved", local: "editor.kept_here", waiting: "editor.kept_waiting", failed: "editor.not_kept" }[what];
  const due = what !== "saving" && what !== "saved";
  by("editor-saved").replaceChildren(...(due ? [icon("alert")] : []), t(word, { time: at ? timeOf(at) : "" }));
  by("editor-saved").className = `editor-saved small ${due ? "due-text" : "quiet"}`;
}

function changed() {
  refused = [];
  form.lists.slots.look();
  count();
  weigh();
  preview.soon();
  autosave.soon();
}

function count() {
  const text = body.get();
  by("editor-count").textContent = t("editor.count", { count: text.replace(/\s/g, "").length.toLocaleString("en") });
}

/** All that is not right yet, of the service and of the fields. */
function weigh() {
  const now = state();
  const own = [...form.problems()];
  if (!kind) own.push({ field: "kind", message: t("editor.kind_first") });
  if (newId && !saving.id) {
    if (!newId.get()) own.push({ field: "id", message: t("editor.id_missing") });
    else if (newId.problem) own.push({ field: "id", message: newId.problem });
  }
  const fields = { kind, title: now.content.title.trim(), id: now.id, body: onlyScaffold(now.content.body) ? "" : now.content.body };
  problems.show([...own, ...serverProblems.filter(({ field }) => field !== "kind"), ...refused], (field) => !fields[field]);
}

function go({ field, line }) {
  if (field === "body") {
    parts.show("write");
    writing.jump(line ?? 1, twinOf);
  } else if (field === "kind") document.querySelector("#editor-kinds input")?.focus();
  else if (field === "id") by("editor-id")?.focus();
  else {
    if (field !== "title") parts.show("details");
    form.focus(field);
  }
}

/** Puts a state into the page. */
function put({ content, stewardship, id }) {
  if (isNew && !saving.id) newId.set(id ?? "");
  kind = content.kind;
  document.querySelectorAll("#editor-kinds input").forEach((input) => { input.checked = input.value === kind; });
  form.set({ content, stewardship });
  body.set(content.body, kind);
  together.forget();
  changed();
}

function takeDraft(draft) {
  const kept = whole(draft.state);
  Object.assign(saving, draft.base_version ? { version: draft.base_version, base: draft.base_revision } : {});
  put({ ...kept, id: draft.state.id });
}

function choose(chosen) {
  const text = body.get();
  kind = chosen;
  const lang = by("field-lang").value;
  form.showKind(kind);
  body.set(onlyScaffold(text) ? scaffold(kind, lang) : text, kind);
  newId.again();
  changed();
}

function showPart(part) {
  document.body.dataset.part = part;
  if (part === "impact") {
    impact ??= mountImpact(document.querySelector("[data-impact]"), { entryId: saving.id || null, content: shown, step: () => "publish" });
    impact.check();
  }
}

function showVariant(area) {
  together.forget();
  const place = [...by("editor-variants").children].findIndex((tab) => tab.getAttribute("aria-selected") === "true");
  if (place >= 0) by("editor-preview").querySelectorAll(".prose h2")[place]?.scrollIntoView({ block: "nearest" });
  by("editor-tools").setAttribute("aria-controls", area.id);
}

/** A new entry is one that exists from now on: its kind and its id are settled. */
function settleIn({ id }) {
  by("editor-kinds").hidden = true;
  by("editor-id").readOnly = true;
  newId.keep();
  if (impact) impact.entryId = id;
}

by("editor-keys").addEventListener("click", openKeys);
by("editor-save").addEventListener("click", () => actions.save());
by("editor-submit").addEventListener("click", () => actions.submit());
root.addEventListener("submit", (event) => event.preventDefault());
by("editor-kinds")?.addEventListener("change", (event) => choose(event.target.value));
addEventListener("beforeunload", (event) => { if (images.busy) event.preventDefault(); });

form.set(start);
body.set(start.content.body, kind);
saving.mark(state());
if (!start.content.body && kind) body.set(scaffold(kind, start.content.lang), kind);
const begun = state().content;
if (typed.title !== start.content.title) form.title.value = typed.title;
if (typed.body !== start.content.body) body.set(typed.body, kind);
if (given.latest) {
  const { number, status, author } = given.latest;
  actions.tell({ revision: number, status });
  if (author !== given.me && status !== "published" && status !== "withdrawn") {
    notices.show("theirs", t("editor.theirs", { number, name: author, status: t(`status.${status}`) }), { sign: "person", actions: [[t("editor.understood"), () => notices.clear("theirs")]] });
  }
}
newId?.again();
count();
weigh();
await Promise.all([preview.now(), restoring.look()]);
carryOut(asked(), {
  locate: (text) => body.find(text),
  select: (from, to) => { parts.show("write"); writing.select(body.area, from, to, twinOf); },
  edit: (from, to, text) => replace(body.area, from, to, text),
  supersede: (id) => { const { supersedes } = form.lists; if (!supersedes.get().includes(id)) { supersedes.set([...supersedes.get(), id]); changed(); } },
  notices,
});
actions.ready();
if (isNew && !kind) document.querySelector("#editor-kinds input").focus();
else if (isNew) by("editor-title").focus();
root.dataset.ready = "";
