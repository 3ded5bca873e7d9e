/** What another page asked this one to begin with, in its address: a sentence replaced or shown, an entry superseded. */

import { t } from "../i18n.js";

const ONCE = ["replace", "with", "supersedes", "find"];

/** What the address asks for; a reload does not ask again. */
export function asked() {
  const address = new URL(location.href);
  const found = Object.fromEntries(ONCE.map((name) => [name, address.searchParams.get(name)]));
  if (ONCE.some((name) => address.searchParams.has(name))) {
    for (const name of ONCE) address.searchParams.delete(name);
    history.replaceState(null, "", address);
  }
  return found;
}

/**
 * Carries it out: `locate(text)` shows the area that holds a text and tells where (-1: none does), `select(start, end)`
 * shows a stretch of that area, `supersede(id)` adds an entry,
 * `edit(start, end, text)` changes the text, `notices` says what was done.
 */
export function carryOut({ replace, with: text, supersedes, find }, { locate, select, edit, supersede, notices }) {
  if (supersedes) supersede(supersedes);
  if (replace && text !== null) {
    const at = locate(replace);
    if (at >= 0) {
      edit(at, at + replace.length, text);
      notices.show("asked", t("editor.replaced"), { tone: "good", sign: "check", actions: [[t("editor.understood"), () => notices.clear("asked")]] });
      select(at, at + text.length);
    } else notices.show("asked", t("editor.not_found", { text: replace.slice(0, 80) }), { tone: "due", sign: "alert", actions: [[t("editor.understood"), () => notices.clear("asked")]] });
  } else if (find) {
    const at = locate(find);
    if (at >= 0) select(at, at + find.length);
  }
}
