import pytest
from playwright.sync_api import Page, expect

from tests.browser.service import Service

pytestmark = pytest.mark.browser


def test_board_shows_planted_faults_with_reasons(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/desk/freshness")
    for word in ("已失效", "与其他条目冲突", "依据已变更", "已被取代", "链接失效"):
        expect(page.locator(".state-tiles")).to_contain_text(word)
    row = page.locator("tr[data-entry=faq-price-protect-promo]")
    expect(row).to_contain_text("依据已变更")
    expect(row).to_contain_text("“价格保护规则”")
    expect(row.get_by_role("link", name="查看")).to_have_attribute("href", "/entries/price-protect")


def test_filters_narrow_the_board(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/desk/freshness")
    page.locator(".tile", has_text="已被取代").click()
    expect(page.locator("tbody tr")).to_have_count(2)


def test_verifying_clears_an_overdue_review(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/desk/freshness?state=review_overdue")
    expect(page.locator("#board[data-ready]")).to_be_attached()
    row = page.locator("tr[data-entry=installment]")
    row.get_by_role("button", name="核实无误").click()
    expect(page.locator("tr[data-entry=installment]")).to_have_count(0)


def test_entry_page_shows_revisions_validity_and_a_past_day(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/entries/return-7-days")
    timeline = page.locator(".timeline li")
    expect(timeline).to_have_count(3)
    expect(page.locator(".timeline li.current")).to_contain_text("现行")
    page.get_by_label("看某一天有效的版本").fill("2025-03-01")
    page.get_by_role("button", name="查看").click()
    expect(page.locator("article.entry")).to_contain_text("2025-03-01")
    expect(page.locator(".timeline li.shown")).to_contain_text("版本 1")


def test_unknown_entry_is_a_friendly_404(service: Service, page: Page) -> None:
    answer = page.request.get(f"{service.base}/entries/no-such-entry")
    assert answer.status == 404


@pytest.mark.parametrize("context", [{"viewport": {"width": 360, "height": 740}}], indirect=True)
@pytest.mark.parametrize("path", ["/desk/entries", "/desk/freshness"])
def test_tables_become_cards_on_a_narrow_screen(service: Service, page: Page, path: str) -> None:
    page.goto(service.base + path)
    expect(page.locator("thead")).to_be_hidden()
    row = page.locator("tbody tr").first
    expect(row.locator(".chip").first).to_be_in_viewport()
    assert page.locator(".table-wrap").evaluate("box => box.scrollWidth - box.clientWidth") <= 0


def test_filters_that_find_nothing_can_be_cleared(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/desk/entries?q=没有这样的条目")
    expect(page.locator(".empty")).to_contain_text("没有符合条件的条目")
    page.locator(".empty").get_by_role("link", name="清除筛选").click()
    expect(page.locator("tbody tr").first).to_be_visible()


def test_a_superseded_entry_is_ended_not_upcoming(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/entries/install-ac-2024")
    expect(page.locator(".timeline li")).to_contain_text("已结束")
    expect(page.locator("article.entry")).to_contain_text("现在没有有效的版本")


def test_the_timeline_of_a_past_day_keeps_today_apart(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/entries/return-7-days?as_of=2025-03-01")
    rows = page.locator(".timeline li")
    expect(rows.nth(0)).to_contain_text("未生效")
    expect(rows.nth(1)).to_contain_text("现行")
    expect(rows.nth(2)).to_contain_text("当日有效")
    expect(rows.nth(2)).to_contain_text("2025-01-01 起，2026-06-01 失效")
    expect(page).to_have_title("七天无理由退货规则 · 2025-03-01 · 知客")


def test_a_reply_reads_with_words_for_variables_and_channels(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/entries/reply-invoice-heading")
    expect(page.locator(".prose h2").first).to_have_text("在线")
    expect(page.locator(".prose mark.slot").first).to_have_text("客户称呼")
    expect(page.locator(".prose")).not_to_contain_text("{{")


@pytest.mark.parametrize("context", [{"color_scheme": "dark"}], indirect=True)
def test_an_entry_prints_as_dark_text_without_controls(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/entries/return-7-days")
    page.emulate_media(media="print")
    expect(page.locator(".top")).to_be_hidden()
    expect(page.locator(".rail")).to_be_hidden()
    expect(page.locator(".print-foot")).to_contain_text("return-7-days")
    ink = page.evaluate("getComputedStyle(document.documentElement).colorScheme")
    assert ink == "light"
