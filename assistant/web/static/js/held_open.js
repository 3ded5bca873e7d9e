/** Dialogs that wait for what they began: closing one half-way would leave the page behind telling what is no more so. */

/** Does `run()` while `dialog` can be closed neither by Esc nor by `closers`; resolves or rejects as it does. */
export async function heldOpen(dialog, closers, run) {
  const stay = (event) => { if (event.type === "cancel" || event.key === "Escape") event.preventDefault(); };
  dialog.addEventListener("cancel", stay);
  document.addEventListener("keydown", stay, true); // a second Esc closes without asking; the focus may be nowhere
  dialog.setAttribute("aria-busy", "true");
  for (const closer of closers) closer.disabled = true;
  try {
    return await run();
  } finally {
    dialog.removeEventListener("cancel", stay);
    document.removeEventListener("keydown", stay, true);
    dialog.removeAttribute("aria-busy");
    for (const closer of closers) closer.disabled = false;
  }
}
