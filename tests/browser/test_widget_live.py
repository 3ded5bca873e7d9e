"""From the assistant to a person: the same conversation in the widget and in the console."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.conftest import Desk
from tests.browser.people import faults_of
from tests.browser.service import Api, Service
from tests.browser.widget_host import Customer, Host, contact_of, far_hours, hosting

pytestmark = pytest.mark.browser

EVENTS = "**/widget/v1/events"


@pytest.fixture(scope="module")
def host(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with hosting(service, tmp_path_factory.mktemp("pages")) as made:
        yield made


NewPage = Callable[..., Page]


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[NewPage]:
    """Makes pages of customers who have never been here; script errors in them fail the test."""
    opened = []

    def make(**options: object) -> Page:
        wide = {"locale": "zh-CN", "viewport": {"width": 1280, "height": 800}}
        context = chromium.new_context(**{**wide, **options})  # type: ignore[arg-type]
        opened.append(context)
        page = context.new_page()
        watched.append(faults_of(page, console=False))
        return page

    watched: list[list[str]] = []
    yield make
    for context in opened:
        context.close()
    assert not [fault for found in watched for fault in found]


def on_site(page: Page, host: Host) -> Customer:
    page.goto(host.page("live"))
    return Customer(page).open()


def waiting(page: Page, host: Host, said: str) -> Customer:
    """A customer who said something and asked for a person."""
    widget = on_site(page, host)
    widget.ask(said)
    widget.ask("转人工")
    expect(widget.part(".card.waiting")).to_be_visible()
    return widget


def row(page: Page, said: str) -> Locator:
    return page.locator("#contacts .contact").filter(has_text=said)


def answer_as(page: Page, text: str) -> None:
    """Writes and sends a reply in the console."""
    page.keyboard.press("Alt+e")
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    page.keyboard.press("Control+Enter")


def test_a_person_goes_on_with_the_same_conversation(
    new_page: NewPage, host: Host, desk: Desk
) -> None:
    console = desk("li")
    expect(console.locator("#contacts")).to_have_attribute("aria-busy", "false")
    widget = waiting(new_page(), host, "甲三号扫地机的退货运费谁出")
    expect(widget.part(".status")).to_contain_text("正在接通客服")
    widget.part(".card.waiting summary").click()
    expect(widget.part(".told")).to_contain_text("全部对话")
    expect(widget.part(".told")).to_contain_text("已经试过的答案")

    row(console, "转人工").last.click()
    transcript = console.locator("#transcript")
    expect(transcript).to_contain_text("甲三号扫地机的退货运费谁出")
    expect(transcript).to_contain_text("转人工")
    expect(console.locator("#reply .reply-body, #reply .empty").first).to_be_visible()
    answer_as(console, "您好，我是客服，这就帮您看。")
    expect(widget.messages.last).to_contain_text("您好，我是客服，这就帮您看。")
    expect(widget.part(".status")).to_contain_text("客服正在为您服务")
    expect(widget.part(".card.waiting")).to_have_count(0)
    expect(widget.panel).not_to_contain_text("李客服")  # who of the team it is stays inside

    widget.composer.fill("好的，谢谢，订单昨天签收的")
    widget.composer.press("Enter")
    expect(transcript).to_contain_text("订单昨天签收的")
    expect(widget.part(".typing")).to_be_hidden()


def test_an_agents_message_is_counted_while_closed_and_after_a_reload(
    new_page: NewPage, host: Host, api: Api
) -> None:
    page = new_page()
    widget = waiting(page, host, "发票怎么开")
    contact = contact_of(api, widget)
    page.keyboard.press("Escape")
    api.says(contact, "您好", role="agent")
    api.says(contact, "发票马上给您补开。", role="agent")
    badge = widget.part(".badge")
    expect(badge).to_have_text("2")
    expect(widget.part(".launcher")).to_have_attribute("aria-label", "打开客服对话，2 条未读")
    page.goto(host.page("another"))
    api.says(contact, "还在吗？", role="agent")
    expect(badge).to_have_text("3")
    widget.part(".launcher").click()
    expect(widget.messages.last).to_contain_text("还在吗？")
    expect(badge).to_be_hidden()
    page.keyboard.press("Escape")
    expect(badge).to_be_hidden()


def test_a_broken_stream_resumes_without_loss(new_page: NewPage, host: Host, api: Api) -> None:
    page = new_page()
    widget = waiting(page, host, "发票怎么开")
    contact = contact_of(api, widget)
    api.says(contact, "第一句", role="agent")
    expect(widget.messages.last).to_contain_text("第一句")
    page.context.set_offline(True)
    expect(widget.part(".strip")).to_contain_text("网络已断开")
    api.says(contact, "断开时说的", role="agent")
    api.says(contact, "又一句", role="agent")
    page.context.set_offline(False)
    expect(widget.messages.last).to_contain_text("又一句")
    said = widget.messages.all_inner_texts()
    assert [sum(text in one for one in said) for text in ("第一句", "断开时说的", "又一句")] == [
        1,
        1,
        1,
    ]
    expect(widget.part(".strip")).to_be_hidden()


def test_a_refused_stream_is_tried_again_later(new_page: NewPage, host: Host, api: Api) -> None:
    page = new_page()
    asked: list[Route] = []

    def refuse_twice(route: Route) -> None:
        asked.append(route)
        headers = {"Access-Control-Allow-Origin": "*", "Retry-After": "1",
                   "Access-Control-Expose-Headers": "Retry-After"}  # fmt: skip
        if len(asked) < 3:
            route.fulfill(status=503, headers=headers, json={"title": "x"})
        else:
            route.continue_()

    page.route(EVENTS, refuse_twice)
    widget = waiting(page, host, "发票怎么开")
    expect(widget.part(".strip")).to_contain_text("正在重新连接")
    expect(widget.part(".strip")).to_be_hidden()
    assert len(asked) == 3
    api.says(contact_of(api, widget), "接上了", role="agent")
    expect(widget.messages.last).to_contain_text("接上了")


def test_calling_a_person_by_keyboard_leaves_the_focus_where_one_writes(
    new_page: NewPage, host: Host
) -> None:
    widget = on_site(new_page(), host)
    widget.ask("你好")
    widget.part(".call").press("Enter")
    expect(widget.part(".card.waiting")).to_be_visible()
    expect(widget.part(".call")).to_be_hidden()
    expect(widget.composer).to_be_focused()
    widget = on_site(new_page(), host)
    widget.part(".below .row").last.press("Enter")
    expect(widget.part(".card.waiting")).to_be_visible()
    expect(widget.composer).to_be_focused()


def test_both_tabs_hear_the_agent(new_page: NewPage, host: Host, api: Api) -> None:
    page = new_page()
    widget = waiting(page, host, "发票怎么开")
    other = page.context.new_page()
    other.goto(host.page("live"))
    mirror = Customer(other)
    expect(mirror.part(".launcher")).to_be_visible()
    api.says(contact_of(api, widget), "两边都看得到", role="agent")
    expect(widget.messages.last).to_contain_text("两边都看得到")
    mirror.part(".launcher").click()
    expect(mirror.messages.last).to_contain_text("两边都看得到")
    page.close()  # the tab that read the stream: the other one goes on with it
    api.says(contact_of(api, mirror), "一边关了也一样", role="agent")
    expect(mirror.messages.last).to_contain_text("一边关了也一样")


def test_when_it_ends(new_page: NewPage, host: Host, api: Api) -> None:
    page = new_page()
    widget = waiting(page, host, "发票怎么开")
    first = widget.kept()["visit"]
    contact = contact_of(api, widget)
    api.says(contact, "已补开。", role="agent")
    expect(widget.messages.last).to_contain_text("已补开。")
    api.post(f"/contacts/{contact}/close", {})
    closed = widget.part(".closed.card")
    expect(closed).to_contain_text("本次会话已结束")
    expect(closed.locator(".verdict")).to_have_text(["解决了", "没解决"])
    expect(widget.composer).to_be_hidden()
    closed.get_by_role("button", name="开始新的会话").click()
    expect(widget.part(".most li").first).to_be_visible()
    expect(widget.messages).to_have_count(0)
    widget.ask("退货运费谁出")
    assert widget.kept()["visit"] != first


def test_a_ticket_out_of_hours(
    new_page: NewPage, service: Service, tmp_path: Path, api: Api
) -> None:
    with hosting(service, tmp_path, "--hours", far_hours()) as host:
        widget = on_site(new_page(), host)
        expect(widget.part(".below")).to_contain_text("给我们留言")
        expect(widget.part(".below")).to_contain_text("09:00")
        widget.ask("火星上有你们的门店吗")
        widget.part(".call").click()
        form = widget.part("form.ticket")
        expect(form).to_contain_text("09:00")
        form.get_by_label("想咨询的问题").fill("")
        form.get_by_role("button", name="提交留言").click()
        expect(form.locator(".labelled .fault:not(:empty)")).to_have_count(3)
        expect(form.get_by_label("怎么称呼您")).to_be_focused()
        expect(form.get_by_label("怎么称呼您")).to_have_attribute("aria-invalid", "true")
        form.get_by_label("怎么称呼您").fill("王女士")
        form.get_by_label("手机号或邮箱").fill("wang@example.com")
        form.get_by_label("想咨询的问题").fill("想知道门店在哪里")
        form.get_by_role("button", name="提交留言").click()
        expect(widget.messages.last).to_contain_text("已收到您的留言")
        expect(form).to_have_count(0)
        expect(widget.composer).to_be_visible()
        whole = api.read(contact_of(api, widget))
        assert any("想知道门店在哪里" in message["text"] for message in whole["messages"])


def test_a_ticket_whose_answer_was_lost_is_left_once(
    new_page: NewPage, service: Service, tmp_path: Path, api: Api
) -> None:
    with hosting(service, tmp_path, "--hours", far_hours()) as host:
        page = new_page()
        widget = on_site(page, host)
        for text in ("火星上有门店吗" * 200, "木星上有门店吗" * 200):
            widget.ask(text)
        form = widget.part("form.ticket")
        text = form.get_by_label("想咨询的问题").input_value()
        assert len(text) == 2_000  # as much as the service takes
        expect(widget.part(".thread")).to_be_focused()  # the field has given way to the form
        form.get_by_label("怎么称呼您").fill("王女士")
        form.get_by_label("手机号或邮箱").fill("wang@example.com")

        def lose_the_answer(route: Route) -> None:
            assert route.fetch().status == 201  # it did arrive
            route.abort()

        page.route("**/widget/v1/tickets", lose_the_answer, times=1)
        form.get_by_role("button", name="提交留言").click()
        expect(form.get_by_role("alert")).not_to_be_empty()
        form.get_by_role("button", name="提交留言").click()
        expect(widget.messages.last).to_contain_text("已收到您的留言")
        whole = api.read(contact_of(api, widget))
        assert [message["text"] for message in whole["messages"]].count(text) == 1


def test_who_asks_on_instead_of_leaving_a_ticket(
    new_page: NewPage, service: Service, tmp_path: Path
) -> None:
    with hosting(service, tmp_path, "--hours", far_hours()) as host:
        widget = on_site(new_page(), host)
        widget.part(".below .row").last.click()
        expect(widget.part("form.ticket")).to_be_visible()
        widget.part("form.ticket").get_by_role("button", name="继续提问").click()
        expect(widget.part("form.ticket")).to_have_count(0)
        expect(widget.composer).to_be_focused()
        widget.ask("退货运费谁出")
        expect(widget.part(".card").first).to_be_visible()
        widget.part(".call").click()
        expect(widget.part("form.ticket")).to_be_visible()
