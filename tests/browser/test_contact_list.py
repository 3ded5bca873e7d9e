"""The list of contacts: closing, walking through it, empty, unreadable, on a narrow side panel."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Desk
from tests.browser.live_contacts import QUESTION, open_contact, reply, row, said
from tests.browser.service import Api

pytestmark = pytest.mark.browser


def test_closing_and_opening_again(api: Api, desk: Desk, customer: str) -> None:
    contact = api.contact(customer, QUESTION, to="li")
    page = desk("li")
    open_contact(page, customer)
    page.keyboard.press("Alt+x")
    expect(page.locator("#talk-head")).to_contain_text("已结束")
    expect(row(page, customer)).to_have_count(0)
    page.get_by_role("button", name="已结束").click()
    expect(row(page, customer)).to_be_visible()
    api.says(contact, "还有一个问题")
    expect(row(page, customer)).to_have_count(0)
    page.get_by_role("button", name="我的").click()
    expect(row(page, customer)).to_contain_text("还有一个问题")


def test_rows_stay_under_the_pointer(api: Api, desk: Desk, customer: str) -> None:
    names = [f"{customer}{n}" for n in ("一", "二", "三")]
    contacts = [api.contact(name, "在吗", to="li") for name in names]
    page = desk("li")
    page.get_by_role("button", name="我的").click()
    shown = page.locator("#contacts .contact b").filter(has_text=customer)
    expect(shown).to_have_text(list(reversed(names)))
    row(page, names[1]).hover()
    api.says(contacts[0], "请回复我")
    expect(row(page, names[0])).to_contain_text("请回复我")
    expect(shown).to_have_text(list(reversed(names)))
    page.mouse.move(700, 700)
    expect(shown).to_have_text([names[0], names[2], names[1]])


def test_the_keyboard_goes_through_the_contacts(api: Api, desk: Desk, customer: str) -> None:
    longest, newest = f"{customer}久", f"{customer}新"
    api.contact(longest, QUESTION, to="wang")
    api.contact(newest, "运费谁出", to="wang")
    page = desk("wang")
    expect(row(page, newest)).to_be_visible()
    page.get_by_role("button", name="我的").click()
    page.keyboard.press("Escape")
    title = page.locator("#talk-head h2")
    names = page.locator("#contacts .contact b").all_inner_texts()
    page.keyboard.press("Alt+ArrowDown")
    expect(title).to_have_text(names[1])
    page.keyboard.press("Alt+ArrowDown")
    expect(title).to_have_text(names[2])
    page.keyboard.press("Alt+ArrowUp")
    expect(title).to_have_text(names[1])
    expect(reply(page)).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#answers")).to_be_focused()
    expect(page.locator("#answer-0")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#reader article.entry")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()
    assert page.evaluate("document.activeElement.closest('#reply') !== null")
    page.keyboard.press("Alt+n")
    expect(page.get_by_label("客户的话", exact=True)).to_be_focused()
    page.keyboard.press("Alt+j")
    expect(page.locator("#talk-head .wait")).to_be_visible()


def test_a_list_that_could_not_be_read_says_so(desk: Desk, api: Api, customer: str) -> None:
    api.contact(customer, QUESTION, to="li")
    page = desk("li", strict=False)
    page.route("**/api/v1/contacts?*", lambda route: route.abort())
    page.reload()
    expect(page.locator("#contacts")).to_contain_text("会话列表没有加载成功")
    page.unroute("**/api/v1/contacts?*")
    page.locator("#contacts").get_by_role("button", name="重试").click()
    expect(row(page, customer)).to_be_visible()


def test_no_contacts_says_what_comes_next(desk: Desk) -> None:
    page = desk("li", strict=False)
    page.route(
        "**/api/v1/contacts?*",
        lambda route: route.fulfill(json={"contacts": [], "position": 0}),
    )
    page.route(
        "**/api/v1/events*", lambda route: route.abort()
    )  # they tell of other tests' contacts
    page.reload()
    expect(page.locator("#contacts")).to_contain_text("新会话会自动出现在这里")


def test_a_side_panel_of_360_pixels_does_it_all(api: Api, desk: Desk, customer: str) -> None:
    contact = api.contact(customer, QUESTION, to="li")
    page = desk("li", viewport={"width": 360, "height": 740})
    open_contact(page, customer)
    expect(reply(page)).to_contain_text("工作日")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    order = page.evaluate(
        "['#contacts', '#transcript', '.side', '#reply']"
        ".map(s => document.querySelector(s).getBoundingClientRect().top)"
    )
    assert order == sorted(order)
    api.says(contact, "运费谁出")
    expect(said(page)).to_have_count(2)
    expect(page.locator("#answers")).to_contain_text("运费")
    page.wait_for_timeout(800)  # the agent reads it
    page.get_by_role("button", name="发送").click()
    expect(page.locator("#transcript .agent time")).to_be_visible()
