/** Has external links checked, a few at a time, when an editor asks; what is broken can be reported. */

import { call, told } from "../api.js";
import { h, icon, toast } from "../dom.js";
import { t } from "../i18n.js";

const FEW = 5;
const SHAPE = { ok: ["good", "check"], moved: ["info", "next"], gone: ["bad", "stop"], refused: ["due", "alert"], failed: ["due", "alert"], private: ["due", "alert"], busy: ["", "clock"] };
const button = document.getElementById("check-all");
const items = [...document.querySelectorAll("#outside > li")];

function show(item, { outcome, status, detail, location: to }) {
  const [tone, shape] = SHAPE[outcome] ?? SHAPE.failed;
  item.querySelector("[data-found]").replaceChildren(
    h("span", { class: `chip ${tone}`, title: detail || null }, icon(shape), t(`links.outcome.${outcome}`), status ? ` ${status}` : null),
    ...(to ? [h("span", { class: "small quiet address" }, to)] : []));
}

async function check() {
  button.disabled = true;
  let broken = 0;
  try {
    for (let start = 0; start < items.length; start += FEW) {
      const some = items.slice(start, start + FEW);
      some.forEach((item) => item.querySelector("[data-found]").replaceChildren(h("span", { class: "small quiet" }, t("links.checking"))));
      const { results } = await call("POST", "/api/v1/freshness/links/check", { urls: some.map((item) => item.dataset.url) });
      for (const found of results) {
        show(some.find((item) => item.dataset.url === found.url), found);
        if (found.outcome === "gone") broken += 1;
      }
    }
    toast(broken ? t("links.done_broken", { count: broken }) : t("links.done"), broken ? "alert" : "check");
  } catch (problem) {
    for (const item of items) {
      if (!item.querySelector("[data-found] .chip")) item.querySelector("[data-found]").replaceChildren();
    }
    toast(told(problem), "alert");
  } finally {
    button.disabled = false;
  }
}

button?.addEventListener("click", check);
document.getElementById("links").dataset.ready = "";
