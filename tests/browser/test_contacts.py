"""Live contacts: what customers write appears by itself, and nothing disturbs the agent."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.browser.conftest import Desk
from tests.browser.people import PASSWORD
from tests.browser.service import Api, Service

pytestmark = pytest.mark.browser

QUESTION = "退款多久到账"


def given(request: Request) -> Any:
    """The JSON that was sent with it."""
    return request.post_data_json


def row(page: Page, name: str) -> Locator:
    return page.locator("#contacts .contact").filter(has_text=name)


def open_contact(page: Page, name: str) -> None:
    row(page, name).click()
    expect(page.locator("#talk-head h2")).to_have_text(name)


def said(page: Page) -> Locator:
    return page.locator("#transcript .bubble")


def reply(page: Page) -> Locator:
    return page.locator("#reply .reply-body")


def write(page: Page, text: str) -> None:
    """Begins a reply of the agent's own in the place of the suggestion."""
    page.keyboard.press("Alt+e")
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


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


def test_hostile_words_stay_words(api: Api, desk: Desk, customer: str) -> None:
    api.contact(f"<b>{customer}</b>", "<img src=x onerror=alert(1)>{{customer.name}} 退款", to="li")
    page = desk("li")
    row(page, customer).click()
    expect(said(page)).to_contain_text("<img src=x onerror=alert(1)>{{customer.name}}")
    expect(page.locator("#talk-head h2")).to_have_text(f"<b>{customer}</b>")
    assert page.locator("#contacts img, #transcript img, #contacts b b").count() == 0
