/** The keys of the reply that belong to it alone. */

import { keys } from "./keys.js";

/** Adds them for `reply` (ReplyCard). */
export function bindReplyKeys(reply) {
  keys.add({ combo: "Alt+R", label: "keys.update", run: () => reply.takeUpdate(), why: "keys.why_update", group: "reply" });
  keys.add({ combo: ["Alt+.", "Alt+,"], shown: "Alt+. ,", label: "keys.sentences", run: (_, index) => walk(reply.root, index ? -1 : 1), why: "keys.why_sentences", group: "reply" });
}

/** Walks the sentences of the suggestion, each of which shows its evidence when it has the focus; whether there are any. */
function walk(root, step) {
  const sentences = [...root.querySelectorAll(".sentence[data-sentence]")];
  const at = sentences.findIndex((sentence) => sentence.contains(document.activeElement));
  const next = at < 0 ? (step > 0 ? 0 : sentences.length - 1) : Math.max(0, Math.min(sentences.length - 1, at + step));
  sentences[next]?.focus();
  return sentences.length > 0;
}
