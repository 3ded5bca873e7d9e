/** The help centre works without this: questions while one types, and buttons that open the chat. */

import { suggestFor } from "./suggest.js";

for (const form of document.querySelectorAll("form[data-suggest]")) suggestFor(form);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-open-chat]");
  if (!button || !window.Zhike) return;
  if (button.dataset.question) window.Zhike.openWithQuestion(button.dataset.question);
  else window.Zhike.open();
});
