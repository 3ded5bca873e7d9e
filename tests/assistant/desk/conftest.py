"""Fixtures of the desk's tests: a digest with a task, and servers that take one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from assistant.catalogue import take
from assistant.desk import tasks
from assistant.desk.digest import Digest, compose
from assistant.wiring import Services
from kb.model import Content, Kind
from tests.assistant.conftest import TZ, FakeClock, published


@pytest.fixture
def digest_of(services: Services, clock: FakeClock) -> Callable[..., Digest]:
    """The digest of 促销组, with an offer over and another to come, in either language."""
    now = clock()
    over = Content(Kind.POLICY, "夏季<清洗>优惠", "满减。", effective_until=now - timedelta(days=9),
                   effective_from=now - timedelta(days=99))  # fmt: skip
    coming = Content(Kind.POLICY, "双12活动", "满减。", effective_from=now + timedelta(days=9))
    published(services.kb, "summer", over, owner="促销组")
    published(services.kb, "double-12", coming, owner="促销组")

    def make(lang: str = "zh-CN", address: str = "", owner: str = "促销组") -> Digest:
        picture = take(services.kb, clock)
        rows = [row for row in tasks.rows(picture, {"summer": 3}) if row.owner == owner]
        return compose(owner, rows, picture, TZ, lang, address)

    return make


@dataclass
class Hook:
    """What a local server was sent, and what it answers, in order; the last answer stays."""

    answers: list[int] = field(default_factory=lambda: [200])
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A webhook on this machine."""
    with _serving() as found:
        yield found


@contextmanager
def _serving() -> Iterator[Hook]:
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hook.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            hook.headers.append(dict(self.headers))
            code = hook.answers.pop(0) if len(hook.answers) > 1 else hook.answers[0]
            self.send_response(code)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    hook.url = f"http://127.0.0.1:{server.server_port}/hook?team=1"
    try:
        yield hook
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
