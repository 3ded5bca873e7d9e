"""Handing over: the suggested group with the reason, what goes along, and what the next one sees."""

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.people import add_person, ask_api, open_contact, scratch, signed_in_as
from tests.browser.service import Service

pytestmark = pytest.mark.browser

SAID = "你们这些骗子，我要曝光你们，电话 13812345678"


@pytest.fixture(scope="module", autouse=True)
def colleagues(service: Service, signed_in: dict[str, object]) -> None:
    add_person(service, "hand-one", "交接甲", "agent")
    add_person(service, "hand-two", "交接乙", "agent")


def test_two_keys_hand_over_to_the_suggested_group_with_the_transcript(
    service: Service, chromium: Browser
) -> None:
    with (
        signed_in_as(chromium, service, "hand-one") as page,
        signed_in_as(chromium, service, "hand-two") as other,
    ):
        contact = open_contact(page, SAID, customer={"name": "孙女士"})
        waiting = open_contact(page, "退款多久到账", customer={"name": "下一位"})
        for one in (contact, waiting):
            ask_api(page, "PATCH", f"/api/v1/contacts/{one}", {"assigned_to": "me"})
        ask_api(
            page,
            "POST",
            f"/api/v1/contacts/{contact}/messages",
            {"role": "agent", "text": "非常抱歉"},
        )
        page.goto(f"{service.base}/agent?contact={contact}")
        expect(page.locator(".risk-warning")).to_be_visible()
        page.keyboard.press("Alt+h")
        dialog = page.get_by_role("dialog", name="转交会话")
        expect(dialog.get_by_role("combobox", name="转给")).to_be_focused()
        expect(dialog.locator("#handover-groups [aria-selected=true]")).to_contain_text(
            "投诉处理组"
        )
        expect(dialog.get_by_label("原因")).to_have_value("sensitive")
        along = dialog.locator(".handover-along")
        expect(along).to_contain_text("非常抱歉")
        expect(along).to_contain_text("生气")
        expect(along).to_contain_text("[手机号]")
        expect(along).not_to_contain_text("13812345678")
        page.keyboard.press("Enter")
        expect(dialog).to_be_hidden()
        expect(page.locator(".toast")).to_contain_text("已转交投诉处理组")
        expect(page.locator("#talk-head h2")).to_have_text("下一位")
        expect(page.locator("#reply [data-home], #reply:focus").first).to_be_focused()

        other.goto(f"{service.base}/agent?contact={contact}")
        transcript = other.locator("#transcript")
        expect(transcript).to_contain_text("我要曝光你们")
        expect(transcript).to_contain_text("非常抱歉")
        expect(transcript.locator(".system")).to_contain_text("转交“投诉处理组”：出现敏感词")
        taken = ask_api(other, "GET", f"/api/v1/contacts/{contact}")
        assert (taken["skill_group"], taken["assigned_to"]) == ("投诉处理组", None)


def test_another_group_is_found_by_typing_and_takes_a_note(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/agent")
    contact = open_contact(page, "退款多久到账")
    page.goto(f"{service.base}/agent?contact={contact}")
    expect(page.locator("#risk [data-part=grade]")).to_be_visible()
    page.keyboard.press("Alt+h")
    dialog = page.get_by_role("dialog", name="转交会话")
    expect(dialog.get_by_role("combobox", name="转给")).to_be_focused()
    page.keyboard.type("发票")
    expect(dialog.locator("#handover-groups li")).to_have_text(["发票与支付组"])
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text("请在备注里写明原因")
    expect(dialog.get_by_label("备注")).to_be_focused()
    page.keyboard.type("客户改问发票")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    told = ask_api(page, "GET", f"/api/v1/contacts/{contact}")["messages"][-1]
    assert told["role"] == "system"
    assert "发票与支付组" in told["text"]
    assert "客户改问发票" in told["text"]


def test_escape_hands_nothing_over(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/agent")
    contact = open_contact(page, "退款多久到账")
    page.goto(f"{service.base}/agent?contact={contact}")
    expect(page.locator("#risk [data-part=grade]")).to_be_visible()
    page.keyboard.press("Alt+h")
    dialog = page.get_by_role("dialog", name="转交会话")
    expect(dialog).to_be_visible()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)  # fmt: skip
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert ask_api(page, "GET", f"/api/v1/contacts/{contact}")["skill_group"] == ""
    assert [url for url in sent if url.endswith("/handover")] == []


def test_closing_takes_the_focus_from_nobody(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/agent")
    contact = open_contact(page, "退款多久到账")
    page.goto(f"{service.base}/agent?contact={contact}")
    expect(page.locator("#risk [data-part=grade]")).to_be_visible()
    page.keyboard.press("Alt+h")
    dialog = page.get_by_role("dialog", name="转交会话")
    expect(dialog).to_be_visible()
    row = page.locator(f"#contacts [data-contact='{contact}']")
    # The page hears of the closing a moment later; a quick hand has gone on by then.
    dialog.evaluate("""(dialog) => new Promise((told) => {
      dialog.addEventListener("close", () => setTimeout(told));
      dialog.close();
      document.querySelector("#contacts [data-contact][aria-current]").focus();
    })""")
    expect(row).to_be_focused()


def test_what_is_under_way_can_not_be_left(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/agent")
    contact = open_contact(page, "我要投诉你们")
    page.goto(f"{service.base}/agent?contact={contact}")
    expect(page.locator("#risk [data-part=grade]")).to_be_visible()
    page.keyboard.press("Alt+h")
    dialog = page.get_by_role("dialog", name="转交会话")
    dialog.get_by_label("备注").fill("客户坚持")
    held: list[Route] = []
    page.route("**/handover", lambda route: held.append(route))
    dialog.get_by_label("备注").press("Control+Enter")
    expect(dialog).to_have_attribute("aria-busy", "true")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="取消")).to_be_disabled()
    for _ in range(200):
        if held:
            break
        page.wait_for_timeout(50)
    held.pop().continue_()
    expect(dialog).to_be_hidden()
    expect(page.locator(".toast")).to_contain_text("已转交")


def test_a_scratch_conversation_is_copied_instead(service: Service, page: Page) -> None:
    scratch(page, service)
    message = page.get_by_label("客户的话", exact=True)
    message.fill("再不退款我就打12315投诉你们")
    message.press("Enter")
    expect(page.locator("#transcript .customer")).to_be_visible()
    expect(page.locator(".risk-warning")).to_be_visible()
    page.keyboard.press("Alt+h")
    dialog = page.get_by_role("dialog", name="转交会话")
    expect(dialog.get_by_role("button", name="复制交接内容")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("交接内容已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    for part in ("转给：投诉处理组", "原因：出现敏感词", "客户要什么：再不退款", "敏感词：“12315”"):
        assert part in copied
    expect(message).to_be_focused()
