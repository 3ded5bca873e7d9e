"""News since the last shift, both versions of what is disputed, and reports that reach the board."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.people import Colleague, api, publish, sign_in
from tests.browser.service import Service

pytestmark = pytest.mark.browser

RULE = {
    "kind": "policy",
    "title": "礼品包装服务规则",
    "body": "## 收费\n\n礼品包装每件收取 10 元。\n\n## 时间\n\n包装不影响发货时间。",
}
ENTRY = "test-gift-wrapping"
HOUR = 3_600_000


@pytest.fixture(scope="module")
def shen(service: Service, chromium: Browser, signed_in: object) -> Iterator[Colleague]:
    found = sign_in(service, chromium, "shen-news", "沈审核", "reviewer")
    yield found
    found.context.close()


@pytest.fixture(scope="module")
def lin(service: Service, chromium: Browser, signed_in: object) -> Iterator[Colleague]:
    found = sign_in(service, chromium, "lin-news", "林新闻", "agent")
    yield found
    found.context.close()


@pytest.fixture
def writer(service: Service, context: BrowserContext) -> Colleague:
    return Colleague(service, context, "测试管理员")


def ask(page: Page, service: Service, text: str) -> None:
    page.goto(f"{service.base}/agent?q={text}")
    expect(page.locator(".reply-body .sentence").first).to_be_visible()


def left_since(page: Page, person: str, hours: int) -> None:
    """As if this browser had last been used by that person so long ago."""
    page.evaluate(
        """([key, ago]) => {
          const last = Date.now() - ago;
          const ended = new Date(last).toISOString();
          localStorage.setItem(key, JSON.stringify({ last, since: ended, ended, seen: [] }));
        }""",
        [f"zhike.shift.{person}", hours * HOUR],
    )


def change_of(page: Page, title: str) -> Locator:
    return page.locator("#changes .change").filter(has_text=title)


def badge(page: Page) -> Locator:
    return page.locator("#side-tab-changes .count")


def test_a_new_revision_is_news_with_its_figures(
    service: Service, writer: Colleague, shen: Colleague, lin: Colleague
) -> None:
    publish(writer, shen, ENTRY, RULE)
    page = lin.page()
    page.keyboard.press("Alt+l")
    page.get_by_role("button", name="全部标为已看").click()
    expect(badge(page)).to_be_hidden()

    body = str(RULE["body"]).replace("10 元", "15 元")
    number = publish(writer, shen, ENTRY, {**RULE, "body": body})
    expect(badge(page)).to_have_text("1", timeout=15_000)
    news = change_of(page, "礼品包装").filter(has_text="有变更")
    expect(news.locator("del")).to_have_text("10 元")
    expect(news.locator("ins")).to_have_text("15 元")
    expect(news).to_contain_text("礼品包装每件收取 15 元")

    news.focus()
    page.keyboard.press("Alt+b")
    versions = page.get_by_role("dialog", name="两版对比")
    expect(versions.locator("th")).to_contain_text(["版本 1", f"版本 {number}"])
    expect(versions.locator("td del")).to_have_text("10")
    expect(versions.locator("td ins")).to_have_text("15")
    page.keyboard.press("Escape")
    expect(badge(page)).to_be_hidden()
    expect(news).to_have_class(re.compile("seen"))
    expect(news).to_be_focused()

    page.keyboard.press(" ")
    expect(badge(page)).to_have_text("1")
    page.keyboard.press("Enter")
    expect(page.locator("#reader article.entry h1")).to_have_text("礼品包装服务规则")
    expect(badge(page)).to_be_hidden()
    page.close()


def test_an_entry_that_was_replaced_names_its_successor(
    service: Service, writer: Colleague, shen: Colleague, lin: Colleague
) -> None:
    publish(writer, shen, "test-engraving", {**RULE, "title": "刻字服务规则", "body": "刻字免费。"})
    new = {
        **RULE,
        "title": "个性定制规则",
        "body": "刻字收取 20 元。",
        "supersedes": ["test-engraving"],
    }
    publish(writer, shen, "test-custom", new)
    page = lin.page()
    page.keyboard.press("Alt+l")
    news = change_of(page, "刻字服务规则").filter(has_text="已失效")
    expect(news).to_contain_text("已由“个性定制规则”替代")
    expect(news).to_contain_text("已被取代")
    news.get_by_role("button", name="两版对比").click()
    versions = page.get_by_role("dialog", name="两版对比")
    expect(versions).to_contain_text("刻字免费")
    expect(versions).to_contain_text("刻字收取 20 元")
    page.keyboard.press("Escape")
    news.get_by_role("button", name="由“个性定制规则”替代").click()
    expect(page.locator("#reader article.entry h1")).to_have_text("个性定制规则")
    page.close()


def test_the_last_shift_is_remembered_and_can_be_changed(
    service: Service, writer: Colleague, shen: Colleague, lin: Colleague
) -> None:
    publish(writer, shen, "test-ribbon", {**RULE, "title": "丝带颜色", "body": "丝带有三种颜色。"})
    page = lin.page()
    head = page.locator("#changes .changes-head")
    kept = f"JSON.parse(localStorage.getItem('zhike.shift.{lin.name}')).since"
    left_since(page, lin.name, 1)
    since = page.evaluate(kept)
    page.reload()
    expect(page.locator("#side-tab-changes")).to_be_visible()  # its key is bound by then
    page.keyboard.press("Alt+l")
    expect(head).to_contain_text("自上次下班")
    assert page.evaluate(kept) == since, "an hour's break begins no shift"
    left_since(page, lin.name, 30)
    page.reload()
    expect(page.locator("#side-tab-changes")).to_be_visible()  # its key is bound by then
    page.keyboard.press("Alt+l")
    expect(change_of(page, "丝带颜色")).to_be_visible()
    assert page.evaluate(kept) < since

    page.get_by_role("button", name="更改").click()
    field = page.get_by_label("从何时起")
    expect(field).to_be_focused()
    field.fill("昨天")
    page.keyboard.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("2099-01-02 12:00")
    page.keyboard.press("Enter")
    expect(head).to_contain_text("自 2099-01-02 12:00 以来")
    expect(page.locator("#changes")).to_contain_text("没有变化")
    page.reload()
    expect(page.locator("#side-tab-changes")).to_be_visible()  # its key is bound by then
    page.keyboard.press("Alt+l")
    expect(head).to_contain_text("自 2099-01-02 12:00 以来")
    page.get_by_role("button", name="更改").click()
    page.get_by_role("button", name="上次下班").click()
    expect(change_of(page, "丝带颜色")).to_be_focused()
    page.close()


def test_an_open_page_that_nobody_used_begins_a_shift_with_the_first_key(
    service: Service, lin: Colleague
) -> None:
    page = lin.page()
    key = f"zhike.shift.{lin.name}"
    read = f"JSON.parse(localStorage.getItem('{key}'))"
    before = page.evaluate(read)
    left_since(page, lin.name, 5)
    # The page itself still believes that it was used a moment ago.
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.clock.install()
    page.clock.fast_forward(2 * 60_000)
    page.keyboard.press("Alt+l")
    page.wait_for_function(f"(before) => {read}.since !== before", arg=before["since"])
    page.close()


def test_nothing_new_says_so(service: Service, lin: Colleague) -> None:
    page = lin.page()
    page.route(
        "**/api/v1/changes?*",
        lambda route: route.fulfill(
            json={"since": "2026-11-22T08:00:00+08:00", "until": None, "changes": [], "total": 0}
        ),
    )
    page.reload()
    expect(page.locator("#side-tab-changes")).to_be_visible()  # its key is bound by then
    page.keyboard.press("Alt+l")
    expect(page.locator("#changes")).to_contain_text("没有变化")
    page.close()


def test_a_conflict_shows_both_sentences(service: Service, page: Page) -> None:
    ask(page, service, "发货晚了有补偿吗")
    page.keyboard.press("Alt+b")
    versions = page.get_by_role("dialog", name="两版对比")
    left, right = versions.locator("td").nth(0), versions.locator("td").nth(1)
    expect(left).to_contain_text("48 小时仍未送达的，岚舍补偿一张 20 元优惠券")
    expect(right).to_contain_text("72 小时仍未送达的，岚舍补偿一张 10 元优惠券")
    assert {"48", "20"} <= set(left.locator("mark").all_inner_texts())
    assert {"72", "10"} <= set(right.locator("mark").all_inner_texts())
    page.keyboard.press("Escape")
    expect(versions).to_be_hidden()


def test_the_chip_of_an_answer_opens_both_versions(service: Service, page: Page) -> None:
    ask(page, service, "发货晚了有补偿吗")
    page.locator("#answers .chip.pressable").first.click()
    expect(page.get_by_role("dialog", name="两版对比")).to_contain_text("与其他条目冲突")
    page.keyboard.press("Escape")
    page.locator("#reply .evidence .chip-press").first.click()
    dialog = page.get_by_role("dialog", name="两版对比")
    dialog.get_by_role("link", name="快递超过预计时间").click()
    expect(page.locator("#reader article.entry h1")).to_contain_text("快递超过预计时间")


def test_a_changed_basis_shows_then_and_now(service: Service, page: Page) -> None:
    ask(page, service, "大促期间买的东西降价了，多久之内能退差价")
    answer = page.locator("#answers [role=option]").filter(has_text="大促期间买的东西降价了").first
    answer.locator(".chip.pressable").click()
    versions = page.get_by_role("dialog", name="两版对比")
    expect(versions.locator("th").nth(0)).to_contain_text("上次复核时")
    expect(versions.locator("th").nth(0)).to_contain_text("版本 1")
    expect(versions.locator("th").nth(1)).to_contain_text("版本 2")
    expect(versions.locator("td del")).to_contain_text(["价保期延长到签收后 30 天内"])
    expect(versions.locator("td ins")).to_contain_text(["价保期为签收后 15 天内"])
    expect(versions.locator(".versions-own")).to_contain_text("30 天")


def test_an_entry_without_a_second_version_says_so(service: Service, page: Page) -> None:
    ask(page, service, "退款多久到账")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Alt+b")
    expect(page.get_by_role("dialog", name="两版对比")).to_contain_text("没有需要对比的版本")


def reports(context: BrowserContext, service: Service, entry_id: str) -> list[dict[str, object]]:
    found = api(context, service, "GET", "/reports")["reports"]
    return [report for report in found if report["entry_id"] == entry_id]


def resolve(context: BrowserContext, service: Service, found: list[dict[str, object]]) -> None:
    for report in found:
        api(context, service, "POST", f"/reports/{report['id']}/resolve", {"note": "已核对"})


def test_one_key_reports_the_sentence_that_was_chosen(
    service: Service, page: Page, context: BrowserContext
) -> None:
    ask(page, service, "公司采购怎么开专用发票")
    dialog = page.get_by_role("dialog", name="反馈内容过时")
    page.keyboard.press("Alt+o")
    options = dialog.get_by_role("radio")
    expect(options.first).to_be_focused()
    expect(options.first).to_be_checked()
    page.keyboard.press("ArrowDown")
    chosen = dialog.locator(".report-option:has(:checked)")
    entry = chosen.locator("small").inner_text()
    dialog.get_by_label("说明").fill("财务说改了")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator(".toast")).to_contain_text("已反馈过时")
    expect(page.locator("#reply .evidence .reported")).to_contain_text("已反馈")
    expect(page.locator("#reply .evidence")).to_contain_text("被反馈过时")
    every = api(context, service, "GET", "/reports")["reports"]
    (report,) = [found for found in every if found["note"] == "财务说改了"]
    content = api(context, service, "GET", f"/entries/{report['entry_id']}")
    assert content["title"] == entry
    assert report["sentence"]
    plain = re.sub(r"[\s*#`\[\]|]", "", content["content"]["body"])
    assert re.sub(r"[\s|]", "", report["sentence"])[:12] in plain

    page.goto(f"{service.base}/desk/freshness")
    row = page.get_by_role("row").filter(has_text=entry)
    expect(row.first).to_contain_text("被反馈过时")
    resolve(context, service, [report])


def test_the_sentence_that_is_pointed_at_goes_at_once(
    service: Service, page: Page, context: BrowserContext
) -> None:
    ask(page, service, "公司采购怎么开专用发票")
    source = page.locator("#reply .evidence .sources > li").nth(1)
    quote = source.locator("q").inner_text()
    source.hover()
    page.keyboard.press("Alt+o")
    expect(page.locator(".toast")).to_contain_text("已反馈过时")
    expect(page.get_by_role("dialog", name="反馈内容过时")).to_have_count(0)
    expect(source.locator(".reported")).to_have_text("已反馈")
    every = api(context, service, "GET", "/reports")["reports"]
    fresh = [report for report in every if report["sentence"] and report["sentence"][:10] in quote]
    assert len(fresh) == 1
    resolve(context, service, fresh)


def test_a_sentence_of_the_entry_that_is_read_is_reported(
    service: Service, page: Page, context: BrowserContext
) -> None:
    ask(page, service, "礼品包装多少钱")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#reader article.entry h1")).to_be_visible()
    entry = page.locator("#reader article.entry").get_attribute("data-entry")
    page.keyboard.press("Alt+o")
    dialog = page.get_by_role("dialog", name="反馈内容过时")
    first = dialog.locator(".report-option span").first.inner_text().split("\n")[0]
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("已反馈过时")
    found = reports(context, service, str(entry))
    assert [report["sentence"] for report in found] == [first]
    resolve(context, service, found)


@pytest.mark.parametrize("context", [{"viewport": {"width": 360, "height": 740}}], indirect=True)
def test_news_and_versions_fit_a_narrow_panel(service: Service, page: Page) -> None:
    ask(page, service, "发货晚了有补偿吗")
    page.keyboard.press("Alt+b")
    versions = page.get_by_role("dialog", name="两版对比")
    expect(versions.locator("td").nth(1)).to_contain_text("72")
    assert versions.evaluate(
        "(d) => d.scrollWidth <= d.clientWidth && d.getBoundingClientRect().right <= innerWidth"
    )
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+l")
    expect(page.locator("#changes .changes-head")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
