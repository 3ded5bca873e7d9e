"""axe-core over every state of the widget on a foreign page, in both languages and schemes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.service import Api, Service
from tests.browser.test_accessibility import faults
from tests.browser.widget_host import Customer, Host, contact_of, far_hours, hosting

pytestmark = pytest.mark.browser

APPEARANCES: dict[str, dict[str, Any]] = {
    "zh-light-1280": {"locale": "zh-CN", "color_scheme": "light", "viewport": {"width": 1280, "height": 800}},
    "en-dark-390": {"locale": "en-GB", "color_scheme": "dark", "viewport": {"width": 390, "height": 844}},
}  # fmt: skip


@dataclass
class Shown:
    """A customer to bring into a state, where somebody is there and where nobody is."""

    widget: Customer
    open_now: Host
    away: Host
    api: Api
    lang: str

    def at(self, host: Host) -> Customer:
        """On a page of `host`, with the panel open."""
        self.widget.page.goto(host.page("axe", lang=self.lang))
        return self.widget.open()


def bubble(shown: Shown) -> None:
    shown.widget.page.goto(shown.open_now.page("axe", lang=shown.lang))
    expect(shown.widget.part(".launcher")).to_be_visible()


def first_screen(shown: Shown) -> None:
    shown.at(shown.open_now)


def suggestions(shown: Shown) -> None:
    field = shown.at(shown.open_now).part(".search input")
    field.fill("退货运费")
    expect(shown.widget.part(".option").first).to_be_visible()
    field.press("ArrowDown")


def answers(shown: Shown) -> None:
    answer = shown.at(shown.open_now).ask("发票怎么开？退款多久到账？")
    for fold in answer.locator("summary").all():
        fold.click()
    expect(answer.locator(".detail table").first).to_be_visible()


def judged(shown: Shown) -> None:
    answer = shown.at(shown.open_now).ask("退货运费谁出")
    answer.locator(".verdict").first.click()
    expect(shown.widget.part(".judged")).to_be_visible()


def choices(shown: Shown) -> None:
    widget = shown.at(shown.open_now)

    def ask_back(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        body["messages"][-1] |= {"kind": "clarify", "options": ["甲", "乙"], "answers": []}
        route.fulfill(response=answer, json=body)

    widget.page.route("**/widget/v1/messages", ask_back)
    asked = widget.ask("空调")
    expect(asked.locator(".choice").first).to_be_enabled()


def nothing_found(shown: Shown) -> None:
    said = shown.at(shown.open_now).ask("火星上有你们的门店吗")
    expect(said.locator(".quiet")).to_be_visible()


def not_sent(shown: Shown) -> None:
    widget = shown.at(shown.open_now)
    headers = {"Access-Control-Allow-Origin": "*"}
    widget.page.route(
        "**/widget/v1/messages",
        lambda route: route.fulfill(status=422, headers=headers, json={"title": "x"}),
    )
    widget.part(".search input").fill("退货")
    widget.part(".search input").press("Enter")
    expect(widget.part("[data-status=refused]")).to_be_visible()


def away_at_first(shown: Shown) -> None:
    page = shown.widget.page
    page.route("**/widget/v1/sessions", lambda route: route.abort())
    page.goto(shown.open_now.page("axe", lang=shown.lang))
    shown.widget.part(".launcher").click()
    expect(shown.widget.part(".failure")).to_be_visible()


def waiting(shown: Shown) -> None:
    shown.at(shown.open_now).part(".below .row").last.click()
    shown.widget.part(".card.waiting summary").click()
    expect(shown.widget.part(".told")).to_be_visible()


def with_agent(shown: Shown) -> None:
    waiting(shown)
    shown.api.says(contact_of(shown.api, shown.widget), "您好", role="agent")
    expect(shown.widget.part(".message.agent")).to_be_visible()


def ended(shown: Shown) -> None:
    with_agent(shown)
    shown.api.post(f"/contacts/{contact_of(shown.api, shown.widget)}/close", {})
    expect(shown.widget.part(".card.closed")).to_be_visible()


def ticket(shown: Shown) -> None:
    shown.at(shown.away).part(".below .row").last.click()
    shown.widget.part(".ticket .main").click()
    expect(shown.widget.part(".fault:not(:empty)").first).to_be_visible()


STATES: list[Callable[[Shown], None]] = [
    bubble, first_screen, suggestions, answers, judged, choices, nothing_found, not_sent,
    away_at_first, waiting, with_agent, ended, ticket,
]  # fmt: skip


@pytest.fixture(scope="module")
def hosts(
    service: Service, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Host, Host]]:
    folder = tmp_path_factory.mktemp
    with (
        hosting(service, folder("open")) as open_now,
        hosting(service, folder("away"), "--hours", far_hours()) as away,
    ):
        yield open_now, away


@pytest.fixture
def shown(
    chromium: Browser, hosts: tuple[Host, Host], api: Api, request: pytest.FixtureRequest
) -> Iterator[Shown]:
    options = {"bypass_csp": True, **APPEARANCES[request.param]}
    context = chromium.new_context(**options)  # axe itself comes as an inline script
    yield Shown(Customer(context.new_page()), *hosts, api, str(options["locale"]))
    context.close()


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
@pytest.mark.parametrize("shown", APPEARANCES, indirect=True)
def test_axe_finds_nothing(shown: Shown, state: Callable[[Shown], None]) -> None:
    state(shown)
    assert not faults(shown.widget.page)


@pytest.mark.parametrize("shown", ["zh-light-1280"], indirect=True)
def test_axe_looks_into_the_widget(shown: Shown) -> None:
    first_screen(shown)
    page: Page = shown.widget.page
    page.evaluate(
        "document.querySelector('zhike-widget').shadowRoot.querySelector('.panel').append(document.createElement('button'))"
    )
    assert [fault for fault in faults(page) if fault.startswith("button-name")]
