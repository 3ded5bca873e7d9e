/** An article's text from the service's structured form: only these elements, only these attributes. */

import { h } from "./dom.js";
import { t } from "./texts.js";

const PLAIN = new Set("p ol ul li thead tbody tr blockquote pre code strong em br hr".split(" "));
const HEADINGS = { h1: "h4", h2: "h4", h3: "h4", h4: "h5", h5: "h5", h6: "h5" };
const SCHEMES = new Set(["http:", "https:", "mailto:", "tel:"]);

/** An address that may be followed, made complete; null for any other. */
export function safeAddress(address, base) {
  try {
    const url = new URL(address, base);
    return SCHEMES.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Nodes for `blocks`. `base` completes addresses; `enlarge(src, alt)` shows a picture large. */
export function nodesOf(blocks, { base, enlarge }) {
  const inside = (block) => nodesOf(block.children ?? [], { base, enlarge });
  return (blocks ?? []).map((block) => {
    if (typeof block === "string") return document.createTextNode(block);
    const { tag, attrs = {} } = block;
    if (PLAIN.has(tag)) return h(tag, {}, inside(block));
    if (HEADINGS[tag]) return h(HEADINGS[tag], {}, inside(block));
    if (tag === "th") return h("th", { scope: "col" }, inside(block));
    if (tag === "td") return h("td", {}, inside(block));
    if (tag === "table") return h("div", { class: "table", tabindex: "0", role: "region", "aria-label": t("widget.table") }, h("table", {}, inside(block)));
    if (tag === "a") return linkTo(attrs.href, base, inside(block));
    if (tag === "img") return picture(attrs, base, enlarge);
    return h("span", {}, inside(block));
  });
}

function linkTo(href, base, children) {
  const address = href && safeAddress(href, base);
  return address ? h("a", { href: address, target: "_blank", rel: "noopener" }, children) : h("span", {}, children);
}

/** Only the service's own pictures are loaded; of any other the description stays. */
function picture({ src, alt = "", width, height }, base, enlarge) {
  const address = src && safeAddress(src, base);
  if (!address || new URL(address).origin !== new URL(base).origin) return h("span", {}, alt);
  const image = h("img", { src: address, alt, width, height, loading: "lazy", decoding: "async" });
  return h("button", { type: "button", class: "picture", "aria-label": t("widget.enlarge", { what: alt || t("widget.picture") }), onclick: () => enlarge(address, alt) }, image);
}

/** Whether one of `tags` stands anywhere in `blocks`. */
export function holds(blocks, ...tags) {
  return (blocks ?? []).some((block) => typeof block !== "string" && (tags.includes(block.tag) || holds(block.children, ...tags)));
}
