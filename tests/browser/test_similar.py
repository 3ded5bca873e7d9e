"""Similar past cases and tables by scenario, by keyboard."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.service import Service

pytestmark = pytest.mark.browser

DROPS = "扫地机老是掉线,这周第三次打来了"


def ask(page: Page, service: Service, text: str) -> None:
    page.goto(f"{service.base}/agent")
    page.locator("#message").fill(text)
    expect(page.locator("#answers [role=option]").first).to_be_visible()
    expect(page.locator("#progress")).to_be_hidden()


def counted(page: Page) -> list[str]:
    """The searches for cases from now on."""
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if r.url.endswith("/cases/similar") else None)
    return asked


def test_cases_with_what_was_done_and_learned(service: Service, page: Page) -> None:
    ask(page, service, DROPS)
    page.keyboard.press("Alt+c")
    first = page.locator("#cases article").first
    expect(first).to_contain_text("扫地机掉线，一周三次来电")
    expect(first.locator(".case-scene mark").first).to_be_visible()
    expect(first.locator(".handling")).to_contain_text("先读两张工单")
    expect(first.locator(".outcome")).to_contain_text("两周没有掉线")
    expect(first.locator(".lesson")).to_contain_text("重复来电先看")
    expect(first.get_by_role("button", name="设备离线排查")).to_be_visible()
    expect(page.locator("#cases")).to_contain_text("不发给客户")


def test_arrows_move_and_enter_opens(service: Service, page: Page) -> None:
    ask(page, service, "冰箱里的东西都化了,要去曝光你们")
    page.keyboard.press("Alt+c")
    cards = page.locator("#cases article")
    expect(cards.first).to_be_visible()
    page.keyboard.press("Alt+c")
    expect(cards.first).to_be_focused()
    if cards.count() > 1:
        page.keyboard.press("ArrowDown")
        expect(cards.nth(1)).to_be_focused()
        page.keyboard.press("ArrowUp")
    expect(cards.first).to_be_focused()
    title = cards.first.locator("h3").inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("#reader article.entry h1")).to_have_text(title)
    page.keyboard.press("Escape")
    expect(page.locator("#message")).to_be_focused()


def test_no_case_goes_into_a_reply(service: Service, page: Page) -> None:
    ask(page, service, DROPS)
    before = page.locator("#reply").inner_text()
    page.keyboard.press("Alt+c")
    card = page.locator("#cases article").first
    expect(card).to_be_visible()
    names = card.get_by_role("button").all_inner_texts()
    assert names and not [name for name in names if "写入" in name or "复制" in name]
    card.get_by_role("button", name="设备离线排查").click()
    expect(page.locator("#reader article.entry h1")).to_contain_text("设备离线排查")
    assert page.locator("#reply").inner_text() == before
    expect(page.locator("#reply textarea.draft")).to_have_count(0)


def test_cases_are_asked_for_only_when_they_are_wanted(service: Service, page: Page) -> None:
    asked = counted(page)
    ask(page, service, "退款多久到账")
    expect(page.locator(".reply-body")).to_contain_text("工作日")
    page.evaluate("new Promise((then) => setTimeout(then))")  # behind what waits for its turn
    assert asked == []  # there is a sure answer, and nobody looks at cases
    page.keyboard.press("Alt+c")
    expect(page.locator("#cases article").first).to_be_visible()
    assert len(asked) == 1
    page.keyboard.press("Alt+a")
    page.keyboard.press("Alt+c")
    expect(page.locator("#cases article").first).to_be_visible()
    assert len(asked) == 1  # the same words are asked for once


def test_without_a_sure_answer_cases_are_looked_up_unasked(service: Service, page: Page) -> None:
    with page.expect_request("**/api/v1/cases/similar"):
        ask(page, service, "公积金能提出来买家电吗")
    expect(page.locator("#cases")).to_be_hidden()


def test_what_to_do_while_there_is_nothing(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/agent")
    expect(page.locator("#message")).to_be_focused()
    page.keyboard.press("Alt+c")
    expect(page.locator("#cases .empty")).to_contain_text("客户说话以后")
    page.route(
        "**/api/v1/cases/similar",
        lambda route: route.fulfill(json={"cases": [], "reliable": False, "degraded": False}),
    )
    page.locator("#message").fill("退款多久到账")
    expect(page.locator("#cases .empty")).to_contain_text("没有相似的案例")


def test_the_row_that_fits_is_marked_and_put_into_the_reply(service: Service, page: Page) -> None:
    ask(page, service, "手机能用多久 玩游戏呢")
    panel = page.locator(".scenario-panel")
    expect(panel.locator("tr.fits")).to_have_count(1)
    expect(panel.locator("tr.fits")).to_contain_text("连续玩大型游戏")
    expect(panel.locator("tr.fits .chip")).to_have_text("符合")
    page.keyboard.press("Alt+i")
    expect(panel.locator("tr.fits button")).to_be_focused()
    page.keyboard.press("Enter")
    draft = page.locator("#reply textarea.draft")
    expect(draft).to_be_focused()
    text = draft.input_value()
    assert "4 小时" in text and "5 小时" in text


def test_any_row_can_be_clicked(service: Service, page: Page) -> None:
    ask(page, service, "手机能用多久 玩游戏呢")
    page.locator(".scenario-panel tr", has_text="户外最高亮度").click()
    assert "6 小时" in page.locator("#reply textarea.draft").input_value()
    page.locator(".scenario-panel tr.fits button").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".scenario-panel tr", has_text="户外").locator("button")).to_be_focused()


def test_other_words_mark_another_row(service: Service, page: Page) -> None:
    ask(page, service, "手机能用多久 玩游戏呢")
    expect(page.locator(".scenario-panel tr.fits")).to_contain_text("连续玩大型游戏")
    page.locator("#message").fill("手机在户外看视频能用多久")
    expect(page.locator(".scenario-panel tr.fits")).to_contain_text("户外最高亮度")
    page.locator("#message").fill("门店附近好停车吗")
    expect(page.locator(".scenario-panel")).to_be_hidden()


@pytest.mark.parametrize("context", [{"viewport": {"width": 360, "height": 740}}], indirect=True)
def test_tables_stack_in_a_side_panel(service: Service, page: Page) -> None:
    ask(page, service, "手机能用多久 玩游戏呢")
    row = page.locator(".scenario-panel tr.fits")
    expect(row).to_be_visible()
    cells = [cell.bounding_box() for cell in row.locator("th, td:not(.act)").all()]
    tops = [box["y"] for box in cells if box]
    assert tops == sorted(tops) and len(set(tops)) == 3
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
