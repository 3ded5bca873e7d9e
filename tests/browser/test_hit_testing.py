"""The page where editors try out what a question finds: one, a batch, and the saved ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.browser.service import Api, Service

pytestmark = pytest.mark.browser
Open = Callable[[str], Page]
# The first hit test of a service waits until everything that is filtered out is in memory, too.
FIRST_ANSWER = 120_000


@pytest.fixture
def opened(service: Service, page: Page) -> Open:
    """Opens a view of the page and waits until it listens."""

    def show(query: str) -> Page:
        page.goto(f"{service.base}/desk/test{query}")
        expect(page.locator(".hit")).to_have_attribute("data-ready", "true")
        return page

    return show


def ask(page: Page, text: str) -> Locator:
    """Asks a question; its results."""
    page.get_by_label("问题", exact=True).fill(text)
    page.keyboard.press("Enter")
    results = page.locator(".hit-result")
    expect(results.first).to_be_visible(timeout=FIRST_ANSWER)
    expect(page.locator("#hit-found")).to_have_attribute("aria-busy", "false")
    return results


def test_a_past_day_shows_who_answered_then_and_who_was_filtered_out(opened: Open) -> None:
    page = opened("?q=双11买的空调能保价吗&as_of=2025-11-12")
    first = page.locator(".hit-result").first
    expect(first).to_contain_text("价格保护规则", timeout=FIRST_ANSWER)
    expect(first).to_contain_text("版本 1")
    expect(first.locator(".hit-meta")).to_contain_text("把握高")
    expect(first.locator("mark").first).to_be_visible()
    expect(page.locator(".hit-asof")).to_contain_text("2025-11-12")
    expect(page.locator(".hit-verdict")).to_have_attribute("data-answerable", "true")
    later = page.locator("[data-reason=not_yet_effective]", has_text="价格保护规则").first
    expect(later).to_contain_text("未生效")
    expect(later).to_contain_text("不筛掉会排第 2")
    expect(later).to_contain_text("2026-03-01")
    first.locator(".hit-scores > summary").click()
    part = first.locator(".hit-part", has_text="标题、问法相近")
    expect(part).to_contain_text("强")
    expect(first.locator("dt").first).to_be_hidden()
    first.locator(".hit-all > summary").click()
    expect(first.locator("dt", has_text="dense_asked_z").first).to_be_visible()


def test_a_question_is_read_with_corrections_for_those_who_ask_it(opened: Open) -> None:
    page = opened("")
    expect(page.locator("#hit-found .empty")).to_contain_text("问一句试试")
    ask(page, "tuihuo yunfei shei chu")
    expect(page.locator("#hit-rail")).to_contain_text("按“退货运费谁出”来查")
    hidden = page.locator("[data-reason=audience]").first
    expect(hidden).to_contain_text("受众不符")
    title = hidden.locator("a").inner_text()
    page.get_by_label("谁来问").select_option(label="客服")
    expect(page.locator("[data-reason=audience]")).to_have_count(0)
    expect(page.locator(".hit-result h2", has_text=title)).to_be_attached()
    page.get_by_label("政策").check()
    expect(page.locator("[data-reason=kind]").first).to_contain_text("类型不符")
    page.reload()
    expect(page.locator("[data-reason=kind]").first).to_be_visible()
    expect(page.get_by_label("谁来问")).to_have_value("agent")
    expect(page.get_by_label("问题", exact=True)).to_have_value("tuihuo yunfei shei chu")


def test_what_nothing_answers_says_so(opened: Open) -> None:
    page = opened("")
    ask(page, "今天北京天气怎么样")
    verdict = page.locator(".hit-verdict")
    expect(verdict).to_have_attribute("data-answerable", "false")
    expect(verdict).to_contain_text("无可靠答案")
    expect(verdict).not_to_contain_text("%")


def test_one_key_keeps_a_question_with_the_entry_that_must_answer(opened: Open, api: Api) -> None:
    page = opened("")
    results = ask(page, "退款多久能到账呢")
    expected = results.first.get_attribute("data-entry")
    page.keyboard.press("Alt+s")
    expect(results.first.locator("[data-save]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#toasts")).to_contain_text("已存为必中问题")
    (kept,) = api.get(
        "/questions?q=%E9%80%80%E6%AC%BE%E5%A4%9A%E4%B9%85%E8%83%BD%E5%88%B0%E8%B4%A6%E5%91%A2"
    )["questions"]
    assert (kept["expects"], kept["must_hit"]) == ([expected], True)

    page.get_by_label("问题", exact=True).press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(results.nth(1).locator("h2 a")).to_be_focused()
    page.keyboard.press("Alt+s")
    expect(results.nth(1).locator("[data-save]")).to_have_attribute("aria-pressed", "true")
    expect(results.first.locator("[data-save]")).to_have_attribute("aria-pressed", "false")
    second = results.nth(1).get_attribute("data-entry")
    assert api.get(f"/questions?entry={second}")["questions"][0]["id"] == kept["id"]

    page.get_by_role("button", name="撤销").click()
    expect(page.locator("#toasts")).to_contain_text("已撤销")
    assert api.get(f"/questions?entry={expected}")["questions"][0]["id"] == kept["id"]


def test_saved_questions_are_added_switched_changed_and_taken_out(opened: Open) -> None:
    page = opened("?view=questions")
    page.get_by_role("button", name="添加问题").click()
    form = page.locator("dialog.hit-sheet")
    form.get_by_label("问题", exact=True).fill("扫地机不充电了怎么办呀")
    form.get_by_role("combobox", name="应答条目").fill("faq-refund-when")
    form.locator(".picker-list [role=option]").first.click()
    expect(form.locator(".picker-chosen li")).to_have_count(1)
    form.get_by_label("按日期").fill("2026-1-5")
    form.get_by_role("button", name="保存").click()
    expect(form).to_have_count(0)

    page.get_by_placeholder("按问题查找").fill("扫地机不充电")
    rows = page.locator("[data-question]")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("按 2026-01-05")
    switch = rows.get_by_role("switch")
    expect(switch).to_be_checked()
    switch.press("Space")
    expect(switch).not_to_be_checked()
    expect(switch).to_be_focused()
    page.reload()
    expect(rows).to_have_count(1)
    expect(switch).to_contain_text("仅对比")

    rows.get_by_role("button", name="修改").click()
    form.get_by_label("问题", exact=True).fill("扫地机不充电该怎么办")
    held: list[Route] = []
    page.route("**/api/v1/questions/*", lambda route: held.append(route), times=1)
    with page.expect_request("**/api/v1/questions/*"):
        form.get_by_role("button", name="保存").click()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(form).to_be_visible()
    held.pop().continue_()
    expect(rows).to_contain_text("扫地机不充电该怎么办")
    expect(rows.get_by_role("button", name="修改")).to_be_focused()
    rows.get_by_role("button", name="删除").click()
    form.get_by_role("button", name="删除").click()
    expect(page.locator("#hit-list .empty")).to_contain_text("没有符合条件的问题")
    expect(page.get_by_placeholder("按问题查找")).to_be_focused()


def test_a_file_of_saved_questions_is_looked_at_before_it_is_taken(opened: Open) -> None:
    page = opened("?view=questions")
    page.get_by_role("button", name="导入 CSV").click()
    table = (
        "问题,应答,必中,按日期,谁来问\n"
        "“岚卡”积分什么时候过期,points-rule,是,,客户\n"
        "哪天发货,points-rule,也许,,\n"
        "几号能收到,不是编号,,,\n"
        "客服几点上班,,,2026/2/1,客服\n"
    )
    page.locator("#hit-import-file").set_input_files(
        {"name": "questions.csv", "mimeType": "text/csv", "buffer": table.encode("gb18030")}
    )
    report = page.locator(".hit-sheet .hit-read")
    expect(report).to_contain_text("新增 2")
    expect(report).to_contain_text("第 3 行：必中要写“是”或“否”，不是“也许”")
    expect(report).to_contain_text("第 4 行：“不是编号”不是条目编号")
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.locator(".hit-sheet")).to_have_count(0)
    page.get_by_placeholder("按问题查找").fill("岚卡")
    row = page.locator("[data-question]")
    expect(row).to_have_count(1)
    expect(row.get_by_role("switch")).to_be_checked()


def test_a_late_check_says_nothing_about_a_newer_text(opened: Open) -> None:
    page = opened("?view=questions")
    page.get_by_role("button", name="导入 CSV").click()
    text = page.locator("#hit-import-text")
    text.fill("问题\n周末送货吗\n")
    held: list[Route] = []
    page.route("**/questions/import*", lambda route: held.append(route))
    with page.expect_request("**/questions/import*"):
        page.get_by_role("button", name="检查", exact=True).click()
    text.fill("问题\n还没有写完")
    with page.expect_response("**/questions/import*") as answered:
        held[0].continue_()
    answered.value.finished()
    expect(page.get_by_role("button", name="导入", exact=True)).to_be_disabled()
    expect(page.locator(".hit-sheet .hit-read")).to_be_empty()
    expect(text).to_be_focused()


def test_a_switch_does_not_undo_what_somebody_else_wrote(
    context: BrowserContext, service: Service, api: Api
) -> None:
    asked = {"text": "岚卡能转让吗", "expects": ["points-rule"], "must_hit": False}
    kept = api.post("/questions", asked)
    page = context.new_page()  # the refusal stands in the console of the browser
    page.goto(f"{service.base}/desk/test?view=questions&q=岚卡能转让吗")
    row = page.locator(f"[data-question='{kept['id']}']")
    expect(row.get_by_role("switch")).not_to_be_checked()
    newer = {**asked, "expects": ["points-rule", "return-7-days"], "version": kept["version"]}
    api.call("PUT", f"/questions/{kept['id']}", newer)
    row.get_by_role("switch").click()
    expect(page.locator("#toasts")).to_contain_text("新的改动")
    expect(row.get_by_role("link")).to_have_count(3)
    expect(row.get_by_role("switch")).to_be_focused()
    row.get_by_role("switch").click()
    expect(row.get_by_role("switch")).to_be_checked()
    page.close()


TABLE = """question,expects,date,audience
退款多久到账,{refund},,
冰箱买回来不喜欢可以退吗,return-7-days,,客户
双11买的能保价吗,price-protect,2025/11/12,客服
这行日期不对,return-7-days,昨天,
"""


def run_batch(page: Page, name: str, table: str, count: int) -> None:
    """Pastes a table, asks it, and waits for the page of the run."""
    page.get_by_label("粘贴问题").fill(table)
    page.get_by_label("名称").fill(name)
    page.get_by_role("button", name=f"测试 {count} 个问题").click()
    expect(page.locator("#hit-shown h2")).to_have_text(name)


def test_a_batch_is_read_asked_filtered_downloaded_and_compared(opened: Open) -> None:
    page = opened("?view=batch")
    expect(page.locator("#hit-runs .empty")).to_contain_text("还没有测试过")
    page.get_by_label("粘贴问题").fill(TABLE.format(refund="install-ac"))
    expect(page.locator("#hit-read")).to_contain_text("读到 3 个问题")
    expect(page.locator("#hit-read")).to_contain_text("第 5 行：“昨天”不是日期")
    run_batch(page, "第一次", TABLE.format(refund="install-ac"), 3)
    expect(page.locator(".hit-figure", has_text="hit@1")).to_contain_text("66.7%")
    wrong = page.get_by_role("button", name="没命中")
    expect(wrong).to_have_attribute("aria-pressed", "true")
    rows = page.locator(".hit-table tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("退款多久到账")
    expect(rows).to_contain_text("没进前三")
    page.get_by_role("button", name="全部").click()
    expect(rows).to_have_count(3)
    expect(rows.filter(has_text="双11")).to_contain_text("按 2025-11-12 · 客服")
    with page.expect_download() as started:
        page.get_by_role("link", name="下载 CSV").click()
    text = started.value.path().read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    assert text.decode("utf-8-sig").splitlines()[1].startswith("退款多久到账,install-ac")

    page.get_by_role("link", name="全部批次").click()
    found = page.locator(".hit-table .title a")
    expect(found).to_have_text(["第一次"])
    run_batch(page, "第二次", TABLE.format(refund="faq-refund-when"), 3)
    page.get_by_label("对比").select_option(index=1)
    expect(page.locator(".hit-versus")).to_contain_text("升 33.3 个百分点")
    better = page.get_by_role("button", name="变好")
    expect(better).to_have_attribute("aria-pressed", "true")
    expect(rows.filter(has_text="退款多久到账")).to_contain_text("命中第一")
    expect(page.locator(".hit-filter")).to_contain_text("2 个没有变化")

    page.get_by_role("link", name="全部批次").click()
    expect(page.get_by_role("checkbox")).to_have_count(2)
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("link", name="对比这两次").click()
    expect(page.locator(".hit-versus")).to_contain_text("升 33.3 个百分点")


@pytest.mark.parametrize("context", [{"viewport": {"width": 360, "height": 740}}], indirect=True)
def test_nothing_needs_sideways_scrolling_on_a_phone(opened: Open) -> None:
    for query, sign in (
        ("?q=退款多久到账", ".hit-result"),
        ("?view=batch", ".hit-table .title"),
        ("?view=questions", "[data-question]"),
    ):
        page = opened(query)
        expect(page.locator(sign).first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        inner = "boxes => boxes.every((box) => box.scrollWidth <= box.clientWidth)"
        assert page.locator(".table-wrap").evaluate_all(inner)
