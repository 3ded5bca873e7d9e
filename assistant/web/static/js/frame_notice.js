/** In a frame, signed out: opens the sign-in window and begins a session of its own with its code. */

import { t } from "./i18n.js";
import { toParent } from "./parent_page.js";

const button = document.getElementById("sign-in");
const state = document.getElementById("frame-state");
const { origins, target } = button.dataset;
let opened = null;

button.addEventListener("click", () => {
  opened = window.open(`/login?next=${encodeURIComponent("/agent/signed-in")}`, "zhike-sign-in", "popup,width=480,height=640");
  state.textContent = t(opened ? "frame.waiting" : "frame.blocked");
});

addEventListener("message", async ({ data, origin, source }) => {
  if (origin !== location.origin || source !== opened || data?.type !== "zhike:code") return;
  const response = await fetch("/agent/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code: data.code }),
  }).catch(() => null);
  if (response?.ok) location.replace(target);
  else state.textContent = t("frame.failed");
});

toParent(origins.split(" "), { type: "zhike:needs-sign-in" });
