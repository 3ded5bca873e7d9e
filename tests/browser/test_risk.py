"""The strip of what to watch for: words, reasons, clocks that run, and early warnings."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.people import ask_api, open_contact, scratch
from tests.browser.service import Service

pytestmark = pytest.mark.browser

THREAT = "这已经是第三次找你们了！！再不解决我就打12315"


@pytest.fixture
def own_time(page: Page) -> Iterator[None]:
    """Answers come without the service's time, so that the page's own clock can be moved."""

    def without_date(route: Route) -> None:
        answer = route.fetch()
        headers = {name: value for name, value in answer.headers.items() if name != "date"}
        route.fulfill(response=answer, headers=headers)

    page.route(re.compile(r"/api/v1/(?!events)"), without_date)
    yield
    page.unroute_all(behavior="ignoreErrors")


def show(page: Page, service: Service, contact_id: str) -> None:
    page.goto(f"{service.base}/agent?contact={contact_id}")
    expect(page.locator("#risk [data-part=grade]")).to_be_visible()


def test_each_part_of_the_strip_says_its_word_and_its_reason(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/agent")
    show(page, service, open_contact(page, "冰箱坏了三天没人管", THREAT))
    parts = page.locator("#risk")
    expect(parts.locator("[data-part=mood]")).to_contain_text("生气")
    expect(parts.locator("[data-part=complexity]")).to_contain_text("重复反映")
    expect(parts.locator("[data-part=grade]")).to_contain_text("A 级")
    expect(parts.locator("[data-part=grade]")).to_contain_text("出现敏感词")
    expect(parts.locator("[data-part=complaint]")).to_contain_text("红色投诉")
    reasons = page.locator("#risk-details")
    expect(reasons).to_be_hidden()
    page.get_by_role("button", name="看原因").click()
    expect(reasons.locator("q").filter(has_text="12315").first).to_be_visible()
    expect(reasons).to_contain_text("只确认已记录")
    expect(reasons.locator("ol li")).to_have_count(3)
    expect(reasons.locator(".clock")).to_have_count(4)


def test_a_quiet_question_has_a_quiet_strip(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/agent")
    show(page, service, open_contact(page, "退款多久到账"))
    expect(page.locator("#risk [data-part=mood]")).to_have_text("平静")
    expect(page.locator("#risk [data-part=complexity]")).to_have_text("简单")
    expect(page.locator("#risk [data-part=grade]")).to_contain_text("C 级")
    expect(page.locator("#risk [data-part=complaint]")).to_have_count(0)
    expect(page.locator(".risk-warning")).to_be_hidden()


def marked(page: Page) -> list[str]:
    found = page.evaluate('[...(CSS.highlights.get("risk-words") ?? [])].map(String)')
    return [str(word) for word in found]


def test_the_words_are_pointed_at_in_the_transcript(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/agent")
    show(page, service, open_contact(page, "冰箱坏了三天没人管", THREAT))
    mood = page.locator("#risk [data-part=mood]")
    mood.focus()
    words = marked(page)
    assert "第三次找" in words
    assert "没人管" in words
    said = page.locator("#transcript .customer").all_inner_texts()
    assert all(any(word in text for text in said) for word in words)
    page.locator("#risk [data-part=complexity]").focus()
    assert marked(page) == []
    mood.hover()
    assert marked(page) == words
    page.locator("#transcript").hover()
    assert marked(page) == []


@pytest.mark.usefixtures("own_time")
def test_clocks_run_turn_due_and_overdue_and_stop_when_answered(
    service: Service, page: Page
) -> None:
    page.goto(f"{service.base}/agent")
    contact = open_contact(page, THREAT)
    page.clock.install(time=datetime.now(UTC))
    show(page, service, contact)
    clock = page.locator("#risk [data-part=grade] .clock")
    status = page.locator("#risk [role=status]")
    expect(clock).to_have_class("clock ok")
    expect(clock).to_contain_text("剩 9:")
    page.clock.fast_forward("01:00")
    expect(clock).to_contain_text("剩 8:")
    expect(status).to_have_text("")
    page.clock.fast_forward("07:15")
    expect(clock).to_have_class("clock due")
    expect(clock).to_contain_text("剩 1:")
    expect(status).to_have_text("响应时间只剩五分之一")
    page.clock.fast_forward("05:15")
    expect(clock).to_have_class("clock over")
    expect(clock).to_contain_text("已超时 3 分")
    expect(status).to_have_text("响应已超时")
    assert clock.get_attribute("role") == "timer"
    assert clock.get_attribute("aria-live") == "off"
    ask_api(
        page, "POST", f"/api/v1/contacts/{contact}/messages", {"role": "agent", "text": "马上处理"}
    )
    expect(clock).to_contain_text("处理")
    page.locator("#risk .risk-toggle").click()
    expect(page.locator("#risk-details .clock.done").first).to_contain_text("已响应")


@pytest.mark.parametrize("wrong_by", [timedelta(hours=3), timedelta(hours=-3)])
def test_clocks_go_by_the_time_of_the_service(
    service: Service, page: Page, wrong_by: timedelta
) -> None:
    page.clock.install(time=datetime.now(UTC) + wrong_by)
    page.goto(f"{service.base}/agent")
    show(page, service, open_contact(page, "退款多久到账"))
    clock = page.locator("#risk [data-part=grade] .clock")
    expect(clock).to_contain_text("剩 59:")


@pytest.mark.usefixtures("own_time")
def test_a_tab_that_slept_is_right_at_once(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/agent")
    contact = open_contact(page, "退款多久到账")
    page.clock.install(time=datetime.now(UTC))
    show(page, service, contact)
    page.clock.set_system_time(datetime.now(UTC) + timedelta(minutes=63))
    page.evaluate('document.dispatchEvent(new Event("visibilitychange"))')
    expect(page.locator("#risk [data-part=grade] .clock")).to_contain_text("已超时 3 分")


def test_a_sensitive_word_warns_at_once_and_lets_the_agent_type_on(
    service: Service, page: Page
) -> None:
    scratch(page, service)
    message = page.get_by_label("客户的话", exact=True)
    message.press_sequentially("再不退款我就曝光你们")
    warning = page.locator(".risk-warning")
    expect(warning).to_be_visible()
    expect(warning).to_contain_text("预警：曝光与媒体")
    expect(warning).to_contain_text("“曝光”")
    expect(warning).to_contain_text("10 分钟内转投诉处理组")
    expect(page.locator("#risk [role=alert]")).to_contain_text("曝光与媒体")
    expect(message).to_be_focused()
    message.press_sequentially("，还要找律师")
    expect(message).to_have_value("再不退款我就曝光你们，还要找律师")
    expect(warning).to_contain_text("法律途径")
    warning.get_by_role("button", name="怎么应对").click()
    expect(page.locator("#risk-details")).to_contain_text("不谈责任和金额")


@pytest.mark.parametrize("context", [{"locale": "en-GB"}], indirect=True)
def test_advice_and_groups_speak_english_where_the_tables_do(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/agent")
    show(page, service, open_contact(page, "I will sue you, my lawyer is informed"))
    expect(page.locator(".risk-warning")).to_contain_text("Hand over to Complaints within 10 min")
    page.get_by_role("button", name="Why").click()
    expect(page.locator("#risk-details")).to_contain_text("Say nothing about liability")
    expect(page.locator("#risk-details")).not_to_contain_text("不谈责任")
