/**
 * The one element that the widget puts into a page, with everything else in its shadow. It sits in
 * the browser's top layer where there is one: no z-index and no transform of the page reaches it.
 */
/* global STYLES */

import { accentOf } from "./colour.js";
import { h } from "./dom.js";
import { t } from "./texts.js";

const NAME = "zhike-widget";

/** The element is only a place; what happens in it is up to the widget that made it. */
function define() {
  if (customElements.get(NAME)) return;
  customElements.define(NAME, class extends HTMLElement {
    connectedCallback() { this.onconnect?.(); }
    disconnectedCallback() { this.ondisconnect?.(); }
  });
}

function dress(shadow) {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
    shadow.adoptedStyleSheets = [sheet];
  } catch {
    shadow.append(h("style", {}, STYLES)); // browsers from before constructable style sheets
  }
}

/** The host element, its shadow, and the root that carries theme and colour. */
export class Surface {
  #dark = matchMedia("(prefers-color-scheme: dark)");
  #watch = null;

  constructor(settings) {
    define();
    this.settings = settings;
    this.host = document.createElement(NAME);
    this.root = h("div", { class: "zk" });
    this.shadow = this.host.attachShadow({ mode: "open", delegatesFocus: false });
    dress(this.shadow);
    this.shadow.append(this.root);
    this.host.onconnect = () => this.#lift();
    // Pages that swap their body (Turbo and the like) take us out of the document with it.
    this.host.ondisconnect = () => setTimeout(() => this.body !== document.body && this.put());
    this.paint = () => this.#paint();
    this.#dark.addEventListener("change", this.paint);
    this.#watch = new MutationObserver(this.paint);
    this.#watch.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    this.wear(settings);
  }

  /** Puts the element into the page. */
  put() {
    this.body = document.body;
    this.body.append(this.host);
  }

  /** Takes on position, colour and theme. */
  wear(settings) {
    this.settings = settings;
    this.host.setAttribute("lang", settings.lang);
    if (settings.mode !== "frame") {
      this.root.setAttribute("role", "complementary");
      this.root.setAttribute("aria-label", settings.title || t("widget.title"));
    }
    Object.assign(this.root.dataset, { position: settings.position, mode: settings.mode });
    this.#paint();
  }

  remove() {
    this.host.ondisconnect = null;
    this.#watch.disconnect();
    this.#dark.removeEventListener("change", this.paint);
    this.host.remove();
  }

  #lift() {
    if (!("popover" in this.host) || this.settings.mode === "frame") return;
    this.host.popover = "manual";
    try {
      this.host.showPopover();
    } catch {
      // The highest z-index will do.
    }
  }

  /** Light or dark: as the page says on its root element, else as the system does. */
  #paint() {
    const said = this.settings.theme === "auto" ? document.documentElement.dataset.theme : this.settings.theme;
    const dark = said === "dark" || (said !== "light" && this.#dark.matches);
    this.root.dataset.theme = dark ? "dark" : "light";
    const accent = accentOf(this.settings.color, dark);
    for (const name of ["--fill", "--fill-2", "--on-fill", "--accent", "--accent-soft"]) {
      if (accent) this.root.style.setProperty(name, accent[name]);
      else this.root.style.removeProperty(name);
    }
  }
}
