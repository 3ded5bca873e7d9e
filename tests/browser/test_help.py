"""The help centre as readers meet it: phone and desktop, with and without script, keys, print."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.people import faults_of
from tests.browser.service import Api, Service
from tests.browser.test_accessibility import RULES
from tests.hostile_strings import HOSTILE

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PAGES = {
    "home": "/help",
    "results": "/help/search?q=退货",
    "no_answer": "/help/search?q=公积金政策是什么样的",
    "category": "/help/categories/returns",
    "long_article": "/help/articles/fridge-not-cooling",
    "announced": "/help/articles/return-7-days",
    "thanks": "/help/articles/refund-timing?thanks=no",
}
Reader = Callable[..., Page]


@pytest.fixture
def reader(service: Service, chromium: Browser) -> Iterator[Reader]:
    """Opens a page as somebody who never signed in; any script or console error fails the test."""
    opened: list[BrowserContext] = []
    watched: list[list[str]] = []

    def open_page(path: str, *, strict: bool = True, **options: Any) -> Page:
        context = chromium.new_context(**{"locale": "zh-CN", **DESKTOP, **options})
        opened.append(context)
        page = context.new_page()
        watched.append(faults_of(page, console=strict))
        page.goto(service.base + path)
        return page

    yield open_page
    for context in opened:
        context.close()
    assert not [fault for faults in watched for fault in faults]


def test_from_the_home_page_to_an_answer(reader: Reader) -> None:
    page = reader("/help")
    expect(page.get_by_role("heading", level=1)).to_have_text("有什么可以帮您？")
    expect(page.locator(".help-most li")).to_have_count(8)
    page.get_by_role("searchbox").or_(page.get_by_role("combobox")).fill("退款多久到账")
    page.get_by_role("button", name="搜索", exact=True).click()
    page.wait_for_url("**/help/search?**")
    expect(page.locator(".help-results mark").first).to_be_visible()
    page.locator(".help-results h2 a").first.click()
    expect(page.locator(".prose")).to_contain_text("工作日")
    expect(page.locator(".help-valid")).to_contain_text("起有效")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_everything_works_without_script(reader: Reader, size: dict[str, Any]) -> None:
    page = reader("/help", java_script_enabled=False, **size)
    page.locator("#q").fill("冰箱不制冷")
    page.locator("#q").press("Enter")
    page.locator(".help-results h2 a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("冰箱不制冷排查步骤")
    page.get_by_role("button", name="有帮助").click()
    expect(page.locator("#helpful")).to_contain_text("谢谢您的反馈")
    expect(page.locator("#helpful")).to_be_in_viewport()
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="Help centre").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How can we help?")
    for unusable in ("[data-theme-toggle]", "[data-open-chat]"):
        expect(page.locator(unusable)).to_be_hidden()


def test_questions_while_typing_by_key(reader: Reader) -> None:
    page = reader("/help")
    field = page.get_by_role("combobox")
    field.press_sequentially("退款")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(field).to_be_focused()
    expect(field).to_have_attribute(
        "aria-activedescendant", str(options.nth(1).get_attribute("id"))
    )
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field).to_have_value("退款")
    page.keyboard.press("Enter")  # nothing is chosen any more: the form is sent
    page.wait_for_url("**/help/search?**")
    field.fill("退款多久")
    expect(options.first).to_be_visible()
    title = options.first.inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_the_list_goes_when_the_focus_does(reader: Reader) -> None:
    page = reader("/help")
    page.get_by_role("combobox").press_sequentially("退货")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.get_by_role("button", name="搜索", exact=True)).to_be_focused()


def test_a_touch_opens_what_is_suggested(reader: Reader) -> None:
    page = reader("/help", **PHONE)
    page.locator("#q").press_sequentially("保修")
    option = page.get_by_role("option").first
    title = option.inner_text()
    option.tap()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_the_first_key_skips_to_the_text(reader: Reader) -> None:
    page = reader("/help/articles/fridge-not-cooling")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_contents_lead_to_their_sections(reader: Reader) -> None:
    page = reader("/help/articles/fridge-not-cooling")
    page.locator(".help-contents").get_by_role("link", name="第 6 步 报修").click()
    expect(page.get_by_role("heading", name="第 6 步 报修")).to_be_in_viewport()
    small = reader("/help/articles/fridge-not-cooling", **PHONE)
    expect(small.locator(".help-contents")).to_be_hidden()
    small.locator(".help-contents-small summary").tap()
    small.locator(".help-contents-small").get_by_role("link", name="第 6 步 报修").tap()
    expect(small.get_by_role("heading", name="第 6 步 报修")).to_be_in_viewport()


def test_a_vote_is_thanked_where_it_was_given(reader: Reader) -> None:
    page = reader("/help/articles/refund-timing")
    page.get_by_role("button", name="没帮助").click()
    expect(page.locator("#helpful")).to_contain_text("我们会改进这一条")
    expect(page.locator("#helpful")).to_be_in_viewport()
    assert [c.get("path") for c in page.context.cookies() if c.get("name") == "voted"] == [
        "/help/articles/refund-timing/vote"
    ]


def test_the_colours_stay_switched(reader: Reader) -> None:
    page = reader("/help", color_scheme="light")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="切换浅色或深色").click()
    page.locator(".help-categories a").first.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_a_change_to_come_is_announced_and_a_missing_page_helps_on(reader: Reader) -> None:
    page = reader("/help/articles/return-7-days")
    expect(page.locator(".notice")).to_contain_text("自 2026-12-01 起有新规定")
    absent = reader("/help/articles/compensation-authority", strict=False)
    expect(absent.get_by_role("heading", level=1)).to_have_text("没有这一页")
    absent.locator("#q").fill("退货")
    absent.locator("#q").press("Enter")
    expect(absent.locator(".help-results")).to_be_visible()


def test_print_is_the_article_and_where_it_came_from(reader: Reader) -> None:
    page = reader("/help/articles/fridge-not-cooling", color_scheme="dark")
    page.emulate_media(media="print")
    for gone in (".help-top", ".help-vote", ".help-after", ".help-contents", ".help-foot"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.locator(".prose table")).to_be_visible()
    expect(page.locator(".help-print-foot")).to_contain_text("/help/articles/fridge-not-cooling")
    colour = page.evaluate("getComputedStyle(document.querySelector('.prose')).color")
    assert sum(map(int, re.findall(r"\d+", colour)[:3])) < 200, "dark on white"
    assert page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.parametrize("appearance", ["zh-light-phone", "en-dark-desktop"])
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_every_page_is_accessible_and_fits(reader: Reader, path: str, appearance: str) -> None:
    lang, scheme, size = appearance.split("-")
    options: dict[str, Any] = {**(PHONE if size == "phone" else DESKTOP), "color_scheme": scheme}
    page = reader(path, locale="zh-CN" if lang == "zh" else "en-GB", **options)
    found = Axe().run(page, options=RULES).response["violations"]
    assert [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found] == []
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.evaluate("innerWidth")


def test_the_open_list_is_accessible(reader: Reader) -> None:
    page = reader("/help", **PHONE)
    page.locator("#q").press_sequentially("退款")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    found = Axe().run(page, options=RULES).response["violations"]
    assert [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found] == []


def test_hostile_questions_stay_text(service: Service, reader: Reader) -> None:
    page = reader("/help", strict=False)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    for text in HOSTILE[::7]:
        page.goto(f"{service.base}/help/search?q={quote(text[:180])}")
        assert page.evaluate("window.zhikeBroken") is None, text
    page.goto(f"{service.base}/help")
    for text in HOSTILE[::23]:
        with page.expect_response(lambda answer: "/help/suggestions" in answer.url):
            page.locator("#q").fill(f"{text[:180]}?")
        page.evaluate("() => new Promise(requestAnimationFrame)")  # what came is shown
        assert page.evaluate("window.zhikeBroken") is None, text
    assert {
        url for url in requests if not url.startswith((service.base, "data:", "blob:"))
    } == set()


def test_the_chat_opens_with_the_question_that_found_nothing(reader: Reader) -> None:
    page = reader("/help/search?q=公积金政策是什么样的")
    page.get_by_role("button", name="问问在线客服").click()
    expect(page.locator("zhike-widget")).to_contain_text("公积金政策是什么样的")


def test_an_entry_leads_colleagues_to_its_public_page(
    page: Page, service: Service, api: Api
) -> None:
    page.goto(f"{service.base}/entries/refund-timing")
    page.get_by_role("link", name="打开帮助中心里的这一条").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("退款到账时间")
    page.goto(f"{service.base}/entries/compensation-authority")
    expect(page.get_by_role("link", name="打开帮助中心里的这一条")).to_have_count(0)
