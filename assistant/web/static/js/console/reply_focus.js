/** Keeps the focus where it is while the reply is drawn anew. */

/** Which control inside `root` has the focus, or null. */
export function heldFocus(root) {
  const active = document.activeElement;
  if (!root.contains(active)) return null;
  const { slot, act, home, sentence } = active.dataset;
  const selection = active.matches("input, textarea") ? [active.selectionStart, active.selectionEnd] : null;
  const selector = slot ? `[data-slot="${CSS.escape(slot)}"]` : act ? `[data-act="${act}"]` : sentence ? `[data-sentence="${sentence}"]`
    : active.matches("textarea.draft") ? "textarea.draft" : active.getAttribute("role") === "tab" ? "[role=tab][aria-selected=true]"
      : home !== undefined ? "[data-home]" : "";
  return { selector, selection };
}

/** Gives the focus to the same control again, or to the body when it is gone. */
export function giveFocusBack(root, held) {
  if (!held || (root.contains(document.activeElement) && document.activeElement.isConnected)) return;
  const again = held.selector && root.querySelector(held.selector);
  if (!again || again.disabled || again.hidden) {
    root.querySelector("[data-home]")?.focus({ preventScroll: true });
    return;
  }
  again.focus({ preventScroll: true });
  if (held.selection && again.setSelectionRange) again.setSelectionRange(...held.selection);
}
