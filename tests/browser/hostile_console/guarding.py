"""A page on which no text may become more than text, and the hostile strings in portions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Dialog, expect

from tests.browser.hostile_content import (
    LINES,
)
from tests.browser.service import Api
from tests.hostile_strings import HOSTILE

WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 360, "height": 740}
# What no text may turn into: elements, handlers and addresses that nobody of ours has made.
AUDIT = """(root) => {
  const made = "iframe, object, embed, base, frame, marquee, math, plaintext, style, img, image, video, audio, xss," +
    "custom-element, meta[http-equiv], form[action]:not([action^='/']), dialog:not([aria-labelledby], [aria-label])";
  const found = [...document.querySelectorAll(made)].map((one) => one.outerHTML.slice(0, 200));
  for (const one of document.querySelectorAll("*")) {
    for (const { name, value } of one.attributes) {
      const address = /^(href|src|action|formaction|xlink:href|background|srcdoc|data|poster)$/.test(name);
      const link = one.localName === "a" && /^https?:/.test(value) && one.closest(".prose");
      if (/^on/.test(name) || name === "style" && /evil|url\\(/.test(value)
        || address && !link && /^\\s*(javascript|data|vbscript|https?:|\\/\\/)/i.test(value) && !value.startsWith(location.origin)) {
        found.push(`${one.localName} ${name}=${value}`.slice(0, 200));
      }
    }
  }
  return found;
}"""
TOO_WIDE = """() => [document.documentElement, ...document.querySelectorAll("dialog[open], .talk, .side, .reply, .risk")]
  .filter((box) => box.scrollWidth > box.clientWidth + 1)
  .map((box) => {
    const edge = box.getBoundingClientRect().left + box.clientWidth + 1;
    const over = [...box.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > edge && !one.closest(".contacts"));
    return `${box.localName}.${box.className} ${box.scrollWidth} > ${box.clientWidth}: ${over.slice(-4).map((one) =>
      `${one.parentElement.className}/${one.localName}.${one.className} ${one.textContent.slice(0, 30)}`).join("; ")}`;
  })"""


class Guarded:
    """A page on which nothing may run, be asked for elsewhere, or be refused by the policy."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.base = base
        self.faults: list[str] = []
        self.expected = ""  # what the console may say
        self.page = page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"script: {error.stack}"))
        page.on(
            "console", lambda said: self._said(said.type, f"{said.text} {said.location['url']}")
        )
        page.on("request", lambda asked: self._asked(asked.url))
        page.on("dialog", self._stopped)
        page.on("popup", lambda popup: self.faults.append(f"window: {popup.url}"))
        page.add_init_script(
            "addEventListener('securitypolicyviolation', (e) => console.error('policy', e.blockedURI, e.violatedDirective))"
        )

    def _said(self, kind: str, text: str) -> None:
        if kind == "error" and not (self.expected and self.expected in text):
            self.faults.append(f"console: {text}")

    def _stopped(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _asked(self, url: str) -> None:
        if not url.startswith((self.base, "data:", "blob:")):
            self.faults.append(f"request: {url}")

    def go(self, path: str) -> None:
        """Opens a page of the service; the console when it takes what is typed."""
        self.page.goto(self.base + path)
        if path.startswith("/agent"):
            expect(self.page.locator("#contacts")).to_have_attribute("aria-busy", "false")

    def check(self) -> None:
        """Fails when a text has become more than text, or has widened the page."""
        assert self.page.evaluate("window.zhikeBroken") is None
        assert (
            self.page.evaluate("Object.prototype.zhikeBroken ?? Object.prototype.polluted") is None
        )
        assert self.page.evaluate(AUDIT) == []
        for size in (NARROW, WIDE):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            assert self.page.evaluate(TOO_WIDE) == [], size
        assert self.page.url.startswith(self.base)
        assert not self.faults, self.faults


def units(text: str) -> int:
    """How long it is for a browser, which counts UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def batches(texts: tuple[str, ...], most: int, size: Callable[[str], int] = units) -> list[str]:
    """All of them, joined to as few texts of at most such a size as it takes."""
    found = [""]
    for text in texts:
        joined = f"{found[-1]}\n{text}" if found[-1] else text
        if size(joined) > most:
            found.append(text)
        else:
            found[-1] = joined
    return found


def one_contact(api: Api, *, roles: tuple[str, ...] = ("customer",)) -> dict[str, Any]:
    """A contact of the administrator in which every string was said."""
    said = [{"role": roles[n % len(roles)], "text": text} for n, text in enumerate(HOSTILE)]
    made = api.post(
        "/contacts", {"channel": "chat", "customer": {"name": LINES[0]}, "messages": said[:100]}
    )
    for message in said[100:]:
        api.post(f"/contacts/{made['id']}/messages", message)
    api.call("PATCH", f"/contacts/{made['id']}", {"assigned_to": "admin"})
    return dict(api.read(made["id"]))
