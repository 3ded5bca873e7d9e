"""A service that knows nothing but hostile strings, a shop that embeds its widget, and who uses both."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.hostile_selfservice.guarding import WIDE, Guarded
from tests.browser.hostile_selfservice.texts import write_articles
from tests.browser.people import set_up
from tests.browser.service import Api, Service, new_token, run_command, serving

# A page without any policy of its own: what could run would.
HOST = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>shop</title>
<link rel="icon" href="data:,"><script src="given.js"></script>
<script src="{base}/widget.js" data-site="{site}" defer></script></head>
<body><main><h1>shop</h1></main></body></html>"""
GIVEN = """window.zhikeBase = {base!r};
if (location.hash.length > 1) window.ZhikeSettings = JSON.parse(decodeURIComponent(location.hash.slice(1)));"""


@dataclass
class Shop:
    """Somebody else's pages: their folder and their origin."""

    folder: Path
    origin: str


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The shop's pages are served."""
    folder = tmp_path_factory.mktemp("shop")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Shop(folder, f"http://127.0.0.1:{server.server_address[1]}")
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service of its own: what is written here would be found by the other tests."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "content").mkdir()
    write_articles(folder / "content")
    many = "1000000"
    limits = {f"ZHIKE_WIDGET_PER_{kind}": many for kind in ("VISIT", "ADDRESS", "SITE")}
    with serving(folder, folder / "content", ZHIKE_WORKERS="1", **limits) as started:
        yield started


@pytest.fixture(scope="module")
def api(service: Service) -> Api:
    return Api(service.base, new_token(service.data))


@pytest.fixture(scope="module")
def signed_in(service: Service, chromium: Browser) -> dict[str, object]:
    return set_up(service, chromium)


@pytest.fixture(scope="module")
def site(service: Service, host: Shop) -> str:
    """The shop's site, its page written."""
    given = ("--name", "商城", "--origin", host.origin, "--json")
    made: str = json.loads(run_command(service.data, "site", "add", *given))["id"]
    (host.folder / "index.html").write_text(HOST.format(base=service.base, site=made))
    (host.folder / "given.js").write_text(GIVEN.format(base=service.base))
    return made


@pytest.fixture
def stranger(chromium: Browser, service: Service, host: Shop) -> Iterator[Guarded]:
    """Somebody who never signed in."""
    context = chromium.new_context(viewport=WIDE, locale="zh-CN")  # type: ignore[arg-type]
    guarded = Guarded(context, service.base, host.origin)
    yield guarded
    context.close()
    assert not guarded.faults, guarded.faults


@pytest.fixture
def agent(chromium: Browser, service: Service, signed_in: dict[str, object]) -> Iterator[Guarded]:
    """The first administrator."""
    context = chromium.new_context(storage_state=signed_in, viewport=WIDE, locale="zh-CN")  # type: ignore[arg-type]
    guarded = Guarded(context, service.base)
    yield guarded
    context.close()
    assert not guarded.faults, guarded.faults
