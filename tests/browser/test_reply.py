"""The reply: its parts, tone, variables and evidence, canned replies in it, and what becomes of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reply_page import (
    CANNED,
    INVOICE,
    LATE,
    ask,
    canned,
    contact,
    draft,
    feedback,
    message,
    type_over,
)
from tests.browser.service import Service

pytestmark = pytest.mark.browser


def test_parts_are_named_in_words(service: Service, page: Page) -> None:
    ask(page, service, LATE)
    names = page.locator("#reply .part-name").all_inner_texts()
    assert [name for name in names if name][:2] == ["共情", "补偿"]
    empathy = page.locator("#reply .part.empathy").first
    expect(empathy).to_contain_text("抱歉")


@pytest.mark.parametrize("context", [{"viewport": {"width": 360, "height": 740}}], indirect=True)
def test_part_names_leave_the_eye_but_not_the_page_when_it_is_narrow(
    service: Service, page: Page
) -> None:
    ask(page, service, LATE)
    name = page.locator("#reply .part-name").first
    expect(name).to_have_text("共情")
    box = name.bounding_box()
    assert box is not None
    assert box["width"] <= 1


def test_the_tone_follows_the_channel(service: Service, page: Page) -> None:
    ask(page, service, INVOICE, "email")
    body = page.locator("#reply .reply-body")
    expect(body.locator(".sentence").first).to_have_text("尊敬的客户：")
    expect(body).to_contain_text("感谢您的来信")
    expect(body.locator(".part").last).to_contain_text("结语")
    expect(body.locator(".sentence").last).to_contain_text("祝好")
    page.locator("input[name=channel][value=phone]").check()
    expect(body).not_to_contain_text("尊敬的客户")
    expect(body).to_contain_text("我来为您说明")
    expect(body.locator(".lead").first).to_have_text("·")
    page.locator("input[name=channel][value=chat]").check()
    expect(body).not_to_contain_text("我来为您说明")
    expect(body.locator(".sentence").first).to_have_class("sentence facts")


def test_variables_are_filled_where_they_stand_by_keyboard_alone(
    service: Service, page: Page
) -> None:
    ask(page, service, INVOICE)
    page.get_by_role("tab", name=CANNED).click()
    field = page.get_by_label("客户称呼", exact=True)
    message(page).focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("还没填：客户称呼")
    expect(field).to_be_focused()
    page.keyboard.type("王先生")
    page.keyboard.press("Enter")
    expect(message(page)).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#transcript .agent")).to_contain_text("王先生，抬头")
    assert "{{" not in page.evaluate("navigator.clipboard.readText()")


def test_tab_from_home_goes_to_what_is_open_and_asks_the_service_nothing(
    service: Service, page: Page
) -> None:
    ask(page, service, INVOICE)
    page.get_by_role("tab", name=CANNED).click()
    message(page).focus()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.press("Tab")
    expect(page.get_by_label("客户称呼", exact=True)).to_be_focused()
    page.keyboard.type("李女士")
    page.keyboard.press("Tab")
    expect(message(page)).to_be_focused()
    assert asked == []
    page.keyboard.press("Alt+e")
    assert draft(page).input_value().startswith("李女士，")


def test_what_belonged_to_one_customer_goes_with_the_contact(service: Service, page: Page) -> None:
    ask(page, service, INVOICE)
    page.get_by_role("tab", name=CANNED).click()
    page.keyboard.press("Alt+v")
    page.keyboard.type("王先生")
    page.keyboard.press("Alt+n")
    ask_again = message(page)
    ask_again.fill(INVOICE)
    page.get_by_role("tab", name=CANNED).click()
    expect(page.get_by_label("客户称呼", exact=True)).to_have_value("")


def test_a_sentence_in_focus_shows_its_evidence(service: Service, page: Page) -> None:
    ask(page, service, LATE)
    page.keyboard.press("Alt+.")
    page.keyboard.press("Alt+.")
    sentence = page.locator("#reply .sentence.compensation").first
    expect(sentence).to_be_focused()
    marked = page.locator(".evidence .sources li.on")
    expect(marked).to_have_count(1)
    expect(marked.locator("q")).to_contain_text("48 小时")
    described = sentence.get_attribute("aria-describedby")
    assert described == marked.get_attribute("id")
    page.keyboard.press("Alt+,")
    expect(marked).to_have_count(0)
    page.keyboard.press("Escape")
    expect(message(page)).to_be_focused()


@pytest.mark.parametrize("context", [{"viewport": {"width": 1280, "height": 560}}], indirect=True)
def test_evidence_out_of_sight_comes_to_the_sentence(service: Service, page: Page) -> None:
    ask(page, service, LATE)
    page.locator("#reply .sentence.compensation").first.hover()
    popover = page.locator(".evidence-popover")
    expect(popover).to_be_visible()
    expect(popover.locator("q")).to_contain_text("48 小时")
    expect(popover).to_contain_text("版本 1")
    expect(popover).to_contain_text("2025-03-15 起有效")
    expect(popover.locator(".chip")).to_contain_text("与其他条目冲突")
    page.keyboard.press("Escape")
    expect(popover).to_be_hidden()


def test_what_was_sent_is_told_adopted_or_ignored(service: Service, page: Page) -> None:
    ask(page, service, "退款多久到账")
    told = feedback(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#transcript .agent")).to_have_count(1)
    assert [(one["kind"], one["entry_id"]) for one in told] == [("adopted", "faq-refund-when")]


def test_canned_replies_stack_as_paragraphs(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/agent")
    expect(page.locator("#contacts")).to_contain_text("临时会话")  # its keys are bound
    message(page).focus()
    canned(page, "jbsq")
    canned(page, "fptt")
    value = draft(page).input_value()
    assert value.index("差价") < value.index("抬头错了财务不收")
    before = value[: value.index("抬头错了财务不收")]
    assert before.rsplit("\n", 1)[1] == "{{客户称呼}}，"
    page.keyboard.type("张三")
    page.keyboard.press("Tab")
    value = draft(page).input_value()
    assert "{{客户称呼}}" not in value
    assert value.count("张三") == 2


def test_a_canned_reply_goes_to_the_cursor(service: Service, page: Page) -> None:
    ask(page, service, "退款多久到账")
    type_over(page, "您好！")
    page.keyboard.press("Enter")
    page.keyboard.type("再见！")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("End")
    canned(page, "fpkj")
    lines = [line for line in draft(page).input_value().split("\n") if line]
    assert (lines[0], lines[-1]) == ("您好！", "再见！")
    assert len(lines) > 2
    draft(page).evaluate("a => a.setSelectionRange(a.value.length, a.value.length)")
    page.keyboard.press("Control+z")
    expect(draft(page)).to_have_value("您好！\n再见！")


def test_something_else_sent_passes_the_suggestion_over(service: Service, page: Page) -> None:
    ask(page, service, "退款多久到账")
    told = feedback(page)
    canned(page, "fpkj")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("还没填")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#transcript .agent")).to_have_count(1)
    assert [(one["kind"], one["entry_id"]) for one in told] == [("ignored", "faq-refund-when")]


def test_a_live_contact_fills_what_it_knows_and_tab_leads_through_the_rest(
    service: Service, page: Page
) -> None:
    opened = contact(page, service, "李女士", "快递超时48小时了还没到，你们怎么赔")
    page.goto(f"{service.base}/agent?contact={opened}")
    page.get_by_role("tab", name="送达延迟超过 48 小时").click()
    expect(page.get_by_label("客户称呼", exact=True)).to_have_value("李女士")
    page.keyboard.press("Escape")
    home = page.locator("#reply .reply-body")
    expect(home).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("运单号", exact=True)).to_be_focused()
    page.keyboard.type("SF123")
    page.keyboard.press("Tab")
    expect(home).to_be_focused()
    page.keyboard.press("Control+Enter")
    sent = page.locator("#transcript .agent")
    expect(sent).to_contain_text("李女士")
    expect(sent).to_contain_text("SF123")
