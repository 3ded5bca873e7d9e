/** The export form: which kinds are wanted goes into one field; none at all is told, not sent. */

/** Makes `form` send its ticked kinds; all of them need no mention. */
export function exportForm(form, wrong) {
  const ticks = [...form.querySelectorAll("[data-kind]")];
  form.addEventListener("submit", (event) => {
    const chosen = ticks.filter((tick) => tick.checked).map((tick) => tick.dataset.kind);
    wrong.hidden = chosen.length > 0;
    if (!chosen.length) {
      event.preventDefault();
      ticks[0].focus();
      return;
    }
    form.elements.kinds.value = chosen.length === ticks.length ? "" : chosen.join(",");
  });
}
