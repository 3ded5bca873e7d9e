/** The variables one may put into a canned reply, offered under the button; one taken is declared, too. */

import { h } from "../dom.js";
import { t } from "../i18n.js";
import { usualLabel } from "./editor_slots.js";
import { replace } from "./editor_text.js";

const USUAL = ["customer.name", "customer.level", "agent.name", "order.no", "product.name", "refund.amount", "tracking.no", "repair.no", "visit.time"];

/** Opens the list under `button`; what is chosen is written into `area` and declared in `slots`. */
export function openSlots(button, area, slots) {
  document.getElementById("slot-menu")?.remove();
  const declared = slots.get();
  const labels = new Map(declared.map(({ name, label }) => [name, label]));
  const names = [...new Set([...declared.map(({ name }) => name).filter(Boolean), ...USUAL])];
  const close = () => area.focus(); // the focus leaves the list, and that takes it away
  const take = (name) => {
    close();
    replace(area, area.selectionStart, area.selectionEnd, `{{${name}}}`);
    slots.declare(name);
  };
  const menu = h("ul", { class: "slot-menu", id: "slot-menu", role: "menu", "aria-label": t("editor.tool.slot"), onkeydown: (event) => walk(event) },
    ...names.map((name) => h("li", { role: "none" }, h("button", { type: "button", class: "btn plain", role: "menuitem", onclick: () => take(name) },
      labels.get(name) || usualLabel(name) || name, h("code", { class: "small quiet" }, `{{${name}}}`)))));

  function walk(event) {
    const items = [...menu.querySelectorAll("button")];
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" || event.key === "Tab") close();
    else if (by) items[(items.indexOf(document.activeElement) + by + items.length) % items.length].focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  menu.addEventListener("focusout", (event) => { if (!menu.contains(event.relatedTarget)) menu.remove(); });
  button.after(menu);
  menu.querySelector("button").focus();
}
