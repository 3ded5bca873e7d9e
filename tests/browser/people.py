"""Colleagues: people of every role who sign in as they would, and what they do by API."""

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import PASSWORD, ROOT, Service


class Colleague:
    """Somebody who signed in, with a browser of their own."""

    def __init__(self, service: Service, context: BrowserContext, name: str) -> None:
        self.service = service
        self.context = context
        self.name = name

    def page(self, path: str = "/agent") -> Page:
        """A new page of theirs; the console is ready to be used when this returns."""
        page = self.context.new_page()
        page.goto(self.service.base + path)
        if path.startswith("/agent"):
            page.locator("#reply :is(.empty > *, .reply-body)").first.wait_for()
        return page

    def api(self, method: str, path: str, body: object = None, **headers: str) -> dict[str, Any]:
        """What the service answers to a request of theirs; the request must succeed."""
        return api(self.context, self.service, method, path, body, **headers)


def api(
    context: BrowserContext,
    service: Service,
    method: str,
    path: str,
    body: object = None,
    **headers: str,
) -> dict[str, Any]:
    """A request with the cookies of a browser."""
    answer = context.request.fetch(
        f"{service.base}/api/v1{path}",
        method=method,
        data=body,
        headers={"Origin": service.base, "Accept-Language": "zh-CN", **headers},
    )
    assert answer.ok, answer.text()
    found: dict[str, Any] = answer.json()
    return found


def sign_in(
    service: Service, chromium: Browser, login: str, name: str, role: str, **options: Any
) -> Colleague:
    """A new colleague, added by the command line and signed in by the form."""
    added = subprocess.run(
        [
            sys.executable,
            "-m",
            "assistant.cli",
            "user",
            "add",
            login,
            "--name",
            name,
            "--role",
            role,
        ],
        cwd=ROOT,
        env={**os.environ, "ZHIKE_DATA": str(service.data)},
        input=f"{PASSWORD}\n{PASSWORD}\n",
        text=True,
        capture_output=True,
        check=False,
    )
    assert added.returncode == 0, added.stderr
    context = chromium.new_context(
        **{"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN", **options}
    )
    page = context.new_page()
    page.goto(f"{service.base}/login")
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/agent")
    page.close()
    return Colleague(service, context, name)


def publish(
    writer: Colleague, reviewer: Colleague, entry_id: str, content: Mapping[str, object]
) -> int:
    """A new revision of an entry, or a new entry, through review to publication; its number."""
    found = writer.context.request.get(f"{writer.service.base}/api/v1/entries/{entry_id}")
    if found.ok:
        version = found.json()["version"]
        path, tag = f"/entries/{entry_id}", {"If-Match": f'"{version}"'}
        number = writer.api("PUT", path, {"content": dict(content)}, **tag)["latest"]
    else:
        writer.api("POST", "/entries", {"id": entry_id, "content": dict(content)})
        number = 1
    for who, step in ((writer, "submit"), (reviewer, "approve"), (reviewer, "publish")):
        who.api("POST", f"/entries/{entry_id}/revisions/{number}/{step}", {})
    return int(number)
