"""A real service with the demonstration content, and headless Chromium to use it with."""

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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[2]
PASSWORD = "a-long-test-password"


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


def wait_until_ready(base: str, process: subprocess.Popen[str], seconds: float = 60) -> None:
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


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    data = tmp_path_factory.mktemp("data")
    port = free_port()
    output = data / "service.log"
    environment = {**os.environ, "ZHIKE_DATA": str(data), "PORT": str(port)}
    with output.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "assistant.cli", "serve", "--import", str(ROOT / "content")],
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


@pytest.fixture(scope="session")
def signed_in(service: Service, chromium: Browser) -> dict[str, object]:
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
