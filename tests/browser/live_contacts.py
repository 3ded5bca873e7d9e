"""What tests of live contacts look at and do on the console's page."""

from typing import Any

from playwright.sync_api import Locator, Page, Request, expect

QUESTION = "退款多久到账"


def given(request: Request) -> Any:
    """The JSON that was sent with it."""
    return request.post_data_json


def row(page: Page, name: str) -> Locator:
    return page.locator("#contacts .contact").filter(has_text=name)


def open_contact(page: Page, name: str) -> None:
    row(page, name).click()
    expect(page.locator("#talk-head h2")).to_have_text(name)


def said(page: Page) -> Locator:
    return page.locator("#transcript .bubble")


def reply(page: Page) -> Locator:
    return page.locator("#reply .reply-body")


def write(page: Page, text: str) -> None:
    """Begins a reply of the agent's own in the place of the suggestion."""
    page.keyboard.press("Alt+e")
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
