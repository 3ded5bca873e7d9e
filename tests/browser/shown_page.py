"""A page that tests bring into a state, with the contacts that were made for it."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page, expect


@dataclass
class Shown:
    """A page to bring into a state, and the contacts that were made for it."""

    page: Page
    base: str
    angry: str
    closed: str
    case: str

    def go(self, path: str) -> None:
        """Opens a page of the service; the console when it takes what is typed."""
        self.page.goto(self.base + path)
        if path.startswith("/agent"):
            expect(self.page.locator("#contacts")).to_have_attribute("aria-busy", "false")

    def ask(self, text: str) -> None:
        """The scratch contact with answers to `text`."""
        self.go(f"/agent?q={text}")
        expect(self.page.locator(".reply-body .sentence").first).to_be_visible()
        expect(self.page.locator("#progress")).to_be_hidden()

    def press(self, *combos: str) -> None:
        """Keys, one after the other."""
        for combo in combos:
            self.page.keyboard.press(combo)

    def sees(self, selector: str) -> None:
        """Waits until it is on the screen."""
        expect(self.page.locator(selector).first).to_be_visible()
