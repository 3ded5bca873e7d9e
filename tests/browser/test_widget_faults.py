"""What goes wrong between the widget and the service, and what becomes of what was typed."""

import json
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.service import Service
from tests.browser.widget_host import Customer, Host, hosting

pytestmark = pytest.mark.browser

QUESTION = "退货运费谁出"
MESSAGES = "**/widget/v1/messages"
# What a browser does that lets a page keep nothing: locks and channels are refused as well.
FORBIDDEN = """
const no = () => { throw new DOMException("no", "SecurityError"); };
Object.defineProperty(window, "localStorage", { get: no });
LockManager.prototype.request = async () => no();
window.BroadcastChannel = class { constructor() { no(); } };
"""


@pytest.fixture(scope="module")
def host(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with hosting(service, tmp_path_factory.mktemp("pages")) as made:
        yield made


@pytest.fixture
def widget(chromium: Browser, host: Host) -> Iterator[Customer]:
    """The widget, open; what the browser itself logs about refused requests is no fault here."""
    context = chromium.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(host.page("faults"))
    yield Customer(page).open()
    context.close()
    assert not errors, errors


def type_and_send(widget: Customer, text: str) -> None:
    field = widget.composer if widget.composer.is_visible() else widget.part(".search input")
    field.fill(text)
    field.press("Enter")


def first_then_real(page: Page, first: Callable[[Route], None]) -> list[str]:
    """Does `first` with the first message and lets the others pass; the external ids of all."""
    ids: list[str] = []

    def handle(route: Route) -> None:
        ids.append(route.request.post_data_json["external_id"])
        if len(ids) == 1:
            first(route)
        else:
            route.continue_()

    page.route(MESSAGES, handle)
    return ids


def test_a_message_whose_answer_was_lost_is_not_said_twice(widget: Customer) -> None:
    def lose_the_answer(route: Route) -> None:
        assert route.fetch().status == 201  # it did arrive
        route.abort()

    ids = first_then_real(widget.page, lose_the_answer)
    type_and_send(widget, QUESTION)
    expect(widget.part(".card").first).to_be_visible()
    assert len(ids) == 2
    assert ids[0] == ids[1]
    expect(widget.messages).to_have_count(2)


def test_too_many_messages_wait_as_long_as_asked(widget: Customer) -> None:
    began = time.monotonic()
    ids = first_then_real(widget.page, wait_for(2))
    type_and_send(widget, QUESTION)
    expect(widget.part("[data-status=waiting]")).to_contain_text("秒后自动重发")
    expect(widget.part(".card").first).to_be_visible()
    assert time.monotonic() - began >= 2
    assert len(set(ids)) == 1


def wait_for(seconds: int) -> Callable[[Route], None]:
    """Refuses a message as long as the service is too busy for it."""
    headers = {
        "Retry-After": str(seconds),
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "Retry-After",
    }
    return lambda route: route.fulfill(status=429, headers=headers, json={"title": "x"})


def test_who_waits_is_not_told_of_a_slow_network(widget: Customer) -> None:
    widget.ask("你好")
    widget.page.clock.install()
    first_then_real(widget.page, wait_for(30))
    type_and_send(widget, QUESTION)
    expect(widget.part("[data-status=waiting]")).to_be_visible()
    widget.page.clock.run_for(7_000)  # longer than a message takes that is called slow
    expect(widget.part("[data-status]")).to_contain_text("秒后自动重发")
    widget.page.clock.run_for(30_000)
    expect(widget.part(".card").first).to_be_visible()


def test_one_message_that_waits_leaves_another_alone(widget: Customer) -> None:
    widget.ask("你好")
    widget.page.route(MESSAGES, wait_for(50))
    widget.page.route(MESSAGES, lambda route: route.fulfill(
        status=422, headers={"Access-Control-Allow-Origin": "*"}, json={"title": "x"}), times=1)  # fmt: skip
    type_and_send(widget, QUESTION)
    stuck = widget.part("[data-status=refused]")
    stuck.get_by_role("alert").evaluate("(one) => { one.readOut = true; }")
    type_and_send(widget, "发票怎么开")
    waits = widget.part("[data-status=waiting]")
    stuck.get_by_role("button", name="修改").focus()
    expect(waits).not_to_have_text(waits.inner_text())  # a second has gone by
    expect(stuck.get_by_role("button", name="修改")).to_be_focused()
    expect(stuck.get_by_role("alert")).to_have_js_property("readOut", True)


def test_a_long_wait_is_told_and_left_to_the_customer(widget: Customer) -> None:
    ids = first_then_real(widget.page, wait_for(600))
    type_and_send(widget, QUESTION)
    stuck = widget.part("[data-status=busy]")
    expect(stuck).to_contain_text("之后再试")
    stuck.get_by_role("button", name="重新发送").click()
    expect(widget.part(".card").first).to_be_visible()
    assert len(set(ids)) == 1


def test_what_is_refused_can_be_changed(widget: Customer) -> None:
    first_then_real(widget.page, lambda route: route.fulfill(
        status=422, headers={"Access-Control-Allow-Origin": "*"}, json={"title": "x"}))  # fmt: skip
    type_and_send(widget, QUESTION)
    stuck = widget.part("[data-status=refused]")
    expect(stuck).to_contain_text("无法发送")
    widget.composer.fill("在线等")
    stuck.get_by_role("button", name="修改").click()
    expect(widget.composer).to_have_value(f"{QUESTION}\n在线等")  # nothing typed is lost
    expect(widget.composer).to_be_focused()
    widget.page.evaluate("(text) => Zhike.openWithQuestion(text, { send: false })", "发票怎么开")
    expect(widget.composer).to_have_value(f"{QUESTION}\n在线等\n发票怎么开")
    widget.composer.fill(QUESTION)
    widget.composer.press("Enter")
    expect(widget.part(".card").first).to_be_visible()


def test_a_slow_network_is_told_of(widget: Customer) -> None:
    held: list[Route] = []
    widget.page.route(MESSAGES, lambda route: held.append(route))
    type_and_send(widget, QUESTION)
    expect(widget.part("[data-status=sending]")).to_contain_text("发送中")
    expect(widget.part("[data-status=sending]")).to_be_in_viewport()
    expect(widget.part(".typing")).to_be_visible()
    expect(widget.part("[data-status=slow]")).to_contain_text("网络较慢")
    held[0].continue_()
    expect(widget.part(".card").first).to_be_visible()


def test_offline_and_back(widget: Customer) -> None:
    widget.ask("你好")
    widget.page.context.set_offline(True)
    expect(widget.part(".strip")).to_contain_text("网络已断开")
    type_and_send(widget, QUESTION)
    expect(widget.part("[data-status=offline]")).to_contain_text("恢复后自动发送")
    widget.page.context.set_offline(False)
    expect(widget.part(".card").first).to_be_visible()
    expect(widget.part(".strip")).to_be_hidden()


def test_after_several_attempts_the_customer_decides(widget: Customer) -> None:
    widget.ask("你好")
    widget.page.clock.install()
    tried: list[str] = []

    def lose(route: Route) -> None:
        tried.append(route.request.post_data_json["external_id"])
        route.abort()

    widget.page.route(MESSAGES, lose)
    type_and_send(widget, QUESTION)
    expect(widget.part("[data-status=slow]")).to_be_visible()
    stuck = widget.part("[data-status=failed]")
    for _ in range(30):  # seconds; the clock goes on by itself as well
        if stuck.is_visible():
            break
        widget.page.clock.run_for(1_000)
    expect(stuck).to_contain_text("没有发送成功")
    assert len(tried) == 4
    assert len(set(tried)) == 1
    widget.page.unroute(MESSAGES)
    stuck.get_by_role("button", name="重新发送").click()
    expect(widget.part(".card").first).to_be_visible()


def test_a_lost_visit_begins_anew_with_what_was_typed(widget: Customer, host: Host) -> None:
    widget.ask("发票怎么开")
    lost = widget.kept()
    ended = widget.page.request.delete(
        f"{host.service.base}/widget/v1/sessions",
        headers={"Authorization": f"Bearer {lost['token']}", "Origin": host.origin},
    )
    assert ended.status == 204
    type_and_send(widget, QUESTION)
    expect(widget.messages.first).to_contain_text(QUESTION)  # where the old visit began before
    expect(widget.messages).to_have_count(2)
    expect(widget.part(".messages .card").first).to_be_visible()
    expect(widget.part(".past")).to_contain_text("发票")  # can still be read
    expect(widget.part(".past .foot")).to_have_count(0)
    expect(widget.part(".divider")).to_contain_text("新的会话")
    assert widget.kept()["visit"] != lost["visit"]


def test_a_token_is_renewed_before_it_ends(widget: Customer) -> None:
    page = widget.page
    page.clock.install()
    page.reload()
    expect(widget.part(".launcher")).to_be_visible()
    page.clock.run_for(3_000)
    widget.part(".launcher").click()
    page.clock.run_for(1_000)
    before = widget.kept()
    with page.expect_response("**/widget/v1/sessions/renew") as renewed:
        page.clock.fast_forward(21 * 60_000)
    assert renewed.value.status == 200
    page.wait_for_function(
        "old => !Object.values(localStorage).join().includes(old)", arg=before["token"]
    )
    assert widget.kept()["visit"] == before["visit"]
    assert widget.kept()["renew"] > before["renew"]


def test_a_renewal_is_nothing_to_the_visit_after(widget: Customer, host: Host) -> None:
    """The old visit's new token comes when another tab has begun another visit."""
    page = widget.page
    page.clock.install()
    page.reload()
    expect(widget.part(".launcher")).to_be_visible()
    page.clock.run_for(3_000)
    widget.part(".launcher").click()
    page.clock.run_for(1_000)
    other = {**widget.kept(), "visit": "another", "token": "another"}

    def begin_another(route: Route) -> None:
        answer = route.fetch()
        assert answer.status == 200
        page.evaluate("([name, kept]) => localStorage.setItem(name, kept)",
                      [f"zhike.{host.site}", json.dumps(other)])  # fmt: skip
        route.fulfill(response=answer)

    page.route("**/widget/v1/sessions/renew", begin_another)
    with page.expect_response("**/widget/v1/sessions/renew"):
        page.clock.fast_forward(21 * 60_000)
    renewed = f"zhike.{host.site}.renew"
    page.evaluate("(name) => navigator.locks.request(name, () => {})", renewed)
    assert widget.kept() == other


def test_a_token_is_renewed_where_nothing_can_be_kept_any_more(widget: Customer) -> None:
    page = widget.page
    page.clock.install()
    page.reload()
    expect(widget.part(".launcher")).to_be_visible()
    page.clock.run_for(3_000)
    widget.part(".launcher").click()
    page.clock.run_for(1_000)
    begun: list[str] = []
    page.on("request", lambda r: begun.append(r.url) if r.url.endswith("/sessions") else None)
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    with page.expect_response("**/widget/v1/sessions/renew"):
        page.clock.fast_forward(21 * 60_000)
    page.clock.resume()
    widget.ask(QUESTION)
    expect(widget.part(".card").first).to_be_visible()
    assert begun == []  # the token that was kept before is worthless now


def test_a_service_that_is_away_when_it_opens(chromium: Browser, host: Host) -> None:
    page = chromium.new_context(locale="zh-CN").new_page()
    page.route("**/widget/v1/sessions", lambda route: route.abort())
    page.goto(host.page("away"))
    widget = Customer(page)
    widget.part(".launcher").click()
    expect(widget.part(".failure")).to_contain_text("暂时连接不上")
    page.unroute("**/widget/v1/sessions")
    widget.part(".failure button").press("Enter")
    expect(widget.part(".most li")).to_have_count(6)
    expect(widget.part(".search input")).to_be_focused()
    page.context.close()


def test_without_storage_it_works_for_the_page(chromium: Browser, host: Host) -> None:
    page = chromium.new_context(locale="zh-CN").new_page()
    page.goto(host.page("forgetful", before=FORBIDDEN))
    widget = Customer(page).open()
    widget.ask(QUESTION)
    expect(widget.part(".card").first).to_be_visible()
    page.context.close()


def test_the_focus_stays_when_no_person_can_be_called(widget: Customer) -> None:
    widget.page.route("**/widget/v1/handover", lambda route: route.abort())
    widget.part(".below .row").last.press("Enter")
    expect(widget.part(".strip")).to_contain_text("没有成功")
    expect(widget.composer).to_be_focused()
