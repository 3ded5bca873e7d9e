"""A real service with the demonstration content, and headless Chromium to use it with."""

import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
PASSWORD = "a-long-test-password"
expect.set_options(timeout=20_000)  # patience for busy machines; nothing is timed


@dataclass
class Service:
    """Where the service listens, and the one-time link it printed."""

    base: str
    setup_link: str
    data: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(base: str, process: subprocess.Popen[str], seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{base}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError("the service did not become ready")


@contextmanager
def serving(data: Path, content: Path, **settings: str) -> Iterator[Service]:
    """A service with its data in `data` and `content` imported; `settings` are its environment."""
    port = free_port()
    output = data / "service.log"
    environment = {**os.environ, **settings, "ZHIKE_DATA": str(data), "PORT": str(port)}
    with output.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "assistant.cli", "serve", "--import", str(content)],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )
    base = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(base, process)
        link = re.search(r"http\S+/setup\?token=\S+", output.read_text())
        assert link, output.read_text()
        yield Service(base, link[0], data)
    except RuntimeError as error:
        raise RuntimeError(f"{error}:\n{output.read_text()}") from error
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("data"), ROOT / "content") as started:
        yield started


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        message = "Chromium is not installed (Debian: apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()


def set_up(service: Service, chromium: Browser) -> dict[str, object]:
    """Uses the set-up link as the first administrator would; the session's cookies."""
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(service.setup_link)
    page.get_by_label("姓名").fill("测试管理员")
    page.get_by_label("账号").fill("admin")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="完成设置").click()
    page.wait_for_url("**/agent")
    state = context.storage_state()
    context.close()
    return dict(state)


@pytest.fixture(scope="session")
def signed_in(service: Service, chromium: Browser) -> dict[str, object]:
    """The cookies of the first administrator."""
    return set_up(service, chromium)


@pytest.fixture
def context(
    chromium: Browser, signed_in: dict[str, object], request: pytest.FixtureRequest
) -> Iterator[BrowserContext]:
    options = getattr(request, "param", {})
    context = chromium.new_context(
        storage_state=signed_in,  # type: ignore[arg-type]
        **{"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN", **options},
    )
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@dataclass
class Api:
    """A contact-centre platform as the service meets it: by its API, with a token."""

    base: str
    token: str

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The answer's JSON; raises HTTPError for a refusal."""
        request = urllib.request.Request(
            f"{self.base}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def get(self, path: str) -> Any:
        """What stands there."""
        return self.call("GET", path)

    def post(self, path: str, body: object) -> Any:
        """Adds or does something."""
        return self.call("POST", path, body)

    def contact(self, name: str, *said: str, channel: str = "chat", to: str = "") -> str:
        """Opens a contact in which the customer has said something; its id."""
        messages = [{"role": "customer", "text": text} for text in said]
        body = {"channel": channel, "customer": {"name": name}, "messages": messages}
        made: str = self.post("/contacts", body)["id"]
        if to:
            self.call("PATCH", f"/contacts/{made}", {"assigned_to": to})
        return made

    def says(self, contact: str, text: str, role: str = "customer") -> None:
        """Pushes a message."""
        self.post(f"/contacts/{contact}/messages", {"role": role, "text": text})

    def read(self, contact: str) -> Any:
        """The contact as the service has it, with its messages."""
        return self.get(f"/contacts/{contact}")


def run_command(service: Service, *arguments: str, given: str = "") -> str:
    """What the command-line program prints when it runs beside the service."""
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, "ZHIKE_DATA": str(service.data)},
        input=given,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.fixture(scope="session")
def api(service: Service) -> Api:
    """A platform with a token that may do everything."""
    printed = run_command(service, "token", "create", "--role", "admin", "--name", "platform")
    return Api(service.base, printed.split()[-1])


AGENTS = {"li": "李客服", "wang": "王客服"}


@pytest.fixture(scope="session")
def agents(service: Service) -> dict[str, str]:
    """Two agents by their login, each with a name."""
    for login, name in AGENTS.items():
        run_command(service, "user", "add", login, "--name", name, "--role", "agent",
                    given=f"{PASSWORD}\n")  # fmt: skip
    return AGENTS


@pytest.fixture(scope="session")
def sessions(
    service: Service, chromium: Browser, agents: dict[str, str]
) -> dict[str, dict[str, object]]:
    """The cookies of each agent, signed in once."""
    states: dict[str, dict[str, object]] = {}
    for login in agents:
        context = chromium.new_context(locale="zh-CN")
        page = context.new_page()
        page.goto(f"{service.base}/login")
        page.get_by_label("账号").fill(login)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url("**/agent")
        states[login] = dict(context.storage_state())
        context.close()
    return states


Desk = Callable[..., Page]


@pytest.fixture
def desk(
    service: Service, chromium: Browser, sessions: dict[str, dict[str, object]]
) -> Iterator[Desk]:
    """Opens the console of an agent in a browser of their own: `desk("li", viewport=…)`.

    With `strict` (the default) script and console errors fail the test.
    """
    opened: list[BrowserContext] = []
    faults: list[str] = []

    def open_console(
        login: str, *, strict: bool = True, at: str = "/agent", **options: Any
    ) -> Page:
        context = chromium.new_context(
            storage_state=sessions[login],  # type: ignore[arg-type]
            **{"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN", **options},
        )
        opened.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        if strict:
            page.on(
                "console",
                lambda m: faults.append(f"console: {m.text}") if m.type == "error" else None,
            )
        page.goto(service.base + at)
        return page

    yield open_console
    for context in opened:
        context.close()
    assert not faults, faults


_CUSTOMERS = itertools.count(1)


@pytest.fixture
def customer() -> str:
    """A name that no other test uses."""
    return f"客户甲{next(_CUSTOMERS)}号"


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails the test on any script error, console error or off-site request."""
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("console", lambda m: faults.append(f"console: {m.text}") if m.type == "error" else None)
    page.on(
        "request",
        lambda r: None if r.url.startswith(("http://127.0.0.1", "data:")) else faults.append(r.url),
    )
    yield page
    assert not faults, faults
