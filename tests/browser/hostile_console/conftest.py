"""A service that knows nothing but hostile strings, and a guarded page of it, for each test file."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.hostile_console.guarding import (
    WIDE,
    Guarded,
)
from tests.browser.hostile_content import (
    write_entries,
)
from tests.browser.people import set_up
from tests.browser.service import Api, Service, new_token, serving


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The folder and origin of a contact-centre platform's pages."""
    folder = tmp_path_factory.mktemp("platform")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, platform: tuple[Path, str]
) -> Iterator[Service]:
    """A service of its own: what is written here would be found by the other tests."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "content").mkdir()
    write_entries(folder / "content")
    with serving(folder, folder / "content", ZHIKE_FRAME_ANCESTORS=platform[1]) as started:
        yield started


@pytest.fixture(scope="module")
def api(service: Service) -> Api:
    return Api(service.base, new_token(service.data))


@pytest.fixture(scope="module")
def signed_in(service: Service, chromium: Browser) -> dict[str, object]:
    return set_up(service, chromium)


@pytest.fixture
def guarded(service: Service, chromium: Browser, signed_in: dict[str, object]) -> Iterator[Guarded]:
    context = chromium.new_context(
        storage_state=signed_in,  # type: ignore[arg-type]
        viewport=WIDE,  # type: ignore[arg-type]
        locale="zh-CN",
    )
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield Guarded(context, service.base)
    context.close()
