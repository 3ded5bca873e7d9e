"""Canned replies in the console: found, stacked, asked for, refused; one's own and a team's."""

import re
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.people import Colleague, api, publish, sign_in
from tests.browser.service import Service

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def lin(service: Service, chromium: Browser, signed_in: object) -> Iterator[Colleague]:
    found = sign_in(service, chromium, "lin-canned", "林客服", "agent")
    yield found
    found.context.close()


@pytest.fixture(scope="module")
def he(service: Service, chromium: Browser, signed_in: object) -> Iterator[Colleague]:
    found = sign_in(service, chromium, "he-canned", "何审核", "reviewer")
    yield found
    found.context.close()


def console(page: Page, service: Service, query: str = "") -> None:
    page.goto(f"{service.base}/agent{query}")
    expect(page.locator("#reply :is(.empty > *, .reply-body)").first).to_be_visible()


def find(page: Page, typed: str) -> None:
    """Types into the open palette and waits for what is found."""
    field = page.get_by_role("combobox", name="查找话术")
    expect(field).to_be_focused()
    wanted = f"/api/v1/canned?{urlencode({'q': typed})}&"
    with page.expect_response(lambda answer: wanted in answer.url and answer.ok):
        page.keyboard.type(typed)
    expect(field).to_have_value(typed)


def rows(page: Page) -> list[str]:
    return page.locator("#canned-list .canned-head b").all_inner_texts()


def draft(page: Page) -> str:
    return page.locator("textarea.draft").input_value()


def wait_for(who: Colleague, code: str, state: str) -> None:
    """Until the service has taken up what was just published: a moment later at most."""
    deadline = time.monotonic() + 20
    while who.api("GET", f"/canned?q={code}")["replies"][0]["state"] != state:
        assert time.monotonic() < deadline, f"{code} did not become {state}"
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("tkjd", "退款进度与到账时间"),
        ("kdazyy", "空调安装预约"),
        ("发票抬头", "发票抬头写错要更改"),
        ("快递到得太晚了怎么安抚", "送达延迟超过 48 小时"),
    ],
    ids=["code", "initials", "title", "meaning"],
)
def test_found_by_code_initials_title_and_meaning(
    service: Service, page: Page, typed: str, title: str
) -> None:
    console(page, service)
    page.keyboard.press("/")
    find(page, typed)
    expect(page.locator("#canned-list .canned-head b").filter(has_text=title)).to_be_visible()
    if re.fullmatch("[a-z]+", typed):
        assert rows(page)[0] == title
        expect(page.locator(".palette-preview")).to_contain_text("所依据的条目")


def test_two_are_stacked_and_the_focus_ends_in_the_draft(service: Service, page: Page) -> None:
    console(page, service)
    page.keyboard.press("/")
    find(page, "psps")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".palette-search [role=status]")).to_contain_text("已插入 1 条")
    find(page, "zljc")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("textarea.draft")).to_be_focused()
    text = draft(page)
    assert 0 < text.index("照片") < text.index("检测报告")
    assert text.count("{{客户称呼}}") == 2


def test_escape_gives_back_the_caret(service: Service, page: Page) -> None:
    console(page, service, "?q=退款多久到账")
    page.keyboard.press("Alt+e")
    area = page.locator("textarea.draft")
    area.fill("您好 ，请稍等")
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    page.keyboard.type("/")
    expect(page.get_by_role("combobox", name="查找话术")).to_be_visible()
    assert draft(page) == "您好 ，请稍等"
    page.keyboard.press("Escape")
    expect(area).to_be_focused()
    page.keyboard.type("女士")
    assert draft(page) == "您好 女士，请稍等"


def test_a_slash_inside_a_word_and_a_doubled_one_are_signs(service: Service, page: Page) -> None:
    console(page, service, "?q=退款多久到账")
    page.keyboard.press("Alt+e")
    page.locator("textarea.draft").fill("")
    page.keyboard.type("24/7 ")
    assert draft(page) == "24/7 "
    page.keyboard.type("/")
    expect(page.get_by_role("combobox", name="查找话术")).to_be_focused()
    page.keyboard.type("/")
    expect(page.locator("dialog.palette")).to_be_hidden()
    assert draft(page) == "24/7 /"
    page.keyboard.type("小时")
    assert draft(page) == "24/7 /小时"


def test_a_changed_basis_is_asked_about_and_shown(service: Service, page: Page) -> None:
    console(page, service)
    page.keyboard.press("Alt+p")
    find(page, "jthyf")
    page.keyboard.press("Enter")
    sure = page.get_by_role("button", name="仍要插入")
    expect(sure).to_be_focused()
    assert page.locator("textarea.draft").count() == 0
    page.keyboard.press("Alt+b")
    versions = page.get_by_role("dialog", name="两版对比")
    expect(versions).to_contain_text("无理由退货的运费由买家承担")
    expect(versions).to_contain_text("其他客户承担 10 元运费")
    page.keyboard.press("Escape")
    expect(sure).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("combobox", name="查找话术")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("textarea.draft")).to_be_focused()
    assert "快递费由您承担" in draft(page)


def test_scopes_are_chosen_by_key(service: Service, page: Page, context: BrowserContext) -> None:
    body = {"title": "我的问候语", "text": "您好，我来帮您。", "short_code": "wdwh"}
    own = api(context, service, "POST", "/canned", body)
    console(page, service)
    page.keyboard.press("/")
    page.keyboard.press("Alt+1")
    chip = page.get_by_role("button", name="私有")
    expect(chip).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#canned-list [role=option]")).to_have_count(1)
    assert rows(page) == ["我的问候语"]
    page.keyboard.press("Alt+3")
    expect(page.locator("#canned-list")).not_to_contain_text("我的问候语")
    page.keyboard.press("Alt+3")
    expect(page.locator("[aria-pressed=true][data-scope]")).to_have_count(0)
    api(context, service, "DELETE", f"/canned/{own['id']}")


def test_questions_are_asked_and_slots_filled(service: Service, lin: Colleague) -> None:
    body = {
        "title": "补偿到账说明",
        "text": "{{customer.name}}，补您 {{?补偿金额}} 元，{{?到账时间}}内到账。",
        "short_code": "bcdz",
    }
    own = lin.api("POST", "/canned", body)
    page = lin.page()
    page.keyboard.press("/")
    find(page, "bcdz")
    page.keyboard.press("Enter")
    expect(page.get_by_label("补偿金额")).to_be_focused()
    page.keyboard.type("30")
    page.keyboard.press("Tab")
    expect(page.get_by_label("到账时间")).to_be_focused()
    page.keyboard.type("3 天")
    expect(page.locator(".canned-asking .canned-text")).to_contain_text("补您 30 元，3 天内到账")
    page.keyboard.press("Enter")
    expect(page.locator("textarea.draft")).to_be_focused()
    assert draft(page) == "{{客户称呼}}，补您 30 元，3 天内到账。"
    page.keyboard.type("王女士")
    page.keyboard.press("Tab")
    expect(page.locator(".reply-body.own")).to_contain_text("王女士，补您 30 元，3 天内到账。")
    page.keyboard.press("/")
    find(page, "bcdz")
    expect(page.locator(".palette-preview .filled")).to_have_text("王女士")
    lin.api("DELETE", f"/canned/{own['id']}")
    page.close()


def test_an_expired_one_says_why_and_inserts_nothing(service: Service, lin: Colleague) -> None:
    body = {"title": "旧活动说明", "text": "活动还在进行。", "short_code": "jhdsm"}
    own = lin.api("POST", "/canned", {**body, "expires_at": "2026-01-01"})
    page = lin.page()
    page.keyboard.press("/")
    find(page, "jhdsm")
    option = page.get_by_role("option").first
    expect(option).to_have_attribute("aria-disabled", "true")
    expect(page.locator(".palette-preview")).to_contain_text("已于 2026-01-01 到期")
    page.keyboard.press("Enter")
    expect(page.locator(".palette-search [role=status]")).to_contain_text("没有插入")
    expect(page.get_by_role("combobox", name="查找话术")).to_be_focused()
    assert page.locator("textarea.draft").count() == 0
    lin.api("DELETE", f"/canned/{own['id']}")
    page.close()


def test_a_draft_is_kept_used_changed_and_deleted(service: Service, lin: Colleague) -> None:
    page = lin.page("/agent?q=退款多久到账")
    expect(page.locator(".reply-body")).to_contain_text("工作日")
    page.keyboard.press("Alt+p")
    page.keyboard.press("Control+s")
    editor = page.get_by_role("dialog", name="存为话术")
    expect(editor.get_by_label("正文")).to_have_value(re.compile("工作日"))
    expect(editor.locator(".picker-chosen li").first).to_be_visible()
    expect(editor.get_by_label("快捷码")).to_be_focused()
    page.keyboard.type("wdtk")
    editor.get_by_label("标题").fill("我的退款说明")
    editor.get_by_label("邮件").check()
    editor.get_by_label("在线").check()
    page.keyboard.press("Control+Enter")
    expect(editor).to_be_hidden()
    expect(page.locator("#canned-0")).to_contain_text("我的退款说明")
    find(page, "wdtk")
    expect(page.locator("#canned-list [role=option]")).to_have_count(1)
    with page.expect_response(lambda answer: answer.url.endswith("/used") and answer.ok):
        page.keyboard.press("Enter")
    expect(page.locator("textarea.draft")).to_have_value(re.compile("工作日"))

    page.keyboard.press("Alt+p")
    find(page, "wdtk")
    expect(page.locator(".palette-preview")).to_contain_text("我用过 1 次")
    page.keyboard.press("Control+e")
    editor = page.get_by_role("dialog", name="编辑话术")
    editor.get_by_label("正文").fill("退款 {{订单号}} 已受理。")
    editor.get_by_role("button", name="保存").click()
    expect(page.locator(".palette-preview")).to_contain_text("已受理")
    page.keyboard.press("Control+e")
    editor = page.get_by_role("dialog", name="编辑话术")
    editor.get_by_role("button", name="删除").click()
    assert len(lin.api("GET", "/canned?q=wdtk")["replies"]) == 1
    editor.get_by_role("button", name="再点一次").click()
    expect(editor).to_be_hidden()
    expect(page.locator("#canned-list")).not_to_contain_text("我的退款说明")
    assert lin.api("GET", "/canned?q=wdtk&scope=private")["replies"] == []
    page.close()


def test_one_that_is_being_saved_is_saved_once(service: Service, lin: Colleague) -> None:
    page = lin.page()
    page.keyboard.press("/")
    page.keyboard.press("Control+s")
    editor = page.get_by_role("dialog", name="存为话术")
    editor.get_by_label("标题").fill("只存一次")
    editor.get_by_label("正文").fill("请稍候。")
    held: list[Route] = []
    page.route("**/api/v1/canned", lambda route: held.append(route))
    with page.expect_request("**/api/v1/canned"):
        page.keyboard.press("Control+Enter")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(editor).to_be_visible()
    (once,) = held
    once.continue_()
    expect(editor).to_be_hidden()
    (kept,) = lin.api("GET", "/canned?q=只存一次&scope=private")["replies"]
    lin.api("DELETE", f"/canned/{kept['id']}")
    page.close()


def test_what_is_wrong_is_said_at_the_field(service: Service, lin: Colleague) -> None:
    own = lin.api("POST", "/canned", {"title": "一", "text": "甲", "short_code": "clash"})
    page = lin.page()
    page.keyboard.press("/")
    page.keyboard.press("Control+s")
    editor = page.get_by_role("dialog", name="存为话术")
    editor.get_by_role("button", name="保存").click()
    expect(editor).to_contain_text("请填写标题")
    expect(editor.get_by_label("标题")).to_be_focused()
    editor.get_by_label("标题").fill("二")
    editor.get_by_label("正文").fill("乙")
    editor.get_by_label("快捷码").fill("clash")
    editor.get_by_role("button", name="保存").click()
    expect(editor).to_contain_text("“clash”已是另一条话术的快捷码")
    expect(editor.get_by_label("快捷码")).to_have_attribute("aria-invalid", "true")
    editor.get_by_label("快捷码").fill("clash2")
    editor.get_by_label("正文").fill("乙 {{Wrong Name}}")
    editor.get_by_role("button", name="保存").click()
    expect(editor).to_contain_text("变量写法不对")
    editor.get_by_role("button", name="取消").click()
    expect(page.get_by_role("combobox", name="查找话术")).to_be_focused()
    lin.api("DELETE", f"/canned/{own['id']}")
    page.close()


def test_who_saves_second_sees_what_was_saved_first(service: Service, lin: Colleague) -> None:
    own = lin.api("POST", "/canned", {"title": "并发话术", "text": "第一稿", "short_code": "bfhs"})
    page = lin.page()
    page.keyboard.press("/")
    find(page, "bfhs")
    page.keyboard.press("Control+e")
    editor = page.get_by_role("dialog", name="编辑话术")
    expect(editor.get_by_label("正文")).to_have_value("第一稿")
    lin.api(
        "PUT",
        f"/canned/{own['id']}",
        {"title": "并发话术", "text": "别处改的", "short_code": "bfhs"},
    )
    editor.get_by_label("正文").fill("我改的")
    editor.get_by_role("button", name="保存").click()
    expect(editor).to_contain_text("有人先改了")
    expect(editor).to_contain_text("别处改的")
    editor.get_by_role("button", name="保存我的版本").click()
    expect(editor).to_be_hidden()
    assert lin.api("GET", f"/canned/{own['id']}")["text"] == "我改的"
    lin.api("DELETE", f"/canned/{own['id']}")
    page.close()


def test_a_teams_reply_is_seen_by_the_team_alone(
    service: Service, page: Page, lin: Colleague, he: Colleague
) -> None:
    he.api("PUT", "/teams/售后一组", {"members": [lin.name]})
    theirs = he.page()
    theirs.keyboard.press("/")
    theirs.keyboard.press("Control+s")
    editor = theirs.get_by_role("dialog", name="存为话术")
    editor.get_by_label("团队").first.check(force=True)
    editor.get_by_role("combobox", name="团队").select_option("售后一组")
    editor.get_by_label("标题").fill("一组夜班交接")
    editor.get_by_label("快捷码").fill("ybjj")
    editor.get_by_label("正文").fill("夜班同事会接着跟进。")
    theirs.keyboard.press("Control+Enter")
    expect(theirs.locator("#canned-0")).to_contain_text("团队 · 售后一组")

    mine = lin.page()
    mine.keyboard.press("/")
    mine.keyboard.press("Alt+2")
    expect(mine.locator("#canned-0")).to_contain_text("一组夜班交接")
    expect(mine.get_by_role("button", name="编辑")).to_have_count(0)
    mine.keyboard.press("Control+s")
    own = mine.get_by_role("dialog", name="存为话术")
    expect(own.get_by_label("标题")).to_be_visible()
    expect(own.get_by_role("combobox", name="团队")).to_have_count(0)

    (reply,) = he.api("GET", "/canned?q=ybjj&scope=team")["replies"]
    stranger = sign_in(service, page.context.browser, "wu-canned", "吴客服", "agent")  # type: ignore[arg-type]
    assert stranger.api("GET", "/canned?q=ybjj&scope=team")["replies"] == []
    stranger.context.close()
    he.api("DELETE", f"/canned/{reply['id']}")
    he.api("PUT", "/teams/售后一组", {"members": []})
    mine.close()
    theirs.close()


def test_one_that_rests_on_an_entry_asks_when_that_changed(
    service: Service, page: Page, context: BrowserContext, he: Colleague
) -> None:
    admin = Colleague(service, context, "测试管理员")
    rule = {"kind": "policy", "title": "手写贺卡服务规则", "body": "手写贺卡每张收取 5 元。"}
    publish(admin, he, "test-greeting-card", rule)
    console(page, service)
    page.keyboard.press("/")
    page.keyboard.press("Control+s")
    editor = page.get_by_role("dialog", name="存为话术")
    editor.get_by_label("标题").fill("贺卡收费")
    editor.get_by_label("快捷码").fill("hksf")
    editor.get_by_label("正文").fill("手写贺卡每张 5 元。")
    editor.get_by_role("combobox", name="所依据的条目").fill("手写贺卡")
    expect(editor.locator(".picker-list [role=option]")).to_have_count(1)
    editor.get_by_role("combobox", name="所依据的条目").press("Enter")
    expect(editor.locator(".picker-chosen")).to_contain_text("手写贺卡服务规则")
    editor.get_by_role("button", name="保存").click()
    expect(editor).to_be_hidden()
    page.keyboard.press("Escape")
    publish(admin, he, "test-greeting-card", {**rule, "body": "手写贺卡每张收取 8 元。"})
    wait_for(admin, "hksf", "basis_changed")
    page.keyboard.press("/")
    find(page, "hksf")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="仍要插入")).to_be_focused()
    page.keyboard.press("Alt+b")
    versions = page.get_by_role("dialog", name="两版对比")
    expect(versions.locator("del")).to_have_text("5")
    expect(versions.locator("ins")).to_have_text("8")
    page.keyboard.press("Escape")
    admin.api("POST", "/entries/test-greeting-card/revisions/2/withdraw", {})
    admin.api("POST", "/entries/test-greeting-card/revisions/1/withdraw", {})
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    wait_for(admin, "hksf", "expired")
    page.keyboard.press("/")
    find(page, "hksf")
    expect(page.get_by_role("option").first).to_have_attribute("aria-disabled", "true")
    (reply,) = admin.api("GET", "/canned?q=hksf&scope=private")["replies"]
    admin.api("DELETE", f"/canned/{reply['id']}")


@pytest.mark.parametrize("context", [{"viewport": {"width": 360, "height": 740}}], indirect=True)
def test_it_fits_a_narrow_panel(service: Service, page: Page) -> None:
    console(page, service)
    page.keyboard.press("Alt+p")
    find(page, "tkjd")
    inside = """(dialog) => {
      const box = dialog.getBoundingClientRect();
      return [...dialog.querySelectorAll("button, input, [role=option]")].every((node) => {
        const own = node.getBoundingClientRect();
        return own.width === 0 || (own.left >= box.left && own.right <= box.right + 1);
      }) && box.right <= innerWidth;
    }"""
    assert page.locator("dialog.palette").evaluate(inside)
    page.keyboard.press("Control+s")
    assert page.locator("dialog.canned-editor").evaluate(inside)
