"""A reply being written: figures held against their evidence, undo, news that wait, one per contact."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reply_page import (
    INVOICE,
    LATE,
    ask,
    checks,
    contact,
    draft,
    feedback,
    message,
    open_contact,
    type_over,
)
from tests.browser.service import Service

pytestmark = pytest.mark.browser


def test_variables_of_a_draft_are_walked_and_follow_each_other(
    service: Service, page: Page
) -> None:
    ask(page, service, INVOICE)
    type_over(page, "{{customer.name}}您好，订单{{order.no}}已登记。{{customer.name}}请放心。")
    expect(page.locator(".draft-layer mark.slot")).to_have_count(3)
    expect(page.locator(".draft-figures")).to_contain_text("还没填：客户称呼、订单号")
    page.keyboard.press("Alt+v")
    page.keyboard.type("张三")
    page.keyboard.press("Tab")
    expect(draft(page)).to_have_value("张三您好，订单{{order.no}}已登记。张三请放心。")
    page.keyboard.type("LS20261101")
    page.keyboard.press("Enter")
    expect(message(page)).to_be_focused()
    expect(page.locator(".reply-body.own")).to_contain_text("订单LS20261101已登记")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#transcript .agent")).to_contain_text("张三请放心")


def test_the_sentence_under_the_cursor_shows_its_evidence_in_the_draft(
    service: Service, page: Page
) -> None:
    ask(page, service, LATE)
    page.keyboard.press("Alt+e")
    basis = page.locator(".draft-basis")
    expect(basis.locator("q")).to_contain_text("7 天")
    page.keyboard.press("Control+Home")
    expect(basis).to_be_empty()


def test_a_figure_edited_away_from_its_evidence_turns_red(service: Service, page: Page) -> None:
    ask(page, service, LATE)
    type_over(page, "七天内补偿您 50 元，两天后到账，共 30 元，型号 KFR-35GW")
    red = page.locator(".draft-layer mark.wrong")
    expect(red).to_have_text(["30 元", "KFR-35GW"])
    said = page.locator(".draft-figures")
    expect(said).to_contain_text("与依据不符：30 元（依据：20 元、50 元）")
    expect(said).to_contain_text("依据里没有：KFR-35GW")
    page.keyboard.press("Control+a")
    page.keyboard.type("补偿二十元")
    expect(red).to_have_count(0)
    expect(said).to_be_empty()


@pytest.mark.parametrize(
    "same", ["48小时", "四十八小时", "４８ 小时", "两天", "2 日", "二十元", "￥20"]
)
def test_equal_figures_are_right_however_they_are_written(
    service: Service, page: Page, same: str
) -> None:
    ask(page, service, LATE)
    page.keyboard.press("Alt+e")
    page.keyboard.press("Control+a")
    with page.expect_response(lambda answer: checks(answer.request, f"超过{same}")) as checked:
        page.keyboard.insert_text(f"超过{same}")
    figures = checked.value.json()["figures"]
    assert [figure["ok"] for figure in figures] == [True]
    expect(page.locator(".draft-layer mark.wrong")).to_have_count(0)


def test_what_the_customer_said_may_be_said_back(service: Service, page: Page) -> None:
    ask(page, service, "快递晚到了 9 天有赔偿吗")
    type_over(page, "您等了九天")
    expect(page.locator(".draft-layer")).to_contain_text("您等了九天")
    page.keyboard.type("，不是 8 天")
    expect(page.locator(".draft-layer mark.wrong")).to_have_text(["8 天"])


def test_red_figures_are_asked_about_once_before_sending(service: Service, page: Page) -> None:
    ask(page, service, LATE)
    told = feedback(page)
    type_over(page, "补偿您 30 元")
    page.keyboard.press("Control+Enter")
    toast = page.locator(".toast")
    expect(toast).to_contain_text("与依据不符：30 元（依据：20 元、50 元）")
    expect(draft(page)).to_be_focused()
    selected = draft(page).evaluate("a => a.value.slice(a.selectionStart, a.selectionEnd)")
    assert selected == "30 元"
    expect(page.locator("#transcript .agent")).to_have_count(0)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#transcript .agent")).to_contain_text("补偿您 30 元")
    assert [(one["kind"], one.get("sent")) for one in told] == [("edited", "补偿您 30 元")]


def test_new_suggestions_wait_for_a_draft_and_can_be_taken(service: Service, page: Page) -> None:
    ask(page, service, "退款多久到账")
    waiting = page.get_by_role("button", name="有更新")
    type_over(page, "我自己写的回复")
    expect(waiting).to_be_hidden()
    message(page).fill(INVOICE)
    expect(waiting).to_be_visible()
    expect(draft(page)).to_have_value("我自己写的回复")
    page.keyboard.press("Alt+r")
    expect(page.locator(".reply-body")).to_contain_text("180 天")
    expect(message(page)).to_be_focused()
    page.get_by_role("button", name="找回我的草稿").click()
    expect(draft(page)).to_have_value("我自己写的回复")
    expect(draft(page)).to_be_focused()


def test_typing_goes_on_while_suggestions_arrive(service: Service, page: Page) -> None:
    ask(page, service, "退款多久到账")
    type_over(page, "您好")
    page.evaluate(
        """() => {
          const field = document.getElementById("message");
          field.value = "发票抬头开错了怎么改";
          field.dispatchEvent(new InputEvent("input", { bubbles: true }));
        }"""
    )
    expect(page.get_by_role("button", name="有更新")).to_be_visible()
    expect(draft(page)).to_be_focused()
    page.keyboard.type("，请稍等")
    expect(draft(page)).to_have_value("您好，请稍等")


def test_changes_can_be_undone_and_looked_at(service: Service, page: Page) -> None:
    ask(page, service, "退款多久到账")
    page.keyboard.press("Alt+e")
    before = draft(page).input_value()
    page.keyboard.type("请您放心。")
    page.get_by_role("button", name="改动").click()
    changes = page.locator(".draft-changes")
    expect(changes.locator("ins")).to_contain_text("请您放心。")
    expect(changes.locator("del")).to_have_count(0)
    draft(page).focus()
    for _ in range(5):
        page.keyboard.press("Control+z")
    expect(draft(page)).to_have_value(before)


def test_filling_a_variable_of_a_draft_can_be_undone(service: Service, page: Page) -> None:
    ask(page, service, INVOICE)
    type_over(page, "{{customer.name}}您好")
    page.keyboard.press("Alt+v")
    page.keyboard.type("张三")
    expect(draft(page)).to_have_value("张三您好")
    for _ in range(2):
        page.keyboard.press("Control+z")
    expect(draft(page)).to_have_value("{{customer.name}}您好")


def test_a_reply_can_be_written_where_there_is_no_suggestion(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/agent")
    message(page).fill("今天上海天气怎么样")
    expect(page.locator("#reply")).to_contain_text("无可靠答案")
    page.keyboard.press("Alt+e")
    expect(draft(page)).to_be_focused()
    page.keyboard.type("这个问题我帮您问一下。")
    page.keyboard.press("Escape")
    expect(page.locator(".reply-body.own")).to_contain_text("我帮您问一下")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#transcript .agent")).to_contain_text("我帮您问一下")


def test_an_input_method_is_left_alone(service: Service, page: Page) -> None:
    ask(page, service, INVOICE)
    type_over(page, "{{customer.name}}您好")
    page.keyboard.press("Alt+v")
    client = page.context.new_cdp_session(page)
    client.send(
        "Input.imeSetComposition", {"text": "zhang", "selectionStart": 5, "selectionEnd": 5}
    )
    expect(draft(page)).to_have_value("zhang您好")
    client.send("Input.insertText", {"text": "张"})
    expect(draft(page)).to_have_value("张您好")
    page.keyboard.press("Enter")
    expect(message(page)).to_be_focused()
    expect(page.locator(".reply-body.own")).to_contain_text("张您好")


def test_each_contact_keeps_its_own_draft(service: Service, page: Page) -> None:
    first = contact(page, service, "李女士", LATE)
    second = contact(page, service, "王先生", INVOICE)
    page.goto(f"{service.base}/agent")
    open_contact(page, first)
    type_over(page, "补偿您 30 元，请放心")
    expect(page.locator(".draft-layer mark.wrong")).to_have_text("30 元")
    page.keyboard.press("Home")
    open_contact(page, second)
    expect(page.locator("#reply .sentence").first).to_be_visible()
    expect(draft(page)).to_have_count(0)
    open_contact(page, first)
    expect(draft(page)).to_have_value("补偿您 30 元，请放心")
    expect(draft(page)).to_be_focused()
    expect(page.locator(".draft-layer mark.wrong")).to_have_text("30 元")
    page.keyboard.type("我们")
    expect(draft(page)).to_have_value("我们补偿您 30 元，请放心")


def test_a_draft_that_outlives_a_reload_is_checked_against_what_is_found_then(
    service: Service, page: Page
) -> None:
    opened = contact(page, service, "李女士", LATE)
    page.goto(f"{service.base}/agent?contact={opened}")
    expect(page.locator("#reply .sentence").first).to_be_visible()
    type_over(page, "补偿您 20 元，不是 30 元")
    page.reload()
    expect(page.locator(".reply-body.own")).to_contain_text("补偿您 20 元")
    expect(page.locator("#reply mark.wrong")).to_have_text(["30 元"])
    expect(page.get_by_role("button", name="有更新")).to_be_hidden()
