/** What the embedding page asks for: attributes of the script tag, then `window.ZhikeSettings`. */

import { speak } from "./texts.js";

const NAMES = ["site", "position", "color", "title", "lang", "mode", "theme", "question"];

/** The script's own tag, also where the browser does not name it (a script put in later). */
export function ownTag() {
  return document.currentScript ?? document.querySelector("script[data-site][src*='widget.js']");
}

/** Settings by name; `base` is the service's address. Without a site there is nothing to show: null. */
export function readSettings(tag, given = {}) {
  const said = Object.fromEntries(NAMES.map((name) => [name, tag?.dataset[name] || given[name] || ""]));
  const address = tag?.src || given.host;
  if (!said.site || !address) return null;
  return {
    ...said,
    base: new URL(".", new URL(address, location.href)).href,
    lang: speak(said.lang, document.documentElement.lang, navigator.language),
    mode: ["frame", "hidden"].includes(said.mode) ? said.mode : "bubble",
    theme: ["light", "dark"].includes(said.theme) ? said.theme : "auto",
  };
}

/** `settings` completed by what the site itself is set to; the page's own words win. */
export function withSite(settings, site = {}) {
  return {
    ...settings,
    title: settings.title || site.title || "",
    color: settings.color || site.color || "",
    position: (settings.position || site.position) === "left" ? "left" : "right",
  };
}
