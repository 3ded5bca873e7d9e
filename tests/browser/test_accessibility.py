"""axe-core over every state of the console and its desk pages, in both languages and schemes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.console_states import CONSOLE
from tests.browser.desk_states import DESK
from tests.browser.service import Api, Service
from tests.browser.shown_page import Shown

pytestmark = pytest.mark.browser

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 360, "height": 740}
# Each state is looked at twice, so that every language, scheme and width is seen in every state.
APPEARANCES: dict[str, dict[str, Any]] = {
    "zh-light-1280": {"locale": "zh-CN", "color_scheme": "light", "viewport": WIDE},
    "en-dark-360": {"locale": "en-GB", "color_scheme": "dark", "viewport": NARROW},
}
THREAT = "这已经是第三次找你们了！！再不解决我就打12315，邮箱 a@b.cn"
STATES = [*CONSOLE, *DESK]


@dataclass
class Contacts:
    """Contacts in the conditions that the states need."""

    angry: str
    closed: str
    case: str


@pytest.fixture(scope="module")
def contacts(api: Api, signed_in: dict[str, object]) -> Contacts:
    asked, told = "冰箱响得像打鼓，能换一台吗？", "签收次日起 7 天内确认性能故障，可以换货。"
    angry = api.contact("赵先生", "冰箱坏了三天没人管", THREAT, to="admin")
    ended = []
    for name in ("钱女士", "孙女士"):
        contact = api.contact(name, asked, to="admin")
        api.says(contact, told, role="agent")
        api.post(f"/contacts/{contact}/close", {})
        ended.append(contact)
    case = {
        "title": "换货的案例",
        "scene": "场景",
        "cause": "因",
        "handling": "办",
        "outcome": "果",
    }
    api.call("PUT", f"/contacts/{ended[1]}/case", {**case, "submit": True})
    return Contacts(angry, *ended)


@pytest.fixture
def shown(
    service: Service,
    chromium: Browser,
    signed_in: dict[str, object],
    contacts: Contacts,
    request: pytest.FixtureRequest,
) -> Iterator[Shown]:
    context = chromium.new_context(
        storage_state=signed_in,  # type: ignore[arg-type]
        **APPEARANCES[request.param],
    )
    page = context.new_page()
    yield Shown(page, service.base, contacts.angry, contacts.closed, contacts.case)
    context.close()


def faults(page: Page) -> list[str]:
    """What axe finds: the rule, and the element in which."""
    page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished))")
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]} ({node['failureSummary']})"
            for rule in found for node in rule["nodes"]]  # fmt: skip


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
@pytest.mark.parametrize("shown", APPEARANCES, indirect=True)
def test_axe_finds_nothing(shown: Shown, state: Callable[[Shown], None]) -> None:
    state(shown)
    assert not faults(shown.page)


def test_axe_would_find_something(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/login")
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert [fault for fault in faults(page) if fault.startswith("button-name")]
