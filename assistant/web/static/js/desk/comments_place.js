/** Puts threads beside what they quote, where there is a column of their own for them. */

const GAP = 12;

/** Pushes each thread of `list` down to the height of its first mark; threads never overlap. */
export function beside(list, marks) {
  const threads = [...list.children];
  for (const thread of threads) thread.style.marginTop = "";
  if (!marks.size || !sideBySide(list)) return;
  for (const thread of threads) {
    const mark = marks.get(thread.dataset.thread)?.[0];
    const missing = mark ? mark.getBoundingClientRect().top - thread.getBoundingClientRect().top : 0;
    if (missing > GAP) thread.style.marginTop = `${Math.round(missing)}px`;
  }
}

/** Whether the list stands in a column beside the text, not under it. */
function sideBySide(list) {
  const text = document.querySelector(".review-text").getBoundingClientRect();
  return list.getBoundingClientRect().left >= text.right;
}
