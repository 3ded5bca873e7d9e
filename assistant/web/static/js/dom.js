/** Small ways to build elements; text is always set as text, never as HTML. */

const sprite = document.querySelector("use")?.getAttribute("href").split("#")[0] ?? "/static/icons.svg";

/** An element with properties (`class`, `on…`, `data`, attributes) and children (nodes or strings). */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "class") element.className = value;
    else if (key === "data") Object.assign(element.dataset, value);
    else if (key in element && typeof value !== "string") element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
  return element;
}

/** An icon of the sprite, hidden from assistive technology. */
export function icon(name) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(ns, "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

/** `text` as nodes with every occurrence of a term marked; longer terms win. */
export function highlight(text, terms = []) {
  const wanted = [...new Set(terms.filter((term) => term && term.trim()))].sort((a, b) => b.length - a.length);
  if (!wanted.length) return [text];
  const pattern = new RegExp(`(${wanted.map((w) => w.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "gi");
  return text.split(pattern).map((part, i) => (i % 2 ? h("mark", {}, part) : part)).filter((n) => n !== "");
}

/** Shows a short message for three seconds. */
export function toast(message, iconName = "check") {
  const box = document.getElementById("toasts");
  const item = h("div", { class: "toast" }, icon(iconName), message);
  box.replaceChildren(item);
  setTimeout(() => item.remove(), 3000);
}

/** Copies text, also where the asynchronous clipboard is not allowed (plain http on a LAN). */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = h("textarea", { class: "visually-hidden", readonly: true });
    area.value = text;
    const focused = document.activeElement;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    focused?.focus();
    return done;
  }
}
