"""The list of entries: saved filters, search, the keyboard, and changing many at once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.people import ask_api, sign_in
from tests.browser.service import Service

pytestmark = pytest.mark.browser


def listed(page: Page, service: Service, query: str = "") -> None:
    """The list, when it listens."""
    page.goto(f"{service.base}/desk/entries{query}")
    expect(page.locator("#entries[data-ready]")).to_be_attached()


def saved(page: Page, name: str) -> Any:
    return page.locator(".saved-list a", has_text=name)


def new_entry(page: Page, entry_id: str, title: str) -> None:
    content = {"kind": "faq", "title": title, "body": "见门店公告。", "tags": ["门店"]}
    ask_api(page, "POST", "/api/v1/entries", {"id": entry_id, "content": content})


def test_all_that_the_filters_find_can_be_selected(service: Service, page: Page) -> None:
    listed(page, service)
    total = int(page.locator("#entries").get_attribute("data-total") or 0)
    assert total > 50
    page.get_by_role("checkbox", name="选择本页全部").check()
    expect(page.locator("[data-selected]")).to_have_text("已选 50 条")
    page.get_by_role("button", name=f"选择全部 {total} 条").click()
    expect(page.locator("[data-selected]")).to_have_text(f"已选 {total} 条")


def test_saved_filters_count_and_narrow(service: Service, page: Page) -> None:
    listed(page, service)
    expect(saved(page, "草稿").locator("b")).to_have_text("0")
    new_entry(page, "faq-saved-one", "门店几点开门？")
    step = "/api/v1/entries/faq-saved-one/revisions/1/submit"
    listed(page, service)
    expect(saved(page, "草稿").locator("b")).to_have_text("1")
    saved(page, "草稿").click()
    expect(page.locator("h1")).to_have_text("草稿")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody .title a").first).to_have_attribute(
        "href", "/desk/entries/faq-saved-one/revisions/1"
    )
    ask_api(page, "POST", step, {})
    saved(page, "待审").click()
    expect(page.locator("tbody tr")).to_contain_text("门店几点开门？")
    saved(page, "我负责的").click()
    expect(page.locator("tbody")).to_contain_text("门店几点开门？")
    saved(page, "草稿").click()
    expect(page.locator(".empty")).to_contain_text("没有草稿")
    saved(page, "冲突").click()
    states = page.locator("tbody .state")
    assert states.count() == int(saved(page, "冲突").locator("b").inner_text())
    page.get_by_role("combobox", name="类型").select_option("policy")
    page.wait_for_url("**kind=policy*")
    expect(saved(page, "冲突")).to_have_attribute("aria-current", "page")
    assert "status=" not in page.url


def test_the_keyboard_moves_selects_and_opens(service: Service, page: Page) -> None:
    listed(page, service, "?q=退货")
    titles = page.locator("tbody .title > a")
    for key in ("j", "j", "k", "j"):
        page.keyboard.press(key)
    expect(titles.nth(1)).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("[data-selected]")).to_have_text("已选 1 条")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("tr.chosen")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.locator("#bulk-bar")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("j")
    expect(page.get_by_role("searchbox")).to_have_value("j")
    page.get_by_role("searchbox").blur()
    page.keyboard.press("?")
    expect(page.locator("dialog.key-sheet")).to_contain_text("下一条、上一条")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/desk/entries/[\w-]+/revisions/\d+"))


def test_many_are_changed_after_a_look_at_each(service: Service, page: Page) -> None:
    for number in (1, 2, 3):
        new_entry(page_at(page, service), f"faq-bulk-{number}", f"批量问题{number}")
    listed(page, service, "?q=批量问题")
    page.get_by_role("checkbox", name="选择本页全部").check()
    page.keyboard.press("b")
    sheet = page.locator("dialog.bulk-sheet")
    expect(sheet.locator("h2")).to_have_text("批量修改 3 条")
    sheet.get_by_role("button", name="先看结果").click()
    expect(sheet).to_contain_text("请至少填一项")
    sheet.get_by_label("负责", exact=True).fill("门店组")
    sheet.get_by_label("加标签").fill("节假日，上门")
    sheet.get_by_label("写好就提交审核").uncheck()
    sheet.get_by_label("失效", exact=True).fill("2020-13-40")
    sheet.get_by_role("button", name="先看结果").click()
    expect(sheet.get_by_label("失效", exact=True)).to_be_focused()
    sheet.get_by_label("失效", exact=True).fill("2099-12-31")
    page.keyboard.press("Enter")
    expect(sheet.locator("tr[data-outcome=changed]")).to_have_count(3)
    expect(sheet).to_contain_text("将修改 3 条")
    assert ask_api(page, "GET", "/api/v1/entries/faq-bulk-1")["owner"] == ""
    sheet.get_by_role("button", name="返回修改").click()
    expect(sheet.get_by_label("负责", exact=True)).to_have_value("门店组")
    sheet.get_by_role("button", name="先看结果").click()
    sheet.get_by_role("button", name="执行，修改 3 条").click()
    expect(sheet).to_contain_text("已修改 3 条")
    entry = ask_api(page, "GET", "/api/v1/entries/faq-bulk-1")
    assert entry["owner"] == "门店组"
    assert entry["content"]["tags"] == ["门店", "节假日", "上门"]
    assert entry["content"]["effective_until"].startswith("2099-12-31")
    sheet.locator("footer").get_by_role("button", name="关闭").click()
    expect(page.locator("tbody tr").first).to_contain_text("门店组")


def test_closing_the_sheet_takes_the_focus_from_nobody(service: Service, page: Page) -> None:
    listed(page, service, "?q=退货")
    page.get_by_role("checkbox", name="选择本页全部").check()
    page.keyboard.press("b")
    sheet = page.locator("dialog.bulk-sheet")
    expect(sheet).to_be_visible()
    link = page.locator("tbody .title > a").first
    # The page hears of the closing a moment later; a quick hand has gone on by then.
    sheet.evaluate("""(sheet) => new Promise((told) => {
      sheet.addEventListener("close", () => setTimeout(told));
      sheet.close();
      document.querySelector("tbody .title > a").focus();
    })""")
    expect(link).to_be_focused()
    page.get_by_role("checkbox", name="选择本页全部").focus()
    page.keyboard.press("b")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(page.get_by_role("checkbox", name="选择本页全部")).to_be_focused()


def page_at(page: Page, service: Service) -> Page:
    """A page of the service, so that it may ask the API."""
    if not page.url.startswith(service.base):
        page.goto(f"{service.base}/desk/entries")
    return page


def test_what_others_are_at_work_on_is_refused(
    service: Service, page: Page, chromium: Browser
) -> None:
    other = sign_in(service, chromium, "gu", "顾编辑", "editor")
    content = {"kind": "faq", "title": "别人在改的问题", "body": "甲。"}
    other.api("POST", "/entries", {"id": "faq-others", "content": content})
    other.context.close()
    listed(page, service, "?q=别人在改的问题")
    page.get_by_role("checkbox", name="选择“别人在改的问题”").check()
    page.get_by_role("button", name="批量修改").click()
    sheet = page.locator("dialog.bulk-sheet")
    sheet.get_by_label("加标签").fill("门店")
    page.keyboard.press("Enter")
    expect(sheet.locator("tr[data-outcome=refused]")).to_contain_text("顾编辑")
    expect(sheet.get_by_role("button", name=re.compile("^执行"))).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="批量修改")).to_be_focused()


def test_agents_get_a_list_to_read(service: Service, chromium: Browser) -> None:
    agent = sign_in(service, chromium, "qiu", "邱客服", "agent")
    page = agent.page("/desk/entries")
    expect(page.locator("#entries[data-ready]")).to_be_attached()
    expect(page.locator("[data-pick]")).to_have_count(0)
    expect(page.get_by_role("link", name="新建条目")).to_have_count(0)
    expect(saved(page, "草稿")).to_have_count(0)
    expect(page.locator("tbody .title > a").first).to_have_attribute(
        "href", re.compile(r"^/entries/")
    )
    answer = page.request.get(f"{service.base}/desk/entries/return-7-days/revisions/2")
    assert answer.status == 403
    agent.context.close()
