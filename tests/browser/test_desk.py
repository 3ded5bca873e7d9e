import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Service

pytestmark = pytest.mark.browser


def test_board_shows_planted_faults_with_reasons(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/desk/freshness")
    for word in ("已失效", "与其他条目冲突", "依据已变更", "已被取代", "链接失效"):
        expect(page.locator(".state-tiles")).to_contain_text(word)
    row = page.locator("tr[data-entry=faq-price-protect-promo]")
    expect(row).to_contain_text("依据已变更")
    expect(row).to_contain_text("「价格保护规则」")
    expect(row.get_by_role("link", name="查看")).to_have_attribute("href", "/entries/price-protect")


def test_filters_narrow_the_board(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/desk/freshness")
    page.locator(".tile", has_text="已被取代").click()
    expect(page.locator("tbody tr")).to_have_count(2)


def test_verifying_clears_an_overdue_review(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/desk/freshness?state=review_overdue")
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
