"""The service as a process: start, set-up link, watcher, publish to search, restart, end."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant import serve
from assistant.supervisor import Watcher

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


@dataclass
class Running:
    """A service under test."""

    process: subprocess.Popen[str]
    base: str
    log: Path
    data: Path

    def call(self, path: str, body: object = None, token: str = "", method: str = "") -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.base + path, data, method=method or ("POST" if data else "GET")
        )
        request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    def children(self) -> dict[int, str]:
        listed = subprocess.run(
            ["ps", "--ppid", str(self.process.pid), "-o", "pid=,args="],
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        return {int(line.split()[0]): line for line in listed.splitlines()}

    def watcher(self) -> int | None:
        return next((pid for pid, line in self.children().items() if "indexer.watch" in line), None)


def until(what: Callable[[], Any], seconds: float = 60.0) -> Any:
    """Poll until `what` is true; the limit only keeps a broken service from hanging the tests."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            found = what()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            found = None
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("waited in vain")


def environment(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZHIKE_")}
    kept.pop("PROMETHEUS_MULTIPROC_DIR", None)
    return {**kept, "ZHIKE_DATA": str(data), "PORT": str(free_port())}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(data: Path, *arguments: str) -> Running:
    surroundings = environment(data)
    log = data.parent / f"{data.name}.log"
    with log.open("a") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "assistant.cli", "serve", *arguments],
            cwd=ROOT,
            env=surroundings,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
    running = Running(process, f"http://127.0.0.1:{surroundings['PORT']}", log, data)

    def ready() -> Any:
        assert process.poll() is None, log.read_text()
        return running.call("/readyz")

    until(ready)
    return running


def command(data: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli", *arguments],
        cwd=ROOT,
        env=environment(data),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("content") / "policy"
    folder.mkdir()
    (folder / "return-7-days.r1.md").write_text(
        "---\nid: return-7-days\nkind: policy\nstatus: published\ntitle: 七天无理由退货规则\n"
        "author: 林编辑\napproved_by: 周审核\npublished_at: 2026-01-01\nowner: 退换货组\n---\n\n"
        "## 规则\n\n签收次日起 7 天内可以退货。\n",
        "utf-8",
    )
    return folder.parent


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, content: Path) -> Iterator[Running]:
    running = start(tmp_path_factory.mktemp("serve") / "data", "--import", str(content))
    yield running
    running.process.kill()
    running.process.wait()


def test_it_says_where_to_go_and_how_to_get_in(service: Running) -> None:
    log = service.log.read_text()
    assert "1 new" in log
    assert service.base in log
    link = re.search(r"(/setup\?token=\S+)", log)
    assert link
    with urllib.request.urlopen(service.base + link[1], timeout=10) as page:
        assert page.status == 200


def test_what_is_published_is_soon_found(service: Running) -> None:
    editor, reviewer = (
        command(service.data, "token", "create", "--role", role).split()[-1]
        for role in ("editor", "reviewer")
    )
    content = {
        "kind": "faq",
        "title": "巡尘扫地机器人的滤网多久换一次?",
        "body": "滤网每 3 个月更换一次。",
    }
    service.call("/api/v1/entries", {"id": "faq-filter-change", "content": content}, editor)
    path = "/api/v1/entries/faq-filter-change/revisions/1"
    service.call(f"{path}/submit", {}, editor)
    service.call(f"{path}/approve", {}, reviewer)
    service.call(f"{path}/publish", {}, reviewer)

    def found() -> bool:
        answer = service.call("/api/v1/search", {"query": "扫地机器人滤网多久换一次"}, editor)
        return any(hit["entry_id"] == "faq-filter-change" for hit in answer["results"])

    assert until(lambda: all(found() for _ in range(8))), "in every worker, whichever answers"


def test_metrics_add_up_over_the_workers(service: Running) -> None:
    for _ in range(8):
        service.call("/livez")
    with urllib.request.urlopen(f"{service.base}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    counted = re.search(r'zhike_requests_total\{.*route="/livez".*\} (\d+)', text)
    assert counted
    assert int(float(counted[1])) >= 8
    assert "zhike_index_generation_info" in text


def test_a_dead_watcher_is_replaced(service: Running) -> None:
    first = until(service.watcher)
    os.kill(first, signal.SIGKILL)
    assert until(lambda: service.watcher() not in (None, first))


def test_secrets_are_private(service: Running) -> None:
    assert (service.data / "signing.key").stat().st_mode & 0o077 == 0


def test_it_ends_gracefully_and_starts_again(tmp_path: Path, content: Path) -> None:
    running = start(tmp_path / "data", "--import", str(content))
    watcher = until(running.watcher)
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(30) == 0
    assert until(lambda: not Path(f"/proc/{watcher}").exists())

    command(running.data, "user", "list")
    again = start(running.data)
    again.process.send_signal(signal.SIGINT)
    assert again.process.wait(30) == 0
    links = re.findall(r"/setup\?token=(\S+)", again.log.read_text())
    assert len(links) == len(set(links)) == 2


def test_nothing_is_left_when_the_master_is_killed(tmp_path: Path, content: Path) -> None:
    running = start(tmp_path / "data", "--import", str(content))
    until(running.watcher)
    children = list(running.children())
    running.process.kill()
    running.process.wait()
    assert until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children))


def test_code_imported_before_the_fork_is_only_code() -> None:
    code = (
        "import sys, os\n"
        "from assistant.serve import _import_before_fork, limit_threads\n"
        "limit_threads()\n"
        "_import_before_fork()\n"
        "found = {'faiss', 'torch', 'tokenizers', 'sentence_transformers'} & set(sys.modules)\n"
        "assert not found, found\n"
        "assert len(os.listdir('/proc/self/task')) == 1\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_a_watcher_that_keeps_dying_is_started_ever_more_slowly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    monkeypatch.setattr("assistant.supervisor.monotonic", lambda: now[0])
    watcher = Watcher((sys.executable, "-c", "pass"))
    started = []
    for second in range(40):
        now[0] = float(second)
        if watcher.keep_alive() is not None:
            started.append(second)
            assert watcher._process is not None
            watcher._process.wait()
    watcher.stop()
    assert started == [1, 2, 4, 8, 16, 32]


def test_the_watcher_ends_with_its_input() -> None:
    watcher = Watcher((sys.executable, "-c", "import sys; sys.stdin.read()"))
    watcher._not_before = 0.0
    pid = watcher.keep_alive()
    assert pid is not None
    assert watcher.keep_alive() is None
    watcher.stop()
    assert not Path(f"/proc/{pid}").exists()
    watcher.stop()


def test_whoever_stops_in_the_middle_of_a_request_is_let_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(serve, "_STALLED_SECONDS", 0.05)
    with serve.bind("127.0.0.1", 0) as listening:
        listening.listen()
        with socket.create_connection(listening.getsockname()) as customer:
            customer.sendall(b"POST /login HTTP/1.1\r\n")
            taken, _address = listening.accept()
            with taken:
                assert taken.recv(100).startswith(b"POST")
                with pytest.raises(BlockingIOError):
                    taken.recv(100)
