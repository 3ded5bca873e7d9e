/** One thread: a comment with its quote, the answers to it, and what can be done with it. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { minute } from "../moments.js";

/** What a comment is about: its quote, its field, or the version as a whole. */
function about(comment, onQuote, gone) {
  if (comment.quote) {
    return h("blockquote", {}, gone ? h("span", {}, `${comment.quote} `, h("em", {}, t("comments.quote_gone"))) : h("button", { type: "button", onclick: onQuote }, comment.quote));
  }
  if (comment.field) return h("p", { class: "small quiet" }, t("comments.about_field", { field: t(`review.field.${comment.field}`) }));
  return null;
}

function said(comment) {
  return h("div", { class: "comment" }, h("p", { class: "said-by" }, h("b", {}, comment.author), h("span", { class: "small quiet" }, minute(comment.at)),
    comment.from_revision ? h("span", { class: "small quiet" }, t("comments.from", { number: comment.from_revision })) : null), h("p", {}, comment.text));
}

/**
 * The thread as a list item. `thread` is `{ root, replies }`; `gone` says that its quote stands no more in the text;
 * `on` has `quote()`, `reply()`, `settle()` and `remove(comment)`.
 */
export function threadView({ root, replies }, { gone, on }) {
  const done = Boolean(root.resolved_at);
  const last = replies.at(-1) ?? root;
  const actions = h("footer", {},
    done ? null : h("button", { class: "btn plain", type: "button", data: { act: "reply" }, onclick: on.reply }, icon("comment"), t("comments.reply")),
    h("button", { class: "btn plain", type: "button", data: { act: "settle" }, onclick: on.settle }, icon(done ? "reload" : "check"), t(done ? "comments.reopen" : "comments.resolve")),
    done || !last.own ? null : h("button", { class: "btn plain", type: "button", data: { act: "remove" }, onclick: () => on.remove(last) }, icon("bin"), t("comments.remove")));
  const inside = [about(root, on.quote, gone), said(root), ...replies.map(said), actions];
  const item = h("li", { class: `thread${done ? " done" : ""}`, tabindex: "-1", data: { thread: root.id } });
  if (done) {
    item.append(h("details", {}, h("summary", { class: "small quiet" }, icon("check"), t("comments.resolved_by", { name: root.resolved_by, text: root.text.slice(0, 24) })), ...inside.filter(Boolean)));
  } else item.append(...inside.filter(Boolean));
  return item;
}

/** Comments as threads: those about the text in its order, then the others by time. */
export function threadsOf(comments) {
  const roots = comments.filter(({ reply_to: parent }) => !parent);
  return roots.map((root) => ({ root, replies: comments.filter(({ reply_to: parent }) => parent === root.id) }));
}
