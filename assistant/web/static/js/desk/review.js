/** The page of a version: wires its parts together. */

import { DeskKeys } from "./desk_keys.js";
import { Comments } from "./comments.js";
import { mountImpact } from "./impact_panel.js";
import { walkChanges } from "./review_changes.js";
import { showRipple } from "./review_ripple.js";
import { Watch } from "./review_watch.js";
import { Steps } from "./steps.js";

const page = document.getElementById("review");
const { entry: entryId, status } = page.dataset;
const revision = Number(page.dataset.revision);
const open = ["draft", "in_review", "approved"].includes(status);

const watch = new Watch(page, document.getElementById("review-notices"));
const impact = open ? mountImpact(document.getElementById("review-impact"), { entryId, revision, step: () => "publish" }) : null;
const steps = new Steps(page, { watch, impact });
const comments = new Comments(document.getElementById("comments"), { entryId, revision, prose: document.getElementById("review-prose") });
const walk = walkChanges(document.getElementById("review-walk"));

for (const form of page.querySelectorAll("form[data-autosubmit]")) {
  form.addEventListener("change", () => form.requestSubmit());
}
for (const button of page.querySelectorAll("[data-comment-field]")) {
  button.hidden = false;
  button.addEventListener("click", () => comments.compose({ field: button.dataset.commentField, from: button }));
}

const keys = new DeskKeys(["review", "comments", "general"]);
const views = [...page.querySelectorAll(".review-views a")];
keys.add({ combo: ["n", "p"], label: "review.key_walk", group: "review", run: (_, index) => walk(index ? -1 : 1), when: () => Boolean(walk), why: "review.no_changes" });
keys.add({ combo: ["1", "2", "3"], label: "review.key_views", group: "review", when: () => views.length > 1, run: (_, index) => views[index].click() });
keys.add({ combo: "s", label: "review.key_steps", group: "review", run: () => steps.focus(), why: "review.no_steps" });
keys.add({ combo: "c", label: "review.key_comment", group: "comments", run: () => comments.composeHere() });
keys.add({ combo: ["]", "["], label: "review.key_threads", group: "comments", run: (_, index) => comments.step(index ? -1 : 1), why: "comments.none" });
keys.add({ combo: "r", label: "review.key_reply", group: "comments", run: () => comments.reply(), why: "review.no_thread" });
keys.add({ combo: "e", label: "review.key_resolve", group: "comments", run: () => comments.settle(), why: "review.no_thread" });
keys.offer(document.getElementById("review-keys"));

showRipple(document.getElementById("review-ripple"), { entryId, revision, status });
comments.load().then(() => comments.goFrom(location.hash)).finally(() => { page.dataset.ready = ""; });
addEventListener("hashchange", () => comments.goFrom(location.hash));
document.getElementById("review-done")?.focus();
