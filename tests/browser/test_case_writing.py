"""A case from a closed contact: written in a minute, noted by a supervisor, published, found."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.people import add_person, ask_api, open_contact, scratch, signed_in_as
from tests.browser.service import Service

pytestmark = pytest.mark.browser

ASKED = "您好，我买的霜序冰箱响得像打鼓，能换一台吗？我是钱女士，电话 13812345678"
SENT = (
    "钱女士，非常抱歉。签收次日起 7 天内确认性能故障，可以选择退款、换货或维修。已为您约明天检测。"
)


@pytest.fixture(scope="module", autouse=True)
def colleagues(service: Service, signed_in: dict[str, object]) -> None:
    add_person(service, "case-agent", "案例客服", "agent")
    add_person(service, "case-boss", "案例主管", "reviewer")
    add_person(service, "case-boss-two", "案例主管乙", "reviewer")


def closed_contact(page: Page) -> str:
    contact = open_contact(page, ASKED, customer={"name": "钱女士"})
    path = f"/api/v1/contacts/{contact}"
    ask_api(page, "PATCH", path, {"assigned_to": "me"})
    ask_api(page, "POST", f"{path}/messages", {"role": "agent", "text": SENT})
    ask_api(page, "POST", f"{path}/messages", {"role": "customer", "text": "好的，谢谢"})
    ask_api(page, "POST", f"{path}/messages", {"role": "agent", "text": "不客气"})
    ask_api(page, "POST", f"{path}/close", {})
    return contact


def start(page: Page, service: Service) -> None:
    """Open the newest closed contact and its case."""
    page.goto(f"{service.base}/agent")
    page.get_by_role("button", name="已结束").click()
    page.locator("#contacts .contact").filter(has_text="钱女士").first.click()
    expect(page.locator(".case-offer")).to_be_visible()
    page.keyboard.press("Alt+k")
    expect(page.get_by_role("dialog", name="写案例")).to_be_visible()


def test_from_a_closed_contact_to_the_case_library(service: Service, chromium: Browser) -> None:
    with signed_in_as(chromium, service, "case-agent") as page:
        contact = closed_contact(page)
        page.goto(f"{service.base}/agent")
        page.get_by_role("button", name="已结束").click()
        page.locator("#contacts .contact").filter(has_text="钱女士").first.click()
        expect(page.locator(".case-offer")).to_contain_text("要写成案例吗")
        page.keyboard.press("Alt+k")
        dialog = page.get_by_role("dialog", name="写案例")
        expect(dialog).to_contain_text("已隐去：手机号")
        expect(dialog.get_by_label("场景")).to_have_value(re.compile("响得像打鼓"))
        for name in ("标题", "场景", "处理"):
            value = dialog.get_by_label(name, exact=True).input_value()
            assert value
            assert "13812345678" not in value
            assert "钱女士" not in value
        expect(dialog.get_by_label("原因")).to_be_focused()
        page.keyboard.press("Control+Enter")
        expect(dialog.locator("#case-cause-error")).to_have_text("请填写这一项")
        expect(dialog.get_by_label("原因")).to_be_focused()
        page.keyboard.type("压缩机脚垫脱落，打鼓声由此而来。客户电话 13900001111")
        outcome = dialog.get_by_label("结果")
        if not outcome.input_value():
            outcome.fill("次日检测后换货，客户满意。")
        dialog.get_by_label("标题").fill("冰箱响得像打鼓，脚垫脱落换货")
        page.keyboard.press("Control+Enter")
        expect(dialog).to_be_hidden()
        expect(page.locator(".toast")).to_contain_text("已提交审核")
        stored = ask_api(page, "POST", f"/api/v1/contacts/{contact}/case", {})
        assert stored["entry"]["status"] == "in_review"
        assert "[手机号]" in stored["cause"]

    with signed_in_as(chromium, service, "case-boss") as boss:
        expect(boss.locator(".nav-count")).to_be_visible()
        boss.get_by_role("link", name="案例").click()
        opened = boss.locator("#case-review")
        expect(opened.locator("h2")).to_have_text("冰箱响得像打鼓，脚垫脱落换货")
        expect(opened).to_contain_text("压缩机脚垫脱落")
        expect(opened.locator(".case-said")).to_contain_text("响得像打鼓")
        expect(opened.locator(".case-said")).not_to_contain_text("13812345678")
        expect(opened.get_by_role("button", name="通过并发布")).to_be_enabled()
        opened.get_by_label("政策说明").fill("性能故障由检测单认定，换货须在检测后 48 小时内发出。")
        opened.get_by_role("button", name="存说明，交别人复核").click()
        expect(boss.locator(".toast")).to_contain_text("等另一位审核通过")
        expect(opened.get_by_role("button", name="通过并发布")).to_be_disabled()
        expect(opened).to_contain_text("这一版是您写的")

    with signed_in_as(chromium, service, "case-boss-two") as second:
        second.goto(f"{service.base}/desk/cases")
        opened = second.locator("#case-review")
        expect(opened.get_by_label("政策说明")).to_have_value(re.compile("检测单认定"))
        opened.get_by_role("button", name="通过并发布").click()
        expect(second.locator(".toast")).to_contain_text("已发布")
        expect(second.locator("#case-list")).to_contain_text("没有待审的案例")

    with signed_in_as(chromium, service, "case-agent") as page:
        query = {"query": "冰箱响得像打鼓", "kinds": ["case"]}

        def found() -> list[str]:
            return [
                hit["title"] for hit in ask_api(page, "POST", "/api/v1/search", query)["results"]
            ]

        for _ in range(100):
            if "冰箱响得像打鼓，脚垫脱落换货" in found():
                break
            page.wait_for_timeout(100)
        assert "冰箱响得像打鼓，脚垫脱落换货" in found()
        page.goto(f"{service.base}/entries/case-{contact}")
        expect(page.locator("main")).to_contain_text("检测单认定")


def test_what_was_typed_survives_a_reload_and_a_draft_is_saved(
    service: Service, chromium: Browser
) -> None:
    with signed_in_as(chromium, service, "case-agent") as page:
        contact = closed_contact(page)
        start(page, service)
        dialog = page.get_by_role("dialog", name="写案例")
        dialog.get_by_label("原因").fill("脚垫松动")
        expect(dialog.get_by_role("status")).to_have_text("已在本页暂存")
        start(page, service)
        expect(dialog.get_by_label("原因")).to_have_value("脚垫松动")
        expect(dialog.get_by_role("status")).to_have_text("已恢复上次没存的内容")
        page.keyboard.press("Control+s")
        expect(dialog.get_by_role("status")).to_contain_text("草稿已保存")
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        stored = ask_api(page, "POST", f"/api/v1/contacts/{contact}/case", {})
        assert (stored["cause"], stored["entry"]["status"]) == ("脚垫松动", "draft")
        page.goto(f"{service.base}/desk/cases")
        row = page.locator(".case-row").filter(has_text="草稿").first
        row.click()
        expect(page.get_by_role("dialog", name="写案例").get_by_label("原因")).to_have_value(
            "脚垫松动"
        )


def test_what_is_typed_while_it_is_saved_is_kept(service: Service, chromium: Browser) -> None:
    with signed_in_as(chromium, service, "case-agent") as page:
        contact = closed_contact(page)
        start(page, service)
        dialog = page.get_by_role("dialog", name="写案例")
        cause = dialog.get_by_label("原因")
        cause.fill("脚垫松动")
        held: list[Route] = []
        page.route("**/case", lambda r: held.append(r) if r.request.method == "PUT" else r.continue_())  # fmt: skip
        with page.expect_request(lambda request: request.method == "PUT"):
            page.keyboard.press("Control+s")
        page.keyboard.type("，已经更换")
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        expect(dialog).to_be_visible()
        held.pop().continue_()
        expect(dialog.get_by_role("button", name="提交审核")).to_be_enabled()
        expect(dialog.get_by_role("status")).to_have_text("已在本页暂存")
        expect(cause).to_have_value("脚垫松动，已经更换")
        path = f"/api/v1/contacts/{contact}/case"
        assert ask_api(page, "POST", path, {})["cause"] == "脚垫松动"
        with page.expect_request(lambda request: request.method == "PUT"):
            page.keyboard.press("Control+s")
        held.pop().continue_()
        expect(dialog.get_by_role("status")).to_contain_text("草稿已保存")
        assert ask_api(page, "POST", path, {})["cause"] == "脚垫松动，已经更换"


def test_rules_are_found_added_and_removed_by_keyboard(service: Service, chromium: Browser) -> None:
    with signed_in_as(chromium, service, "case-agent") as page:
        closed_contact(page)
        start(page, service)
        dialog = page.get_by_role("dialog", name="写案例")
        rules = dialog.locator(".case-rule")
        while rules.count():
            rules.first.get_by_role("button").press("Enter")
        expect(dialog).to_contain_text("还没有依据")
        expect(dialog.locator("#case-rule")).to_be_focused()
        page.keyboard.type("质量问题退换")
        expect(dialog.get_by_role("option").first).to_contain_text("质量问题退换规则")
        page.keyboard.press("Enter")
        expect(rules).to_have_count(1)
        expect(rules.first).to_contain_text("质量问题退换规则")
        expect(rules.first.locator("p")).to_contain_text("7 天")


def test_a_case_comes_back_with_a_comment(service: Service, chromium: Browser) -> None:
    with signed_in_as(chromium, service, "case-agent") as page:
        contact = closed_contact(page)
        case = {
            "title": "要退回的案例",
            "scene": "场景",
            "cause": "因",
            "handling": "办",
            "outcome": "果",
        }
        ask_api(page, "PUT", f"/api/v1/contacts/{contact}/case", {**case, "submit": True})
    with signed_in_as(chromium, service, "case-boss") as boss:
        boss.goto(f"{service.base}/desk/cases?case=case-{contact}")
        opened = boss.locator("#case-review")
        expect(opened.locator("h2")).to_have_text("要退回的案例")
        opened.locator("summary").filter(has_text="退回").click()
        opened.get_by_role("button", name="退回给作者").click()
        expect(opened.get_by_role("alert")).to_have_text("请写明要改什么")
        opened.get_by_label("请作者改什么").fill("请补上检测单号的说法")
        opened.get_by_role("button", name="退回给作者").click()
        expect(boss.locator(".toast")).to_contain_text("已退回给案例客服")
    with signed_in_as(chromium, service, "case-agent") as page:
        page.goto(f"{service.base}/desk/cases")
        row = page.locator(".case-row").filter(has_text="要退回的案例")
        expect(row).to_contain_text("已退回")
        row.click()
        dialog = page.get_by_role("dialog", name="写案例")
        expect(dialog).to_contain_text("案例主管退回")
        expect(dialog).to_contain_text("请补上检测单号的说法")
        dialog.get_by_role("button", name="采纳为政策说明").click()
        page.keyboard.press("Control+Enter")
        expect(page.locator(".toast")).to_contain_text("已提交审核")


def test_a_case_that_was_left_says_nothing_over_the_next_one(
    service: Service, chromium: Browser
) -> None:
    with signed_in_as(chromium, service, "case-agent") as page:
        for title in ("先点的案例", "后点的案例"):
            case = dict.fromkeys(("scene", "cause", "handling", "outcome"), "一二三") | {"title": title}  # fmt: skip
            path = f"/api/v1/contacts/{closed_contact(page)}/case"
            ask_api(page, "PUT", path, {**case, "submit": True})
    with signed_in_as(chromium, service, "case-boss") as boss:
        boss.goto(f"{service.base}/desk/cases")
        opened = boss.locator("#case-review")
        expect(opened.locator("h2")).to_be_visible()
        held: list[Route] = []
        boss.route("**/review", lambda route: held.append(route), times=1)
        with boss.expect_request("**/review"):
            boss.locator(".case-row").filter(has_text="先点的案例").click()
        boss.locator(".case-row").filter(has_text="后点的案例").click()
        expect(opened.locator("h2")).to_have_text("后点的案例")
        with boss.expect_event("requestfinished"):
            held.pop().fulfill(status=200, content_type="text/plain", body="broken off")
        boss.evaluate("new Promise((done) => setTimeout(done))")
        expect(opened.locator("h2")).to_have_text("后点的案例")


def test_a_scratch_conversation_is_kept_only_after_asking(service: Service, page: Page) -> None:
    scratch(page, service)
    message = page.get_by_label("客户的话", exact=True)
    message.fill("退款多久到账")
    message.press("Enter")
    expect(page.locator("#transcript .customer")).to_be_visible()
    page.keyboard.press("Alt+k")
    asked = page.get_by_role("dialog", name="先保存这段会话")
    page.keyboard.press("Escape")
    expect(asked).to_be_hidden()
    before = len(ask_api(page, "GET", "/api/v1/contacts?status=all")["contacts"])
    page.keyboard.press("Alt+k")
    expect(asked).to_be_visible()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="写案例")
    expect(dialog.get_by_label("场景")).to_have_value(re.compile("退款多久到账"))
    assert len(ask_api(page, "GET", "/api/v1/contacts?status=all")["contacts"]) == before + 1


def test_an_empty_list_says_what_to_do(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/desk/cases")
    page.get_by_role("tab", name="我写的").click()
    expect(page.locator("#case-list")).to_contain_text("您还没有写过案例")
    expect(page.locator("#case-list")).to_contain_text("Alt+K")


@pytest.mark.parametrize("context", [{"viewport": {"width": 360, "height": 740}}], indirect=True)
def test_everything_fits_a_narrow_panel(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/desk/cases")
    expect(page.locator("#case-list .skeleton")).to_have_count(0)
    overflow = "document.documentElement.scrollWidth - innerWidth"
    assert page.evaluate(overflow) <= 0
    contact = open_contact(page, "我要曝光你们，电话 13812345678")
    page.goto(f"{service.base}/agent?contact={contact}")
    expect(page.locator(".risk-warning")).to_be_visible()
    assert page.evaluate(overflow) <= 0
    for combo, name in (("Alt+k", "写案例"), ("Alt+h", "转交会话")):
        page.keyboard.press(combo)
        dialog = page.get_by_role("dialog", name=name)
        expect(dialog).to_be_visible()
        wide = dialog.evaluate("d => d.scrollWidth - d.clientWidth")
        assert wide <= 0
        expect(dialog.locator("button[type=submit]")).to_be_in_viewport()
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
