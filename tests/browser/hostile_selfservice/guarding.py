"""A page in which no text may become more than text, and what looks for that."""

from __future__ import annotations

from collections.abc import Sequence

from playwright.sync_api import BrowserContext, Dialog

NARROW = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 800}
# What no text may turn into, in the page and in the widget's shadow.
AUDIT = """() => {
  const roots = [document, ...[...document.querySelectorAll("zhike-widget")].map((one) => one.shadowRoot)];
  const made = "iframe, object, embed, base, frame, marquee, math, plaintext, image, video, audio, xss, picture, portal, applet," +
    "font, source, track, custom-element, meta[http-equiv], form[action]:not([action^='/']), img:not([src^='/help/images/'])";
  const found = [], own = (one) => one.localName === "style" || one.localName === "script";
  for (const root of roots) {
    found.push(...[...root.querySelectorAll(made)].map((one) => one.outerHTML.slice(0, 200)));
    for (const one of root.querySelectorAll("*")) {
      if (one.localName === "style" && root === document) found.push(one.outerHTML.slice(0, 200));
      if (one.localName === "script" && !one.src && one.type !== "application/ld+json") found.push(one.outerHTML.slice(0, 200));
      for (const { name, value } of one.attributes) {
        const address = /^(href|src|srcset|action|formaction|xlink:href|background|srcdoc|data|poster|ping)$/.test(name);
        const link = one.localName === "a" && /^((https?|mailto|tel):|\\/[\\/\\\\])/.test(value);
        const meta = one.localName === "link" && /^(canonical|alternate|stylesheet|icon|modulepreload)$/.test(one.rel);
        if (/^on/.test(name) || name === "style" && /evil|url\\(/.test(value)
          || address && !link && /^\\s*(javascript|data|vbscript|blob|https?|ftp|\\/\\/|\\/\\\\)/i.test(value)
            && !value.startsWith(window.zhikeBase ?? location.origin) && !(meta && value === "data:,")) {
          found.push(`${one.localName} ${name}=${value}`.slice(0, 200));
        }
      }
    }
  }
  for (const one of document.querySelectorAll("script[type='application/ld+json']")) JSON.parse(one.textContent);
  return found;
}"""
TOO_WIDE = """() => {
  const root = document.documentElement, found = [];
  if (root.scrollWidth > root.clientWidth + 1) {
    const over = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > root.clientWidth + 1);
    found.push(`page ${root.scrollWidth} > ${root.clientWidth}: ${over.slice(-3).map((one) =>
      `${one.parentElement.className}/${one.localName}.${one.className} ${one.textContent.slice(0, 30)}`).join("; ")}`);
  }
  for (const host of document.querySelectorAll("zhike-widget")) {
    for (const box of host.shadowRoot.querySelectorAll(".panel, .thread, .home, .composer, .head")) {
      const style = getComputedStyle(box);
      if (box.scrollWidth > box.clientWidth + 1 && style.display !== "none") {
        const edge = box.getBoundingClientRect().left + box.clientWidth + 1;
        const over = [...box.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > edge);
        found.push(`${box.className} ${box.scrollWidth} > ${box.clientWidth}: ${over.slice(-3).map((one) =>
          `${one.localName}.${one.className} ${one.textContent.slice(0, 40)}`).join("; ")}`);
      }
    }
  }
  return found;
}"""


class Guarded:
    """A page on which nothing may run, be asked for elsewhere, or be refused by the policy."""

    def __init__(self, context: BrowserContext, *origins: str) -> None:
        self.origins = origins
        self.faults: list[str] = []
        self.expected: tuple[str, ...] = ()  # what the console may say
        self.page = page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"script: {error.stack}"))
        page.on("console", lambda said: self._said(said.type, said.text))
        page.on("request", lambda asked: self._asked(asked.url))
        page.on("dialog", self._stopped)
        page.on("popup", lambda popup: self.faults.append(f"window: {popup.url}"))
        page.add_init_script(
            "addEventListener('securitypolicyviolation', (e) => console.error('policy', e.blockedURI, e.violatedDirective))"
        )

    def _said(self, kind: str, text: str) -> None:
        if kind == "error" and not any(known in text for known in self.expected):
            self.faults.append(f"console: {text}")

    def _stopped(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _asked(self, url: str) -> None:
        if not url.startswith((*self.origins, "data:", "blob:")):
            self.faults.append(f"request: {url}")

    def check(self, *, sizes: Sequence[dict[str, int]] = (NARROW, WIDE)) -> None:
        """Fails when a text has become more than text, or has widened the page."""
        broken = "[window.zhikeBroken, Object.prototype.zhikeBroken, Object.prototype.polluted]"
        assert self.page.evaluate(broken) == [None, None, None]
        assert self.page.evaluate(AUDIT) == []
        for size in sizes:
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            assert self.page.evaluate(TOO_WIDE) == [], size
        assert not self.faults, self.faults
