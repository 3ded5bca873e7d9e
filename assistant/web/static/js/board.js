/** Filters that submit themselves, and one-click verification on the freshness board. */

import { call } from "./api.js";
import { toast } from "./dom.js";
import { t } from "./i18n.js";

for (const form of document.querySelectorAll("form[data-autosubmit]")) {
  form.addEventListener("change", () => form.requestSubmit());
}

for (const button of document.querySelectorAll("[data-verify]")) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await call("POST", `/api/v1/entries/${encodeURIComponent(button.dataset.verify)}/verify`, {});
      toast(t("board.verified"));
      const row = button.closest("tr");
      setTimeout(() => location.reload(), 600);
      row.classList.add("done");
    } catch (problem) {
      button.disabled = false;
      toast(problem.message || t("common.failed"), "alert");
    }
  });
}
