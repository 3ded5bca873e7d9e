"""The writing page of the desk: a new entry by keyboard, the manners of its text, its fields."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.people import Colleague, sign_in
from tests.browser.service import Service
from tests.browser.writing import PROSE, OpenPage, body, put, strict_pages, taken_up, write

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def editor(service: Service, chromium: Browser) -> Colleague:
    return sign_in(service, chromium, "pen", "笔编辑", "editor")


@pytest.fixture(scope="module")
def reviewer(service: Service, chromium: Browser) -> Colleague:
    return sign_in(service, chromium, "seal", "章审核", "reviewer")


@pytest.fixture
def desk(editor: Colleague) -> Iterator[OpenPage]:
    yield from strict_pages(editor)


def test_a_new_entry_from_start_to_review_by_keyboard(
    desk: OpenPage, editor: Colleague, reviewer: Colleague
) -> None:
    page = desk()
    keys = page.keyboard
    keys.press("ArrowRight")  # from policy, which has the focus, to guide
    keys.press("Tab")
    keys.type("滤网多久洗一次")
    expect(page.locator("#editor-id")).to_have_value("lvwang-duojiu-xi-yici")
    keys.press("Tab")
    expect(page.locator("#editor-id")).to_be_focused()
    keys.press("Control+a")
    keys.type("filter-wash")
    expect(page.locator("#editor-id-note")).to_have_text("可以用")
    keys.press("Alt+1")
    keys.type("每两周洗一次。")
    keys.press("Enter")
    keys.press("Control+Shift+Digit9")
    keys.type("关机断电")
    keys.press("Enter")
    keys.press("Enter")
    keys.press("Control+Shift+Digit7")
    keys.type("取出滤网")
    keys.press("Enter")
    keys.press("Control+b")
    keys.type("清水")
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    keys.type("冲洗")
    keys.press("Enter")
    keys.press("Enter")
    written = "每两周洗一次。\n\n## 第 1 步 关机断电\n\n1. 取出滤网\n2. **清水**冲洗\n"
    assert body(page).replace("\n\n\n", "\n\n").startswith(written.rstrip("\n"))
    expect(page.locator("#editor-preview h2")).to_have_text("第 1 步 关机断电")
    expect(page.locator("#editor-preview strong")).to_have_text("清水")
    keys.press("Alt+2")
    page.get_by_label("标签").focus()
    keys.type("空调,")
    keys.type("滤网")
    keys.press("Enter")
    page.get_by_label("负责").focus()
    keys.type("安装维修组")
    keys.press("Control+Enter")
    sheet = page.get_by_role("dialog", name="提交审核")
    expect(sheet.get_by_label("改了什么（给审核人看）")).to_be_focused()
    keys.type("新写的")
    keys.press("Control+Enter")
    expect(page.get_by_text("版本 1 已提交审核。")).to_be_visible()
    expect(page.get_by_role("button", name="看审核页")).to_be_focused()
    expect(page).to_have_url(re.compile("/desk/entries/filter-wash/edit$"))
    stored = editor.api("GET", "/entries/filter-wash")
    assert stored["status"] == "in_review"
    assert stored["content"]["tags"] == ["空调", "滤网"]
    assert stored["owner"] == "安装维修组"
    assert not [d for d in editor.api("GET", "/working")["drafts"] if d["key"].startswith("new-")]
    shown = page.locator("#editor-preview").evaluate(PROSE)
    for step in ("approve", "publish"):
        reviewer.api("POST", f"/entries/filter-wash/revisions/1/{step}", {})
    reader = editor.page("/entries/filter-wash")
    assert reader.locator("article.entry").evaluate(PROSE) == shown
    reader.get_by_role("link", name="编辑", exact=True).click()
    taken_up(reader)
    assert reader.locator("#editor-preview").evaluate(PROSE) == shown
    reader.close()


def test_the_preview_is_the_page_of_the_entry(desk: OpenPage, editor: Colleague) -> None:
    for entry in ("return-7-days", "ac-not-cooling", "reply-account-deletion"):
        number = editor.api("GET", f"/entries/{entry}")["latest"]
        page = desk(f"/desk/entries/{entry}/edit")
        reader = editor.page(f"/entries/{entry}?revision={number}")
        shown = page.locator("#editor-preview").evaluate(PROSE)
        assert reader.locator("article.entry").evaluate(PROSE) == shown
        reader.close()


def test_text_and_preview_scroll_together(desk: OpenPage) -> None:
    page = desk("/desk/entries/ac-not-cooling/edit")
    area, article = page.locator("#editor-body"), page.locator("#editor-preview")
    area.evaluate("area => { area.scrollTop = area.scrollHeight }")
    expect(article.get_by_role("heading", name="第 6 步")).to_be_in_viewport()
    expect(article.get_by_role("heading", name="第 1 步")).not_to_be_in_viewport()
    for _ in range(100):  # the other side leads once the first one rests
        article.evaluate("article => { article.scrollTop = 1; article.scrollTop = 0 }")
        if area.evaluate("area => area.scrollTop") == 0:
            break
        page.wait_for_timeout(50)
    expect(area).to_have_js_property("scrollTop", 0)


def test_typing_has_good_manners(desk: OpenPage) -> None:
    page = desk("/desk/entries/new?kind=guide&title=打字")
    keys = page.keyboard
    area = page.locator("#editor-body")
    put(page, "1. 一\n2. 二\n3. 三")
    area.press("Control+Home")
    area.press("End")
    keys.press("Enter")
    assert body(page) == "1. 一\n2. \n3. 二\n4. 三"
    keys.type("新")
    keys.press("Tab")
    assert body(page) == "1. 一\n    1. 新\n3. 二\n4. 三"
    keys.press("Shift+Tab")
    assert body(page).split("\n")[1] == "1. 新"
    for _ in range(4):
        keys.press("Control+z")
    assert body(page) == "1. 一\n2. 二\n3. 三"  # undo takes back what the page wrote, too
    put(page, "| 型号 | 费用 |\n| --- | --- |\n| 一匹 | 30 |")
    expect(page.get_by_role("button", name="加一列")).to_be_visible()
    keys.press("Tab")
    keys.type("两匹")
    keys.press("Tab")
    keys.type("60")
    assert body(page).endswith("| 一匹 | 30 |\n| 两匹 | 60 |")
    page.get_by_role("button", name="加一列").click()
    keys.type("备注")
    assert body(page).endswith("| 两匹 | 60 | 备注 |")
    expect(page.locator("#editor-preview td")).to_have_count(6)
    put(page, "选中的字")
    area.press("Control+a")
    keys.press("Control+i")
    keys.press("Control+i")
    keys.press("Control+b")
    assert body(page) == "**选中的字**"
    put(page, "- 还在打")
    area.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    assert body(page) == "- 还在打"  # the input method's Enter is its own
    keys.press("Escape")
    keys.press("Tab")
    expect(area).not_to_be_focused()


def test_fields_are_a_tidy_form(desk: OpenPage, editor: Colleague) -> None:
    page = desk("/desk/entries/faq-exchange-how-long/edit")
    page.keyboard.press("Alt+2")
    page.get_by_label("生效", exact=True).fill("2030-05-01")
    page.get_by_label("生效的时刻").fill("8：00")
    expect(page.locator("#note-effective_from")).to_have_text(
        "排期：发布后等到 2030-05-01 08:00 才生效"
    )
    page.get_by_label("失效", exact=True).fill("2030-04-01")
    expect(page.locator("#note-effective_until")).to_have_text("失效要晚于生效")
    page.get_by_label("失效", exact=True).fill("2030-06-01")
    expect(page.locator("#note-effective_until")).to_have_text("最后有效到 2030-05-31 24:00")
    asked = page.locator("#field-questions")
    asked.fill("换一台要几天\n\n  新机什么时候发  \n换一台要几天\n能先发新的吗")
    asked.blur()
    expect(asked).to_have_value("换一台要几天\n新机什么时候发\n能先发新的吗")
    expect(page.get_by_label("不该由它回答的问题")).to_be_visible()
    page.locator("#field-tags").fill("换")
    words = page.locator("#tags-list").get_by_role("option")
    expect(words.first).to_be_visible()
    assert "换货" not in words.all_text_contents()  # has it already
    page.locator("#field-tags").fill("物流，时效")
    page.keyboard.press("Enter")
    page.locator("#field-supersedes").fill("退款到账时间")
    page.locator("#field-supersedes-list").get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    expect(page.locator("[data-field=supersedes] .related-list li")).to_have_count(1)
    page.get_by_role("button", name="365").click()
    page.keyboard.press("Control+s")
    expect(page.locator("#editor-saved")).to_have_text("已存为版本 2")
    stored = editor.api("GET", "/entries/faq-exchange-how-long?revision=2")
    content = stored["content"]
    assert content["effective_from"] == "2030-05-01T08:00:00+08:00"
    assert content["questions"] == ["换一台要几天", "新机什么时候发", "能先发新的吗"]
    assert content["tags"] == ["换货", "时效", "物流"]
    assert len(content["supersedes"]) == 1
    assert stored["review_every"] == 365


def test_replies_are_written_channel_by_channel(desk: OpenPage, editor: Colleague) -> None:
    page = desk("/desk/entries/reply-account-deletion/edit")
    expect(page.get_by_role("tab", name="在线")).to_have_attribute("aria-selected", "true")
    assert "## " not in body(page)
    page.get_by_role("group", name="增减渠道").get_by_role("button", name="电话").click()
    page.keyboard.type("您的订单 ")
    page.get_by_role("button", name="变量").click()
    page.get_by_role("menuitem", name="订单号").click()
    page.keyboard.type(" 还没完成。")
    expect(page.locator("#editor-preview h2")).to_have_text(["在线", "邮件", "电话"])
    expect(page.locator("#editor-preview mark.slot").last).to_have_text("订单号")
    page.get_by_role("tab", name="在线").click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("{{product.name}}")
    page.keyboard.press("Alt+2")
    page.get_by_role("button", name="{{product.name}}").click()
    page.keyboard.press("Control+s")
    expect(page.locator("#editor-saved")).to_have_text("已存为版本 2")
    content = editor.api("GET", "/entries/reply-account-deletion?revision=2")["content"]
    assert content["body"].endswith("## phone\n\n您的订单 {{order.no}} 还没完成。")
    assert content["body"].startswith("## chat\n\n{{product.name}}{{customer.name}}")
    assert [slot["name"] for slot in content["slots"]][-2:] == ["order.no", "product.name"]


def test_what_is_wrong_is_named_and_led_to(desk: OpenPage) -> None:
    page = desk()
    expect(page.locator("#editor-problems")).to_contain_text("还差类型、编号、标题、正文")
    page.locator("input[name=kind][value=policy]").check()
    page.locator("#editor-title").fill("运费")
    put(page, "第一行\n\n# 一级标题\n\n末行")
    expect(page.locator("#editor-problems .problems-sum")).to_have_text("1 处要改")  # it has an id
    expect(page.locator("#editor-problems .problems-list")).to_contain_text("第 3 行")
    page.keyboard.press("Alt+e")
    picked = "area => area.value.slice(area.selectionStart, area.selectionEnd)"
    assert page.locator("#editor-body").evaluate(picked) == "# 一级标题"
    page.locator("#editor-id").fill("return-7-days")
    expect(page.locator("#editor-id-note")).to_contain_text("请换一个")
    page.locator("#editor-id").fill("退货")
    expect(page.locator("#editor-id-note")).to_contain_text("只能用小写字母")
    page.keyboard.press("Control+s")
    expect(page.locator(".toast")).to_have_text("请先改好这几处")
    expect(page).to_have_url(re.compile("/desk/entries/new"))


def test_an_id_taken_meanwhile_can_be_changed(editor: Colleague) -> None:
    page = write(editor, "/desk/entries/new?kind=faq&title=多久能到")
    page.locator("#editor-id").fill("arrives-when")
    put(page, "三天。")
    expect(page.locator("#editor-id-note")).to_have_text("可以用")
    expect(page.locator("#editor-problems .problems-sum .good-text")).to_be_visible()
    content = {"kind": "faq", "title": "几天到", "body": "两天。"}
    editor.api("POST", "/entries", {"id": "arrives-when", "content": content})
    page.keyboard.press("Control+s")
    notice = page.locator("[data-notice=taken]")
    expect(notice).to_contain_text("编号 arrives-when 已有条目在用")
    expect(notice.get_by_role("button", name="打开那条")).to_be_visible()
    expect(page.locator("#editor-problems")).to_contain_text("1 处要改")
    page.locator("#editor-id").fill("arrives-in-days")
    expect(page.locator("#editor-problems .problems-sum .good-text")).to_be_visible()
    page.keyboard.press("Control+s")
    expect(page.locator("#editor-saved")).to_contain_text("已存为版本 1")
    expect(notice).to_have_count(0)
    # It exists now: its id is no longer asked about, whatever the title becomes.
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator("#editor-title").fill("几天能送到")
    expect(page.locator("#editor-preview h1")).to_have_text("几天能送到")
    expect(page.locator("#editor-saved")).to_contain_text("已自动保存")
    assert not [url for url in asked if "entry-ids" in url]
    expect(page.locator("#editor-id")).to_have_value("arrives-in-days")
    expect(page.locator("#editor-id-note")).to_be_empty()
    page.close()


def test_other_pages_hand_over_a_sentence(desk: OpenPage) -> None:
    path = "/desk/entries/return-7-days/edit"
    page = desk(f"{path}?replace=承担 10 元运费&with=承担 12 元运费&supersedes=gift-return")
    expect(page.get_by_text("已套用建议的改法")).to_be_visible()
    assert "承担 12 元运费" in body(page)
    expect(page.locator("[data-field=supersedes] .related-list a")).to_have_text(re.compile("赠品"))
    page.keyboard.press("Control+z")
    assert "承担 10 元运费" in body(page)
    other = desk("/desk/entries/shipping-time/edit?replace=这里没有的话&with=x")
    expect(other.get_by_text("正文里没有找到“这里没有的话”")).to_be_visible()


def test_a_link_leads_to_what_was_found_for_the_words_there(
    desk: OpenPage, editor: Colleague
) -> None:
    wanted = editor.api("GET", "/entries?q=价格保护规则&limit=8")["entries"][0]
    page = desk("/desk/entries/new?kind=guide&title=链接")
    held: list[Route] = []
    page.route(re.compile(r"/api/v1/entries\?q="), lambda route: (
        held.append(route) if "%E4%BB%B7%E6%A0%BC" in route.request.url else route.continue_()
    ))  # fmt: skip
    put(page, "见")
    page.keyboard.press("Control+k")
    target = page.locator("#link-target")
    expect(target).to_have_attribute("aria-expanded", "false")
    target.fill("退货")
    expect(page.locator("#link-found [role=option]").first).to_be_visible()
    with page.expect_request(re.compile("%E4%BB%B7%E6%A0%BC")):
        target.fill("价格保护规则")
        target.press("Enter")
        target.press("Enter")
    assert body(page) == "见"
    for route in held:
        route.continue_()
    expect(page.locator("#editor-link-sheet")).to_be_hidden()
    assert body(page) == f"见[{wanted['title']}](kb:{wanted['id']})"
