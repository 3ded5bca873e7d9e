/** Going from change to change: the next one comes into view, with a ring around it and its number told. */

import { t } from "../i18n.js";

/** Wires the buttons in `box` and returns `walk(step)`; null where nothing differs. */
export function walkChanges(box) {
  const marks = box ? gathered([...document.querySelectorAll(".review-fields tr, .review-prose :is(ins, del), .side tr.changed")]) : [];
  if (!marks.length) return null;
  const told = box.querySelector("[data-walked]");
  let at = -1;

  function walk(step) {
    marks[at]?.forEach((mark) => mark.classList.remove("at"));
    at = at < 0 ? (step > 0 ? 0 : marks.length - 1) : (at + step + marks.length) % marks.length;
    marks[at].forEach((mark) => mark.classList.add("at"));
    const [first] = marks[at];
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
    first.scrollIntoView({ block: "center", behavior: "instant" });
    told.textContent = t("review.walked", { at: at + 1, total: marks.length });
  }

  told.textContent = t("review.walk_total", { total: marks.length });
  for (const button of box.querySelectorAll("[data-walk]")) button.addEventListener("click", () => walk(Number(button.dataset.walk)));
  box.hidden = false;
  return walk;
}

/** What was taken out and what stands there instead are one change. */
function gathered(marks) {
  const groups = [];
  for (const mark of marks) {
    const last = groups.at(-1)?.at(-1);
    if (last && last.nextSibling === mark && last.parentNode === mark.parentNode && mark.matches("ins, del")) groups.at(-1).push(mark);
    else groups.push([mark]);
  }
  return groups;
}
