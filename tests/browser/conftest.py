"""A real service with the demonstration content, and headless Chromium to use it with.

What takes long happens once: content is imported, an administrator and two agents sign in. Each
test file then gets a service of its own on a copy of that, so what it does stays with it.
"""

import itertools
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.company import small_company
from tests.browser.people import WIDE, add_person, faults_of, pass_the_door, set_up
from tests.browser.service import Api, Service, new_token, serving

AGENTS = {"li": "李客服", "wang": "王客服"}
expect.set_options(timeout=20_000)  # patience for busy machines; nothing is timed

# The shell is Chromium without windows of its own: the same pages for half the processor time.
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser")

State = dict[str, object]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Gives each browser test a second try; the summary names those that took it (RERUN).

    Thousands of steps with a page that shares two cores with other tests are late now and then. All
    other tests have one try, and what is broken fails twice.
    """
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@dataclass
class Home:
    """A data folder that is ready to be worked with, and the cookies of those who signed in."""

    data: Path
    setup_path: str
    token: str
    sessions: dict[str, State]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if not path:
        message = f"Chromium is not installed (Debian: apt-get install {CHROMIUM[0]})"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
        )
        # Things are where they belong at once; a test that is about motion asks for it.
        browser.new_context = partial(browser.new_context, reduced_motion="reduce")  # type: ignore[method-assign]
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Home:
    """A part of the demonstration content with `admin` and the two agents signed in."""
    content = small_company(tmp_path_factory.mktemp("company") / "content")
    with serving(tmp_path_factory.mktemp("home"), content) as started:
        link = urlsplit(started.setup_link)
        sessions = {"admin": set_up(started, chromium)}
        for login, name in AGENTS.items():
            add_person(started, login, name, "agent")
            context = chromium.new_context(locale="zh-CN")
            pass_the_door(context.new_page(), started, login)
            sessions[login] = dict(context.storage_state())
            context.close()
        token = new_token(started.data)
    with closing(sqlite3.connect(started.data / "zhike.db")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Home(started.data, f"{link.path}?{link.query}", token, sessions)


@pytest.fixture(scope="module")
def service(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    data = tmp_path_factory.mktemp("data") / "data"
    beside = shutil.ignore_patterns("*-wal", "*-shm")  # `home` has emptied them
    shutil.copytree(home.data, data, ignore=beside)
    # One process: of several, each hears of a change a moment later than the one that made it.
    with serving(data, None, ZHIKE_WORKERS="1") as started:
        yield Service(started.base, started.base + home.setup_path, data)


@pytest.fixture(scope="module")
def signed_in(service: Service, home: Home) -> State:
    """The cookies of the first administrator."""
    return home.sessions["admin"]


@pytest.fixture(scope="module")
def sessions(service: Service, home: Home) -> dict[str, State]:
    """The cookies of each agent."""
    return home.sessions


@pytest.fixture(scope="module")
def api(service: Service, home: Home) -> Api:
    """A platform with a token that may do everything."""
    return Api(service.base, home.token)


@pytest.fixture
def context(
    chromium: Browser, signed_in: State, request: pytest.FixtureRequest
) -> Iterator[BrowserContext]:
    options = getattr(request, "param", {})
    context = chromium.new_context(
        storage_state=signed_in,  # type: ignore[arg-type]
        **{**WIDE, **options},
    )
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


Desk = Callable[..., Page]


@pytest.fixture
def desk(service: Service, chromium: Browser, sessions: dict[str, State]) -> Iterator[Desk]:
    """Opens the console of an agent in a browser of their own: `desk("li", viewport=…)`.

    With `strict` (the default) script and console errors fail the test.
    """
    opened: list[BrowserContext] = []
    watched: list[list[str]] = []

    def open_console(
        login: str, *, strict: bool = True, at: str = "/agent", **options: Any
    ) -> Page:
        context = chromium.new_context(
            storage_state=sessions[login],  # type: ignore[arg-type]
            **{**WIDE, **options},
        )
        opened.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        watched.append(faults_of(page, console=strict))
        page.goto(service.base + at)
        return page

    yield open_console
    for context in opened:
        context.close()
    faults = [fault for faults in watched for fault in faults]
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
    faults = faults_of(page)
    page.on(
        "request",
        lambda r: None if r.url.startswith(("http://127.0.0.1", "data:")) else faults.append(r.url),
    )
    yield page
    assert not faults, faults
