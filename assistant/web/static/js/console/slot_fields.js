/** The fields of variables in a text that is read: moving from one to the next, and values that follow. */

import { slotLabel } from "./slots.js";

const LEAST = 4;
const fieldsIn = (root) => [...root.querySelectorAll("[data-slot]")];
const isOpen = (field) => !field.value.trim();

/** How wide a field is, in characters of the Latin alphabet. */
export const fieldSize = (name, value) => Math.max(LEAST, Array.from(value || slotLabel(name), (char) => (char > "\u2e80" ? 2 : 1)).reduce((a, b) => a + b, 0));

/** Puts the cursor into the first open field, else the first; whether there is one. */
export function focusFirst(root) {
  const fields = fieldsIn(root);
  const field = fields.find(isOpen) ?? fields[0];
  field?.focus();
  field?.select();
  return Boolean(field);
}

/** Puts the cursor into the next open field after `field`; whether there is one. */
export function focusNext(root, field) {
  const fields = fieldsIn(root);
  const open = (other) => other !== field && isOpen(other);
  const next = fields.slice(fields.indexOf(field) + 1).find(open) ?? fields.find(open);
  next?.focus();
  return Boolean(next);
}

/** `value` wherever the variable stands. */
export function showValue(root, name, value) {
  for (const echo of root.querySelectorAll("[data-echo]")) {
    if (echo.dataset.echo !== name) continue;
    echo.textContent = value.trim() || slotLabel(name);
    echo.classList.toggle("slot", !value.trim());
  }
  const field = fieldsIn(root).find((one) => one.dataset.slot === name);
  if (field) field.size = fieldSize(name, value);
}
