"""The reply: variables, evidence, figures that are edited away from it, drafts that nothing takes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.service import Service

pytestmark = pytest.mark.browser

LATE = "快递晚到了有赔偿吗，气死我了"
INVOICE = "发票抬头开错了怎么改"
CANNED = "发票抬头写错要更改"


def message(page: Page) -> Locator:
    return page.get_by_label("客户的话", exact=True)


def draft(page: Page) -> Locator:
    return page.locator("#reply textarea.draft")


def ask(page: Page, service: Service, text: str, channel: str = "chat") -> None:
    page.goto(f"{service.base}/agent")
    page.locator(f"input[name=channel][value={channel}]").check()
    message(page).fill(text)
    expect(page.locator("#reply .sentence").first).to_be_visible()
    expect(page.locator("#progress")).to_be_hidden()


def type_over(page: Page, text: str) -> None:
    """Opens the draft and types `text` in the place of all of it."""
    page.keyboard.press("Alt+e")
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def feedback(page: Page) -> list[dict[str, Any]]:
    """What is told about suggestions from now on."""
    told: list[dict[str, Any]] = []

    def listen(request: Request) -> None:
        if request.url.endswith("/api/v1/feedback"):
            told.append(json.loads(request.post_data or "{}"))

    page.on("request", listen)
    return told


def contact(page: Page, service: Service, name: str, text: str) -> str:
    """A live contact that has said `text`; its id."""
    headers = {"Origin": service.base}
    made = page.request.post(
        f"{service.base}/api/v1/contacts",
        data={"channel": "chat", "customer": {"name": name}},
        headers=headers,
    ).json()
    said = page.request.post(
        f"{service.base}/api/v1/contacts/{made['id']}/messages",
        data={"role": "customer", "text": text},
        headers=headers,
    )
    assert said.ok, said.text()
    return str(made["id"])


def open_contact(page: Page, contact_id: str) -> None:
    page.locator(f"#contacts [data-contact='{contact_id}']").click()
    expect(page.locator("#reply .sentence, #reply textarea.draft").first).to_be_visible()


def checks(request: Request, text: str) -> bool:
    """Whether a request asks about the figures of exactly this text."""
    body = json.loads(request.post_data or "{}") if "/replies/check" in request.url else {}
    return bool(body.get("text") == text)


def canned(page: Page, code: str, key: str = "Enter") -> None:
    """Puts the canned reply with this short code in."""
    page.keyboard.press("Alt+p")
    palette = page.locator("dialog.palette")
    page.keyboard.type(code)
    expect(palette.locator(".palette-list [aria-selected=true]")).to_contain_text(code)
    page.keyboard.press(key)
    expect(palette).to_be_hidden()


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


def test_what_was_sent_is_told_adopted_or_ignored(service: Service, page: Page) -> None:
    ask(page, service, "退款多久到账")
    told = feedback(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#transcript .agent")).to_have_count(1)
    assert [(one["kind"], one["entry_id"]) for one in told] == [("adopted", "faq-refund-when")]


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


def test_canned_replies_stack_as_paragraphs(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/agent")
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
