/** Which entry's versions one key compares: what has the focus, else what is selected, else what is about to be sent. */

import { hasVersions } from "./versions.js";

/** `{ entryId, said }` among a reply's sentences and the answers found; null when nothing has two versions. */
export function compareTarget({ reply, answer, results }) {
  const { current, root } = reply;
  const sentences = current?.sentences ?? [];
  const here = document.activeElement?.closest?.(".sentence[data-sentence]");
  const focused = here && root.contains(here) ? sentences[Number(here.dataset.sentence)] : null;
  const stale = (sentence) => sentence.evidence.find((item) => hasVersions(item.freshness));
  if (focused && stale(focused)) return { entryId: stale(focused).entry_id, said: focused.text };
  if (answer) return { entryId: answer.entry_id };
  const about = sentences.find(stale);
  if (about) return { entryId: stale(about).entry_id, said: about.text };
  if (current && hasVersions(current.freshness)) return { entryId: current.entry_id };
  const found = results.find((result) => hasVersions(result.freshness));
  return found ? { entryId: found.entry_id } : null;
}
