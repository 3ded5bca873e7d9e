"""The reply of the console, as tests ask for it, read it and write in it."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.service import Service

LATE = "快递晚到了有赔偿吗，气死我了"
INVOICE = "发票抬头开错了怎么改"
CANNED = "发票抬头写错要更改"


def message(page: Page) -> Locator:
    return page.get_by_label("客户的话", exact=True)


def draft(page: Page) -> Locator:
    return page.locator("#reply textarea.draft")


def ask(page: Page, service: Service, text: str, channel: str = "chat") -> None:
    page.goto(f"{service.base}/agent")
    page.locator(f"input[name=channel][value={channel}]").check()
    message(page).fill(text)
    expect(page.locator("#reply .sentence").first).to_be_visible()
    expect(page.locator("#progress")).to_be_hidden()


def type_over(page: Page, text: str) -> None:
    """Opens the draft and types `text` in the place of all of it."""
    page.keyboard.press("Alt+e")
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def feedback(page: Page) -> list[dict[str, Any]]:
    """What is told about suggestions from now on."""
    told: list[dict[str, Any]] = []

    def listen(request: Request) -> None:
        if request.url.endswith("/api/v1/feedback"):
            told.append(json.loads(request.post_data or "{}"))

    page.on("request", listen)
    return told


def contact(page: Page, service: Service, name: str, text: str) -> str:
    """A live contact that has said `text`; its id."""
    headers = {"Origin": service.base}
    made = page.request.post(
        f"{service.base}/api/v1/contacts",
        data={"channel": "chat", "customer": {"name": name}},
        headers=headers,
    ).json()
    said = page.request.post(
        f"{service.base}/api/v1/contacts/{made['id']}/messages",
        data={"role": "customer", "text": text},
        headers=headers,
    )
    assert said.ok, said.text()
    return str(made["id"])


def open_contact(page: Page, contact_id: str) -> None:
    page.locator(f"#contacts [data-contact='{contact_id}']").click()
    expect(page.locator("#reply .sentence, #reply textarea.draft").first).to_be_visible()


def checks(request: Request, text: str) -> bool:
    """Whether a request asks about the figures of exactly this text."""
    body = json.loads(request.post_data or "{}") if "/replies/check" in request.url else {}
    return bool(body.get("text") == text)


def canned(page: Page, code: str, key: str = "Enter") -> None:
    """Puts the canned reply with this short code in."""
    page.keyboard.press("Alt+p")
    palette = page.locator("dialog.palette")
    expect(palette).to_be_visible()
    page.keyboard.type(code)
    expect(palette.locator(".palette-list [aria-selected=true]")).to_contain_text(code)
    page.keyboard.press(key)
    expect(palette).to_be_hidden()
