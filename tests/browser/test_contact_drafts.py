"""What an agent has written stays theirs: through news, failures, other contacts and reloads."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Desk
from tests.browser.live_contacts import QUESTION, open_contact, reply, row, said, write
from tests.browser.people import PASSWORD
from tests.browser.service import Api, Service

pytestmark = pytest.mark.browser


def test_what_is_being_edited_is_not_touched(api: Api, desk: Desk, customer: str) -> None:
    contact = api.contact(customer, QUESTION, to="li")
    page = desk("li")
    open_contact(page, customer)
    expect(reply(page)).to_contain_text("工作日")
    write(page, "我自己写的回复")
    api.says(contact, "发票怎么开")
    expect(said(page)).to_have_count(2)
    expect(page.get_by_role("button", name="有更新")).to_be_visible()
    page.keyboard.type("，还没写完")
    expect(page.locator("#reply textarea.draft")).to_have_value("我自己写的回复，还没写完")


def test_a_reply_that_changed_under_the_key_is_not_sent(
    api: Api, desk: Desk, customer: str
) -> None:
    contact = api.contact(customer, QUESTION, to="li")
    page = desk("li")
    open_contact(page, customer)
    expect(reply(page)).to_contain_text("工作日")
    api.says(contact, "好的", role="agent")
    expect(page.locator("#reply")).to_contain_text("已回复")
    page.evaluate(
        """() => new MutationObserver((_, observer) => {
            const shown = document.querySelector("#reply .reply-body");
            if (!shown?.innerText.includes("发票")) return;
            observer.disconnect();
            const keys = { key: "Enter", ctrlKey: true, bubbles: true };
            shown.dispatchEvent(new KeyboardEvent("keydown", keys));
        }).observe(document.getElementById("reply"), { childList: true, subtree: true })"""
    )
    api.says(contact, "发票怎么开")
    expect(page.locator(".toast")).to_contain_text("刚刚换了")
    expect(page.locator("#transcript .agent")).to_have_count(1)
    page.wait_for_timeout(800)  # the agent reads it
    page.keyboard.press("Control+Enter")
    expect(page.locator("#transcript .agent time")).to_have_count(2)


def test_of_two_who_take_a_contact_the_second_is_told(api: Api, desk: Desk, customer: str) -> None:
    api.contact(customer, QUESTION)
    li, wang = desk("li"), desk("wang", strict=False)
    wang.route("**/api/v1/events*", lambda route: route.abort())
    wang.reload()  # this one hears of nothing, so both are after the same contact
    for page in (li, wang):
        open_contact(page, customer)
        expect(reply(page)).to_contain_text("工作日")
    li.get_by_role("button", name="接入").click()
    expect(li.locator("#talk-head")).to_contain_text("由我处理")
    wang.keyboard.press("Control+Enter")
    expect(wang.locator("#transcript .failed")).to_contain_text("没有发出")
    expect(wang.locator("#talk-head")).to_contain_text("这个会话已由他人接入")
    expect(row(wang, customer)).to_have_count(0)
    expect(said(li)).to_have_count(1)


def test_a_contact_taken_elsewhere_leaves_the_draft(api: Api, desk: Desk, customer: str) -> None:
    api.contact(customer, QUESTION)
    li, wang = desk("li"), desk("wang")
    for page in (li, wang):
        open_contact(page, customer)
        expect(reply(page)).to_contain_text("工作日")
    write(wang, "我正在写")
    li.get_by_role("button", name="接入").click()
    expect(wang.locator("#talk-head")).to_contain_text("这个会话已由他人接入")
    expect(wang.locator("#reply textarea.draft")).to_have_value("我正在写")
    wang.keyboard.press("Control+Enter")
    expect(wang.locator(".toast")).to_contain_text("您写的内容还在")
    li.get_by_role("button", name="放回").click()
    expect(row(wang, customer)).to_be_visible()


def test_what_was_not_sent_is_kept_and_sent_once(api: Api, desk: Desk, customer: str) -> None:
    contact = api.contact(customer, QUESTION, to="li")
    page = desk("li", strict=False)
    open_contact(page, customer)
    expect(reply(page)).to_contain_text("工作日")
    path = f"**/contacts/{contact}/messages"

    def lose_the_answer(route: Route) -> None:
        route.fetch()  # it arrives, but nobody hears that it did
        route.abort()

    page.route(path, lambda route: route.abort())
    write(page, "这句话不能丢")
    page.keyboard.press("Control+Enter")
    failed = page.locator("#transcript .failed")
    expect(failed).to_contain_text("这句话不能丢")
    page.unroute(path)
    page.route(path, lose_the_answer, times=1)
    failed.get_by_role("button", name="重试").click()
    expect(page.locator("#transcript .agent time")).to_be_visible()
    expect(failed).to_have_count(0)
    assert [message["text"] for message in api.read(contact)["messages"]] == [
        QUESTION,
        "这句话不能丢",
    ]


def test_what_was_not_sent_can_be_edited_again(api: Api, desk: Desk, customer: str) -> None:
    contact = api.contact(customer, QUESTION, to="li")
    page = desk("li", strict=False)
    open_contact(page, customer)
    expect(reply(page)).to_contain_text("工作日")
    page.route(f"**/contacts/{contact}/messages", lambda route: route.abort())
    write(page, "这句话不能丢")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="放回编辑").click()
    expect(page.locator("#transcript .failed")).to_have_count(0)
    expect(page.locator("#reply")).to_contain_text("这句话不能丢")


def test_each_contact_keeps_its_own_reply(api: Api, desk: Desk, customer: str) -> None:
    one, two = f"{customer}一", f"{customer}二"
    api.contact(one, QUESTION, to="li")
    api.contact(two, "运费谁出", to="li")
    page = desk("li")
    open_contact(page, one)
    expect(reply(page)).to_contain_text("工作日")
    write(page, "给第一位的话")
    page.get_by_role("tab", name="最近变化").click()
    open_contact(page, two)
    expect(reply(page)).to_contain_text("运费")
    expect(page.get_by_role("tab", name="答案")).to_have_attribute("aria-selected", "true")
    expect(row(page, one)).to_contain_text("草稿")
    page.keyboard.press("Alt+2")
    chosen = page.locator("#reply [role=tab][aria-selected=true]").text_content() or ""
    open_contact(page, one)
    expect(page.locator("#reply")).to_contain_text("给第一位的话")
    expect(page.get_by_role("tab", name="最近变化")).to_have_attribute("aria-selected", "true")
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if r.url.endswith("/suggest") else None)
    open_contact(page, two)
    expect(page.locator("#reply [role=tab][aria-selected=true]")).to_have_text(chosen)
    page.evaluate("fetch('/api/v1/contacts')")  # what opening it asks for has gone out before this
    assert asked == []  # it was all there already


def test_unsent_drafts_outlive_a_reload_but_not_the_session(
    api: Api, desk: Desk, service: Service, customer: str
) -> None:
    api.contact(customer, QUESTION, to="wang")
    page = desk("wang", strict=False)
    open_contact(page, customer)
    expect(reply(page)).to_contain_text("工作日")
    write(page, "写了一半")
    page.reload()
    expect(page.locator("#talk-head h2")).to_have_text(customer)
    expect(page.locator("#reply")).to_contain_text("写了一半")
    kept = page.evaluate("JSON.stringify({...sessionStorage})")
    assert "写了一半" in kept
    assert QUESTION not in kept
    page.goto(f"{service.base}/agent")  # a session of its own, as others use this one
    page.context.clear_cookies()
    page.goto(f"{service.base}/login")
    page.get_by_label("账号").fill("wang")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/agent")
    assert "写了一半" in page.evaluate("JSON.stringify({...sessionStorage})")
    page.get_by_label("账号").click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/login")
    assert "写了一半" not in page.evaluate("JSON.stringify({...sessionStorage})")


def test_a_day_belongs_to_its_contact(api: Api, desk: Desk, customer: str) -> None:
    now, then = f"{customer}今", f"{customer}昔"
    api.contact(now, QUESTION, to="li")
    contact = api.contact(then, "双11满多少送空气炸锅", to="li")
    page = desk("li")
    open_contact(page, then)
    expect(page.locator("#answers [role=option]").first).to_be_visible()
    page.keyboard.press("Alt+t")
    page.keyboard.type("2025-11-03")
    banner, mark = page.locator("#asof-banner"), page.locator("#reply-asof")
    expect(banner).to_contain_text("2025-11-03")
    expect(mark).to_contain_text("2025-11-03")
    expect(page.locator("#answers")).to_contain_text("3,000")
    page.locator("#answers [role=option]").first.click()
    expect(page.locator("#reader article.entry")).to_be_visible()
    expect(page.locator("#reader a", has_text="单独打开")).to_have_attribute(
        "href", re.compile("as_of=2025-11-03")
    )
    page.keyboard.press("Escape")
    open_contact(page, now)
    expect(banner).to_be_hidden()
    expect(mark).to_be_hidden()
    open_contact(page, then)
    expect(banner).to_contain_text("2025-11-03")
    assert api.read(contact)["as_of"] == "2025-11-03"
    page.reload()
    expect(banner).to_contain_text("2025-11-03")
    expect(page.locator("#answers")).to_contain_text("3,000")
    page.get_by_role("button", name="回到今天").click()
    expect(banner).to_be_hidden()
