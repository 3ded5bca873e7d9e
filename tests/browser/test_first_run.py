import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.people import PASSWORD
from tests.browser.service import Service

pytestmark = pytest.mark.browser


def test_setup_link_works_once(
    service: Service, signed_in: dict[str, object], chromium: Browser
) -> None:
    page = chromium.new_page(locale="zh-CN")
    answer = page.goto(service.setup_link)
    assert answer is not None
    assert answer.status == 410
    expect(page.get_by_role("alert")).to_contain_text("已用过或已过期")
    page.close()


def test_sign_in_and_out(service: Service, signed_in: dict[str, object], chromium: Browser) -> None:
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(f"{service.base}/agent")
    expect(page).to_have_url(f"{service.base}/login?next=/agent")
    page.get_by_label("账号").fill("admin")
    page.get_by_label("密码").fill("wrong-password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("账号").fill("admin")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/agent")
    page.get_by_label("账号").click()
    page.get_by_role("button", name="退出登录").click()
    page.goto(f"{service.base}/desk/freshness")
    expect(page).to_have_url(f"{service.base}/login?next=/desk/freshness")
    context.close()


def test_language_switch_changes_words_and_stays(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/agent")
    page.get_by_title("切换语言").click()
    expect(page.get_by_role("tab", name="Answers")).to_be_visible()
    page.goto(f"{service.base}/desk/freshness")
    expect(page.get_by_role("heading", name="Freshness")).to_be_visible()
