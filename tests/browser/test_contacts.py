"""Live contacts: what customers write appears by itself, is answered once and never lost."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Desk
from tests.browser.live_contacts import QUESTION, given, open_contact, reply, row, said
from tests.browser.service import Api, Service

pytestmark = pytest.mark.browser


def test_a_pushed_message_appears_with_its_suggestions(api: Api, desk: Desk, customer: str) -> None:
    page = desk("li")
    expect(page.locator("#contacts")).to_have_attribute("aria-busy", "false")
    contact = api.contact(customer, QUESTION)
    line = row(page, customer)
    expect(line).to_contain_text(QUESTION)
    expect(line.locator(".count")).to_have_text("1")
    expect(line.locator(".wait")).to_contain_text(re.compile(r"\d\d:\d\d"))
    expect(line).to_contain_text("未分配")
    open_contact(page, customer)
    expect(reply(page)).to_contain_text("工作日")
    expect(page.locator("#answers [role=option]").first).to_contain_text("退款")
    expect(line.locator(".count")).to_have_count(0)
    api.says(contact, "发票怎么开")
    expect(said(page)).to_have_count(2)
    expect(page.locator("#answers")).to_contain_text("发票")
    assert page.evaluate("document.activeElement.closest('#reply') !== null")


def test_two_messages_in_a_row_are_answered_together(api: Api, desk: Desk, customer: str) -> None:
    contact = api.contact(customer, QUESTION, to="li")
    page = desk("li")
    open_contact(page, customer)
    expect(reply(page)).to_contain_text("工作日")
    api.says(contact, "运费谁出")
    expect(page.locator("#answers")).to_contain_text("运费")
    shown = page.locator("#answers [role=option]:visible")
    expect(shown.filter(has_text="运费").first).to_be_visible()
    expect(shown.filter(has_text="退款").first).to_be_visible()


def test_sending_takes_the_contact_and_tells_what_became_of_the_suggestion(
    api: Api, desk: Desk, customer: str
) -> None:
    contact = api.contact(customer, QUESTION)
    page = desk("li")
    open_contact(page, customer)
    expect(reply(page)).to_contain_text("工作日")
    with page.expect_request("**/api/v1/feedback") as told:
        page.keyboard.press("Control+Enter")
    expect(page.locator("#transcript .agent time")).to_be_visible()
    expect(page.locator("#reply")).to_contain_text("已回复")
    expect(page.locator("#talk-head")).to_contain_text("由我处理")
    page.keyboard.press("Control+Enter")  # nothing is left to send
    stored = api.read(contact)
    assert stored["assigned_to"] == "李客服"
    assert [message["role"] for message in stored["messages"]] == ["customer", "agent"]
    assert given(told.value)["kind"] == "adopted"
    assert given(told.value)["query"] == QUESTION


@pytest.mark.parametrize(
    ("change", "kind"), [("End", "edited"), ("Control+a", "edited")], ids=["added", "rewritten"]
)
def test_an_edited_reply_is_fed_back_with_its_text(
    api: Api, desk: Desk, customer: str, change: str, kind: str
) -> None:
    api.contact(customer, QUESTION, to="li")
    page = desk("li")
    open_contact(page, customer)
    expect(reply(page)).to_contain_text("工作日")
    page.keyboard.press("Alt+e")
    page.keyboard.press(change)
    page.keyboard.type("请您放心。")
    page.keyboard.press("Escape")
    with page.expect_request("**/api/v1/feedback") as told:
        page.keyboard.press("Control+Enter")
    body = given(told.value)
    assert body["kind"] == kind
    assert body["sent"].endswith("请您放心。")


def test_two_agents_see_only_their_own_contacts(api: Api, desk: Desk, customer: str) -> None:
    his, hers = f"{customer}李", f"{customer}王"
    first = api.contact(his, QUESTION, to="li")
    second = api.contact(hers, "发票怎么开", to="wang")
    li, wang = desk("li"), desk("wang")
    open_contact(li, his)
    open_contact(wang, hers)
    expect(row(li, hers)).to_have_count(0)
    expect(row(wang, his)).to_have_count(0)
    api.says(first, "我是李那边的客户")
    api.says(second, "我是王那边的客户")
    expect(said(li).last).to_contain_text("李那边")
    expect(said(wang).last).to_contain_text("王那边")
    expect(said(li)).to_have_count(2)
    expect(said(wang)).to_have_count(2)
    expect(li.locator("body")).not_to_contain_text("王那边")
    expect(wang.locator("body")).not_to_contain_text("李那边")


def test_a_cut_stream_goes_on_without_loss_or_repeats(api: Api, desk: Desk, customer: str) -> None:
    contact = api.contact(customer, QUESTION, to="li")
    page = desk("li", strict=False)
    open_contact(page, customer)
    expect(reply(page)).to_contain_text("工作日")
    page.context.set_offline(True)
    expect(page.locator(".link-state")).to_contain_text("连接中断，正在重连 · 数据截至")
    for text in ("第二句", "第三句", "发票怎么开"):
        api.says(contact, text)
    expect(said(page)).to_have_count(1)
    page.context.set_offline(False)
    expect(page.locator(".link-state")).to_be_hidden()
    expect(said(page)).to_have_text([re.compile(QUESTION), re.compile("第二句"),
                                     re.compile("第三句"), re.compile("发票怎么开")])  # fmt: skip
    expect(page.locator("#answers")).to_contain_text("发票")
    api.says(contact, "第五句")
    expect(said(page)).to_have_count(5)


def test_windows_of_one_browser_share_a_stream(
    api: Api, desk: Desk, service: Service, customer: str
) -> None:
    contact = api.contact(customer, QUESTION, to="li")
    page = desk("li")
    open_contact(page, customer)
    streams: list[str] = []
    page.context.on("request", lambda r: streams.append(r.url) if "/events" in r.url else None)
    other = page.context.new_page()
    other.goto(f"{service.base}/agent?contact={contact}")
    expect(said(other)).to_have_count(1)
    api.says(contact, "第二句")
    for window in (page, other):
        expect(said(window)).to_have_count(2)
    assert streams == []
    page.close()  # the window that read the stream: the other one goes on where it was
    api.says(contact, "第三句")
    expect(said(other)).to_have_count(3)
    assert len(streams) == 1


def test_a_session_that_ended_leads_to_the_sign_in_page(desk: Desk) -> None:
    page = desk("wang", strict=False)
    expect(page.locator("#contacts")).to_have_attribute("aria-busy", "false")
    page.context.clear_cookies()
    page.context.set_offline(True)
    expect(page.locator(".link-state")).to_be_visible()
    page.context.set_offline(False)
    page.wait_for_url("**/login?next=*")


def test_no_reliable_answer_goes_to_the_gaps_by_a_key(api: Api, desk: Desk, customer: str) -> None:
    api.contact(customer, "今天上海天气怎么样", to="li")
    page = desk("li")
    open_contact(page, customer)
    expect(page.locator("#reply")).to_contain_text("无可靠答案")
    with page.expect_request("**/api/v1/gaps") as told:
        page.keyboard.press("Alt+g")
    assert given(told.value)["query"] == "今天上海天气怎么样"
    expect(page.locator(".toast")).to_contain_text("已送入")


def test_what_the_reply_leaves_open_is_listed_and_goes_to_the_gaps(
    api: Api, desk: Desk, customer: str
) -> None:
    api.contact(customer, "退款多久到账?公积金能提出来吗?", to="li")
    page = desk("li")
    open_contact(page, customer)
    expect(page.locator(".reply-open li")).to_have_text(["公积金能提出来吗?"])
    with page.expect_request("**/api/v1/gaps") as told:
        page.keyboard.press("Alt+g")
    assert given(told.value)["query"] == "公积金能提出来吗?"


def test_on_the_phone_the_customers_words_are_at_hand(api: Api, desk: Desk, customer: str) -> None:
    contact = api.contact(customer, "您好", channel="phone", to="li")
    page = desk("li")
    open_contact(page, customer)
    words = page.get_by_label("客户的话", exact=True).and_(page.locator("textarea"))
    expect(words).to_be_visible()
    words.fill(QUESTION)
    expect(reply(page)).to_contain_text("工作日")
    page.keyboard.press("Enter")
    expect(words).to_have_value("")
    expect(said(page)).to_have_count(2)
    expect(said(page).last.locator("time")).to_be_visible()
    assert api.read(contact)["messages"][-1]["role"] == "customer"
    page.keyboard.press("Alt+m")
    expect(words).to_be_hidden()
    assert page.evaluate("document.activeElement.closest('#reply') !== null")


def test_who_missed_too_much_reads_everything_again(desk: Desk, api: Api, customer: str) -> None:
    contact = api.contact(customer, QUESTION, to="li")
    page = desk("li")
    open_contact(page, customer)
    expect(said(page)).to_have_count(1)
    page.route(
        "**/api/v1/events*",
        lambda route: route.fulfill(
            content_type="text/event-stream",
            body='id: 1\nevent: reset\ndata: {"position": 1}\n\n',
        ),
        times=1,
    )
    lists: list[str] = []
    page.on("request", lambda r: lists.append(r.url) if "/api/v1/contacts?" in r.url else None)
    with page.expect_response("**/api/v1/events*"):
        page.reload()
    expect(said(page)).to_have_count(1)
    api.says(contact, "第二句")
    expect(said(page)).to_have_count(2)
    assert len(lists) == 2


def test_hostile_words_stay_words(api: Api, desk: Desk, customer: str) -> None:
    api.contact(f"<b>{customer}</b>", "<img src=x onerror=alert(1)>{{customer.name}} 退款", to="li")
    page = desk("li")
    row(page, customer).click()
    expect(said(page)).to_contain_text("<img src=x onerror=alert(1)>{{customer.name}}")
    expect(page.locator("#talk-head h2")).to_have_text(f"<b>{customer}</b>")
    assert page.locator("#contacts img, #transcript img, #contacts b b").count() == 0
