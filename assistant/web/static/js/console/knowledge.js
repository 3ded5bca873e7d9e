/** What the console knows besides answers: canned replies, news, both versions of what is disputed, reports. */

import { toast } from "../dom.js";
import { t } from "../i18n.js";
import { CannedPalette } from "./canned.js";
import { draftAsSource } from "./canned_edit.js";
import { ChangesFeed } from "./changes.js";
import { compareTarget } from "./compare_target.js";
import { keys } from "./keys.js";
import { OutdatedReport } from "./report.js";
import { showVersions } from "./versions.js";

/**
 * Adds them to the page. `page` gives `reply`, `answers`, `side`, `news` (the element of the news), `person` (whose
 * shift it is), `conversation()` (the open one), `open(url, title)` for an entry and `renew()` to ask for answers again.
 */
export function addKnowledge({ reply, answers, side, news, person, conversation, open, renew }) {
  const report = new OutdatedReport({
    reply, answer: () => answers.current, query: () => (conversation().turn || conversation().question).slice(0, 2000), done: renew,
  });
  const compare = (target) => showVersions(target, { open, report: (entry, sentence) => report.startWith(entry, sentence) });
  const palette = new CannedPalette({
    channel: () => conversation().channel, asOf: () => conversation().asOf, slots: () => reply.values.all,
    insert: (text) => reply.insert(text), source: () => draftAsSource(reply), open, compare,
  });
  const feed = new ChangesFeed(news, { person, badge: (count) => side.badge("changes", count), open, compare });

  /** Both versions of what has the focus or is selected. */
  function compareHere() {
    const target = compareTarget({ reply, answer: answers.current, results: answers.results });
    if (feed.current) feed.compare();
    else if (target) compare(target);
    else toast(t("versions.none"), "check");
  }

  const draft = () => (reply.editing ? reply.root.querySelector("textarea.draft") : null);
  keys.add({ combo: ["/", "Alt+P"], label: "keys.canned", run: () => palette.openFor(draft()), group: "reply" });
  keys.add({ combo: "Alt+O", label: "keys.outdated", run: () => report.start(), group: "reply" });
  keys.add({ combo: "Alt+B", label: "keys.versions", run: compareHere, group: "answers" });
  document.addEventListener("versions", (event) => compare({ entryId: event.detail }));
  return { palette, feed, report };
}
