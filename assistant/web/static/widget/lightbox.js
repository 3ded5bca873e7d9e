/** A picture shown large, over everything; Esc, the cross or a click beside it closes it. */

import { h, iconButton } from "./dom.js";
import { t } from "./texts.js";

/** Shows it inside `root`; the focus goes back by itself when the dialog closes. */
export function enlarge(root, src, alt) {
  const dialog = h("dialog", { class: "lightbox", "aria-label": alt || t("widget.picture") },
    h("img", { src, alt }), iconButton("close", t("widget.close_picture"), () => dialog.close(), { class: "shut" }));
  dialog.addEventListener("click", ({ target }) => target.closest("img") || dialog.close());
  dialog.addEventListener("keydown", (event) => event.stopPropagation()); // Esc closes this alone
  dialog.addEventListener("close", () => dialog.remove());
  root.append(dialog);
  dialog.showModal();
}
