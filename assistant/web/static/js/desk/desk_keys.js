/** Single letters as keys of a desk page, the list of them behind "?", and a switch for who wants none. */

import { h, icon, toast } from "../dom.js";
import { t } from "../i18n.js";
import { Keys } from "../keys.js";

const KEPT = "zhike.desk.keys";

function kept() {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true;
  }
}

export class DeskKeys extends Keys {
  #on = kept();

  /** As in `Keys`, but the key acts only while single letters do. */
  add({ run, when = () => true, why, ...rest }) {
    const act = (event, index) => {
      if ((!when() || run(event, index) === false) && why) toast(t(why), "alert");
    };
    super.add({ ...rest, when: () => this.#on, run: run && act });
  }

  /** Opens the list by `button` and by "?", which always acts. */
  offer(button) {
    super.add({ combo: "?", label: "review.key_help", group: "general", run: () => show() });
    const choice = h("input", { type: "checkbox", checked: this.#on, onchange: () => this.#keep(choice.checked) });
    const sheet = h("dialog", { class: "sheet key-sheet", "aria-labelledby": "keys-title" },
      h("header", {}, h("h2", { id: "keys-title" }, t("review.keys")),
        h("button", { class: "btn plain icon-only", type: "button", "aria-label": t("common.close"), onclick: () => sheet.close() }, icon("close"))),
      ...this.draw(), h("label", { class: "key-switch" }, choice, " ", t("review.single_keys")));
    const show = () => {
      // Closing gives the focus back to where it was, at once: a key that follows must find it there.
      if (document.activeElement === document.body) button.focus();
      sheet.showModal();
    };
    document.body.append(sheet);
    button.addEventListener("click", show);
  }

  #keep(on) {
    this.#on = on;
    try {
      localStorage.setItem(KEPT, on ? "on" : "off");
    } catch { /* nowhere to keep it: it holds for this page */ }
  }
}
