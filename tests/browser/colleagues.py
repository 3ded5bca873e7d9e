"""More people than the administrator: agents and supervisors with a page of their own each."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, ROOT, Service


def add_person(service: Service, login: str, name: str, role: str) -> None:
    """Let somebody sign in, as an administrator does from the command line."""
    command = [sys.executable, "-m", "assistant.cli", "user", "add", login]
    subprocess.run(
        [*command, "--name", name, "--role", role],
        input=f"{PASSWORD}\n",
        text=True,
        cwd=ROOT,
        env={**os.environ, "ZHIKE_DATA": str(service.data)},
        check=True,
        capture_output=True,
    )


@contextmanager
def signed_in_as(browser: Browser, service: Service, login: str, **options: Any) -> Iterator[Page]:
    """A page of somebody who has signed in; it fails on any script or console error."""
    context = browser.new_context(
        **{"viewport": {"width": 1280, "height": 900}, "locale": "zh-CN", **options}
    )
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("console", lambda m: faults.append(f"console: {m.text}") if m.type == "error" else None)
    page.goto(f"{service.base}/login")
    page.locator("[name=login]").fill(login)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/agent*")
    yield page
    context.close()
    assert not faults, faults


def ask_api(page: Page, method: str, path: str, body: object | None = None) -> Any:
    """What the service answers to the person of this page."""
    status, answer = page.evaluate(
        """async ([method, path, body]) => {
          const answer = await fetch(path, { method,
            headers: body === null ? {} : { "Content-Type": "application/json" },
            body: body === null ? undefined : JSON.stringify(body) });
          return [answer.status, await answer.json()];
        }""",
        [method, path, body],
    )
    assert status < 300, (status, answer)
    return answer


def open_contact(page: Page, *said: str, **more: object) -> str:
    """The id of a new contact in which the customer has said this."""
    messages = [{"role": "customer", "text": text} for text in said]
    made = ask_api(
        page, "POST", "/api/v1/contacts", {"channel": "chat", "messages": messages, **more}
    )
    return str(made["id"])


def scratch(page: Page, service: Service) -> None:
    """Open the console and wait until it takes what is typed."""
    page.goto(f"{service.base}/agent")
    expect(page.locator("#reply strong")).to_have_text("等客户开口")
