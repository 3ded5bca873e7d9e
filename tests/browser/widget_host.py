"""A page of somebody else that embeds the widget: another origin, strict about what may run, with
styles that spoil whatever they reach. And a customer who uses the widget there.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.service import Api, Service, run_command

# Every element would be undone, huge and out of place; what covers the page has the highest layer.
SPOILING = """
* { all: unset !important; font-size: 60px !important; color: fuchsia !important; }
html { font-size: 40px; }
body { transform: rotate(2deg); filter: invert(1); }
zhike-widget { display: none !important; position: static !important; opacity: 0 !important; }
#cover { position: fixed !important; inset: 0 !important; z-index: 2147483647 !important; }
:root { --fill: red; --ink: red; --surface: red; }
"""
PAGE = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>shop</title>
<link rel="icon" href="data:,">{head}</head>
<body><main><h1>shop</h1><label>name <input id="field"></label>{body}</main></body></html>"""


class Pages(SimpleHTTPRequestHandler):
    """Static pages under a policy that lets nothing run but this host's files and the widget."""

    service = ""

    def end_headers(self) -> None:
        """Adds the policy."""
        self.send_header(
            "Content-Security-Policy",
            f"default-src 'none'; script-src 'self' {self.service}; style-src 'self'; "
            f"connect-src {self.service}; img-src data: {self.service}; frame-src {self.service}; "
            "require-trusted-types-for 'script'; trusted-types 'none'",
        )
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Host:
    """The foreign site: its pages, and what it is called at the service."""

    def __init__(self, origin: str, folder: Path, service: Service, site: str) -> None:
        self.origin = origin
        self.folder = folder
        self.service = service
        self.site = site
        (folder / "spoiling.css").write_text(SPOILING)

    def page(
        self,
        name: str,
        *,
        lang: str = "zh-CN",
        before: str = "",
        head: str = "",
        body: str = "",
        tag: bool = True,
        **attributes: str,
    ) -> str:
        """Writes a page with the widget's tag; its address. `before` is script that runs first."""
        given = {"site": self.site, **attributes}
        data = " ".join(f'data-{key}="{value}"' for key, value in given.items())
        if before:
            (self.folder / f"{name}.js").write_text(before)
            head += f'<script src="{name}.js"></script>'
        if tag:
            head += f'<script src="{self.service.base}/widget.js" {data} defer></script>'
        (self.folder / f"{name}.html").write_text(PAGE.format(lang=lang, head=head, body=body))
        return f"{self.origin}/{name}.html"


@contextmanager
def hosting(service: Service, folder: Path, *options: str) -> Iterator[Host]:
    """A host whose origin the service lists as a site of its own; `options` are the site's."""
    handler = type("OwnPages", (Pages,), {"service": service.base})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_address[1]}"
    given = ("--name", "商城", "--origin", origin, "--json", *options)
    site = json.loads(run_command(service.data, "site", "add", *given))["id"]
    try:
        yield Host(origin, folder, service, site)
    finally:
        server.shutdown()
        server.server_close()


def far_hours() -> str:
    """Opening hours that are days away, whenever the tests run."""
    day = f"{datetime.now(UTC) + timedelta(days=3):%a}"
    return f"{day} 09:00-10:00"


class Customer:
    """Somebody on a page with the widget."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.widget = page.locator("zhike-widget")

    def part(self, selector: str) -> Locator:
        """Something inside of the widget."""
        return self.widget.locator(selector)

    @property
    def panel(self) -> Locator:
        """What opens."""
        return self.part(".panel")

    @property
    def messages(self) -> Locator:
        """What was said and has arrived."""
        return self.part(".messages > .message:not([data-status])")

    @property
    def composer(self) -> Locator:
        """The field under the conversation."""
        return self.part(".composer textarea")

    def open(self) -> "Customer":
        """Opens the panel; returns once the questions asked most are there."""
        self.part(".launcher").click()
        expect(self.part(".most li").first).to_be_visible()
        return self

    def ask(self, text: str) -> Locator:
        """Says something in whichever field is shown; what came back."""
        before = self.messages.count()
        field = self.composer if self.composer.is_visible() else self.part(".search input")
        field.fill(text)
        field.press("Enter")
        expect(self.messages.nth(before + 1)).to_be_attached()
        expect(self.part("[data-status]")).to_have_count(0)
        return self.messages.nth(before + 1)

    def kept(self) -> Any:
        """What the page's storage holds of the visit."""
        return self.page.evaluate(
            "() => JSON.parse(localStorage[Object.keys(localStorage).find((k) => k.startsWith('zhike.'))] ?? null)"
        )


def contact_of(api: Api, widget: Customer) -> str:
    """The contact of the customer's visit."""
    visit = f"visit:{widget.kept()['visit']}"
    for found in api.get("/contacts")["contacts"]:
        if found["external_id"] == visit:
            return str(found["id"])
    raise AssertionError("no contact of this visit")
