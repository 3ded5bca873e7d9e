"""Streams of the running service: they hold no thread, and outlive the workers they hang on."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import threading
import time
import urllib.error
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.assistant.test_serve import Running, command, start, until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("streams")
    content = folder / "content" / "policy"
    content.mkdir(parents=True)
    (content / "return-7-days.r1.md").write_text(
        "---\nid: return-7-days\nkind: policy\nstatus: published\ntitle: 七天无理由退货规则\n"
        "author: 林编辑\napproved_by: 周审核\npublished_at: 2026-01-01\nowner: 退换货组\n---\n\n"
        "## 规则\n\n签收次日起 7 天内可以退货。\n",
        "utf-8",
    )
    with pytest.MonkeyPatch.context() as patch:
        # Two threads in each of two workers: more streams than that would stop the service.
        patch.setattr("tests.assistant.test_serve.environment", few_threads)
        running = start(folder / "data", "--import", str(content.parent))
    yield running
    running.process.kill()
    running.process.wait()


def few_threads(data: Path) -> dict[str, str]:
    from tests.assistant.test_serve import free_port

    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZHIKE_")}
    kept.pop("PROMETHEUS_MULTIPROC_DIR", None)
    return {**kept, "ZHIKE_DATA": str(data), "PORT": str(free_port()), "ZHIKE_THREADS": "2"}


@pytest.fixture(scope="module")
def token(service: Running) -> str:
    return command(service.data, "token", "create", "--role", "agent").split()[-1]


class Console(threading.Thread):
    """A browser's EventSource: comes back with the last event's id whenever it is cut off."""

    def __init__(self, service: Running, token: str) -> None:
        super().__init__(daemon=True)
        self._address = service.base.removeprefix("http://")
        self._token = token
        self.last = ""
        self.cuts = 0
        self.ready = threading.Event()
        self.done = threading.Event()
        self.messages: list[tuple[str, str]] = []
        self._socket: socket.socket | None = None
        self.start()

    def run(self) -> None:
        while not self.done.is_set():
            connection = http.client.HTTPConnection(self._address, timeout=60)
            with suppress(OSError, http.client.HTTPException), closing(connection):
                self._listen(connection)
            self.cuts += 1
            time.sleep(0.05)

    def _listen(self, connection: http.client.HTTPConnection) -> None:
        headers = {"Authorization": f"Bearer {self._token}"}
        if self.last:
            headers["Last-Event-ID"] = self.last
        connection.request("GET", "/api/v1/events", headers=headers)
        self._socket = connection.sock
        with connection.getresponse() as answer:
            assert answer.status == 200
            self._read(answer)

    def _read(self, answer: http.client.HTTPResponse) -> None:
        kind, data, number = "", "", ""
        while line := answer.readline().decode():
            name, _, value = line.rstrip("\n").partition(": ")
            if name == "id":
                number = value
            elif name == "event":
                kind = value
            elif name == "data":
                data = value
            elif not line.strip():
                self._take(kind, data, number)
                kind, data = "", ""

    def _take(self, kind: str, data: str, number: str) -> None:
        self.last = number or self.last
        if kind == "message":
            self.messages.append((number, json.loads(data)["message"]["text"]))
        if kind == "ready":
            self.ready.set()

    def close(self) -> None:
        self.done.set()
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        self.join()


def workers(service: Running) -> list[int]:
    return [pid for pid, line in service.children().items() if "indexer.watch" not in line]


def post(service: Running, path: str, body: object, token: str) -> Any:
    """Sent until it is answered: the external id makes that safe."""

    def once() -> Any:
        return service.call(path, body, token)

    return until(once)


def test_streams_hold_no_thread(service: Running, token: str) -> None:
    consoles = [Console(service, token) for _ in range(40)]
    for console in consoles:
        assert console.ready.wait(60)
    contact = service.call("/api/v1/contacts", {"channel": "chat"}, token)
    path = f"/api/v1/contacts/{contact['id']}/messages"
    for n in range(10):
        service.call(path, {"role": "customer", "text": f"第{n}句"}, token)
    expected = [f"第{n}句" for n in range(10)]
    for console in consoles:
        until(lambda console=console: len(console.messages) >= 10)  # type: ignore[misc]
        assert [text for _, text in console.messages] == expected
        assert console.cuts == 0
        console.close()
    threads = [len(os.listdir(f"/proc/{pid}/task")) for pid in workers(service)]
    assert max(threads) < 20, "the main one, two for requests, feed, index, upkeep: none a stream"


def test_streams_outlive_their_workers(service: Running, token: str) -> None:
    consoles = [Console(service, token) for _ in range(6)]
    for console in consoles:
        assert console.ready.wait(60)
    contact = service.call("/api/v1/contacts", {"channel": "chat"}, token)
    path = f"/api/v1/contacts/{contact['id']}/messages"
    for n in range(30):
        if n in (10, 20):
            for pid in workers(service):
                os.kill(pid, signal.SIGKILL)
        body = {"role": "customer", "text": f"第{n}句", "external_id": f"m{n}"}
        post(service, path, body, token)
    expected = [f"第{n}句" for n in range(30)]
    for console in consoles:
        until(lambda console=console: len(console.messages) >= 30)  # type: ignore[misc]
        assert [text for _, text in console.messages] == expected
        assert console.cuts >= 2
        console.close()


def test_a_closed_stream_is_let_go(service: Running, token: str) -> None:
    console = Console(service, token)
    assert console.ready.wait(60)
    held = sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in workers(service))
    console.close()
    until(lambda: sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in workers(service)) < held)


def test_a_revoked_session_and_a_bad_token_get_no_stream(service: Running) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        service.call("/api/v1/events", token="zhk_wrong")
    assert caught.value.code == 401
    caught.value.close()
