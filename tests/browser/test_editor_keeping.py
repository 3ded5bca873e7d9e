"""What is written is not lost: saved by itself, offered again, merged with what others wrote."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.people import Colleague, sign_in
from tests.browser.service import Service
from tests.browser.writing import body, kept, taken_up, write

pytestmark = pytest.mark.browser

ENTRY = "return-7-days"
EDIT = f"/desk/entries/{ENTRY}/edit"


@pytest.fixture(scope="module")
def first(service: Service, chromium: Browser) -> Colleague:
    return sign_in(service, chromium, "ink", "墨编辑", "editor")


@pytest.fixture(scope="module")
def second(service: Service, chromium: Browser) -> Colleague:
    return sign_in(service, chromium, "quill", "羽编辑", "editor")


def swap(page: Page, old: str, new: str) -> None:
    """Writes `new` for `old` in the text."""
    text = body(page)
    assert old in text
    page.locator("#editor-body").fill(text.replace(old, new))


def add(page: Page, text: str) -> None:
    """Types `text` on a line of its own at the end."""
    page.locator("#editor-body").press("Control+End")
    page.keyboard.type(f"\n{text}")


def stored(colleague: Colleague, key: str) -> str:
    """The text that the service keeps as being written."""
    draft = colleague.api("GET", f"/working/{key}")
    return str(draft["state"]["content"]["body"])


def drafts(colleague: Colleague) -> list[str]:
    return [draft["key"] for draft in colleague.api("GET", "/working")["drafts"]]


def test_what_was_typed_is_offered_on_coming_back(first: Colleague) -> None:
    page = write(first, "/desk/entries/shipping-time/edit")
    before = body(page)
    page.locator("#editor-body").press("Control+End")
    page.keyboard.type("\n春节期间另行通知。")
    page.keyboard.press("Alt+2")
    page.locator("#field-tags").fill("春节,")
    kept(page)
    page.goto(first.service.base + "/desk/entries")
    page.goto(first.service.base + "/desk/entries/shipping-time/edit")
    taken_up(page)
    assert body(page) == before
    notice = page.locator("[data-notice=restore]")
    expect(notice).to_contain_text("写了一些，还没有存成版本")
    notice.get_by_role("button", name="接着写").click()
    assert body(page) == before + "\n春节期间另行通知。"
    page.keyboard.press("Alt+2")
    expect(page.locator("[data-field=tags] .chips")).to_contain_text("春节")
    page.keyboard.press("Control+s")
    expect(page.locator("#editor-saved")).to_contain_text("已存为版本")
    assert "shipping-time" not in drafts(first)
    page.reload()
    taken_up(page)
    expect(page.locator("[data-notice=restore]")).to_have_count(0)
    assert body(page).endswith("春节期间另行通知。")
    page.close()


def test_a_new_entry_is_taken_up_again_and_a_reload_loses_nothing(first: Colleague) -> None:
    page = write(first, "/desk/entries/new?kind=case")
    assert body(page).startswith("## 场景\n")
    page.locator("#editor-title").fill("雨天送货")
    page.locator("#editor-body").press("Control+End")
    page.keyboard.type("客户满意。")
    written = body(page)
    page.reload()  # before the pause of the autosave is over
    taken_up(page)
    expect(page.locator("[data-notice=restore]")).to_contain_text("已恢复您在")
    assert body(page) == written
    expect(page.locator("#editor-title")).to_have_value("雨天送货")
    kept(page)
    other = write(first, "/desk/entries/new")
    offered = other.locator("[data-notice=others]").get_by_role("button", name="雨天送货")
    offered.click()
    expect(other.locator("#editor-title")).to_have_value("雨天送货")
    taken_up(other)
    other.get_by_role("button", name="另写一条").click()
    expect(other.locator("#editor-title")).to_have_value("")
    taken_up(other)
    assert not [key for key in drafts(first) if key.startswith("new-")]
    page.close()
    other.close()


def test_what_was_typed_before_an_old_draft_came_stays(first: Colleague) -> None:
    page = write(first, "/desk/entries/new?kind=faq")
    page.locator("#editor-title").fill("先前写的")
    kept(page)
    held: list[Route] = []
    page.route("**/api/v1/working", lambda route: held.append(route), times=1)
    with page.expect_request("**/api/v1/working"):
        page.reload(wait_until="domcontentloaded")
    page.locator("#editor-title").fill("刚才写的")
    held.pop().continue_()
    taken_up(page)
    expect(page.locator("#editor-title")).to_have_value("刚才写的")
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("[data-notice=restore]").get_by_role("button", name="接着写").click()
    expect(page.locator("#editor-title")).to_have_value("先前写的")
    page.close()


def test_words_typed_after_a_message_without_an_answer_are_restored(first: Colleague) -> None:
    page = write(first, "/desk/entries/new?kind=faq")
    arrived: list[object] = []

    def unanswered(route: Route) -> None:
        if route.request.method != "PUT":
            route.continue_()
            return
        if not arrived:
            arrived.append(route.fetch())
        route.abort()

    page.route("**/api/v1/working/new-*", unanswered)
    page.locator("#editor-title").fill("雪天送货")
    page.locator("#editor-body").focus()  # leaving the title sends it
    expect(page.locator("#editor-saved")).to_contain_text("离线")
    add(page, "顺延一天。")
    page.locator("#editor-title").focus()
    expect(page.locator("#editor-saved")).to_contain_text("离线")
    written = body(page)
    page.reload()
    page.unroute_all()
    taken_up(page)
    expect(page.locator("[data-notice=restore]")).to_contain_text("已恢复您在")
    assert body(page) == written
    kept(page)
    page.get_by_role("button", name="另写一条").click()
    taken_up(page)
    page.close()


def test_offline_it_stays_on_this_computer(first: Colleague) -> None:
    page = write(first, "/desk/entries/refund-timing/edit")
    page.context.set_offline(True)
    page.locator("#editor-body").press("Control+End")
    page.keyboard.type("\n离线时写的。")
    expect(page.locator("#editor-saved")).to_contain_text("离线")
    expect(page.locator("#editor-preview-state")).to_contain_text("连不上服务")
    page.keyboard.press("Control+s")
    expect(page.locator(".toast")).to_contain_text("连不上服务")
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    kept(page)
    expect(page.locator("#editor-preview-state")).to_be_empty()
    expect(page.locator("#editor-preview")).to_contain_text("离线时写的。")
    local = "Object.keys(localStorage).filter((key) => key.includes('refund-timing'))"
    assert page.evaluate(local) == []
    page.close()


def test_two_windows_of_one_person_choose(first: Colleague) -> None:
    left = write(first, "/desk/entries/order-cancel/edit")
    right = write(first, "/desk/entries/order-cancel/edit")
    left.locator("#editor-body").press("Control+End")
    left.keyboard.type("\n左边写的。")
    kept(left)
    right.locator("#editor-body").press("Control+End")
    right.keyboard.type("\n右边写的。")
    notice = right.locator("[data-notice=newer]")
    expect(notice).to_contain_text("在另一个窗口存过")
    assert body(right).endswith("右边写的。")
    notice.get_by_role("button", name="用那边的").click()
    assert body(right).endswith("左边写的。")
    left.close()
    right.close()


def test_a_draft_on_offer_stays_until_somebody_chose(first: Colleague) -> None:
    path = "/desk/entries/ac-filter-clean/edit"
    page = write(first, path)
    add(page, "先写的。")
    kept(page)
    page.close()
    page = write(first, path)
    add(page, "后写的。")
    expect(page.locator("#editor-saved")).to_contain_text("等您选好一份")
    assert stored(first, "ac-filter-clean").endswith("先写的。")
    notice = page.locator("[data-notice=restore]")
    page.once("dialog", lambda dialog: dialog.dismiss())
    notice.get_by_role("button", name="接着写").click()
    assert body(page).endswith("后写的。")
    page.once("dialog", lambda dialog: dialog.accept())
    notice.get_by_role("button", name="接着写").click()
    assert body(page).endswith("先写的。")
    expect(notice).to_have_count(0)
    add(page, "接着写的。")
    kept(page)
    assert stored(first, "ac-filter-clean").endswith("先写的。\n接着写的。")
    page.close()


def test_what_is_typed_while_saving_or_choosing_is_kept(first: Colleague) -> None:
    page = write(first, "/desk/entries/address-change/edit")
    held: list[Route] = []
    page.route("**/api/v1/entries/address-change", lambda route: held.append(route))
    add(page, "存的。")
    with page.expect_request(
        lambda request: request.method == "PUT" and "/entries/" in request.url
    ):
        page.keyboard.press("Control+s")
    page.keyboard.type("边存边写。")
    held.pop().continue_()
    expect(page.locator("#editor-saved")).to_contain_text("已存为版本")
    kept(page)
    assert stored(first, "address-change").endswith("存的。边存边写。")
    page.close()
    page = write(first, "/desk/entries/address-change/edit")
    add(page, "换个写法。")
    page.locator("[data-notice=restore]").get_by_role("button", name="放弃").click()
    kept(page)
    assert stored(first, "address-change").endswith("存的。\n换个写法。")
    page.close()


def test_a_window_that_waits_for_a_choice_loses_nothing(first: Colleague) -> None:
    path = "/desk/entries/account-deletion/edit"
    left, right = write(first, path), write(first, path)
    add(left, "左边写的。")
    kept(left)
    add(right, "右边写的。")
    expect(right.locator("[data-notice=newer]")).to_be_visible()
    add(right, "右边再写。")
    expect(right.locator("#editor-saved")).to_contain_text("等您选好一份")
    right.locator("#editor-title").focus()  # leaving the text keeps it at once
    right.close()
    left.close()
    page = write(first, path)
    notice = page.locator("[data-notice=restore]")
    notice.get_by_role("button", name="接着写").click()
    assert body(page).endswith("右边写的。\n右边再写。")
    notice.get_by_role("button", name="放弃").click()  # that of the left
    expect(notice).to_have_count(0)
    kept(page)
    assert stored(first, "account-deletion").endswith("右边再写。")
    local = "Object.keys(localStorage).filter((key) => key.includes('account-deletion'))"
    assert page.evaluate(local) == []
    page.close()


def test_a_revision_leaves_what_another_window_is_writing(first: Colleague) -> None:
    path = "/desk/entries/coupon-rule/edit"
    left, right = write(first, path), write(first, path)
    add(left, "左边写的。")
    kept(left)
    add(right, "右边写的。")
    newer = right.locator("[data-notice=newer]")
    newer.get_by_role("button", name="用这里的").click()
    kept(right)
    left.bring_to_front()
    left.keyboard.press("Control+s")
    expect(left.locator("#editor-saved")).to_contain_text("已存为版本")
    assert stored(first, "coupon-rule").endswith("右边写的。")
    add(left, "左边再写。")
    expect(left.locator("[data-notice=newer]")).to_be_visible()
    left.keyboard.press("Control+s")
    expect(left.locator("[data-notice=newer]")).to_have_count(0)
    assert stored(first, "coupon-rule").endswith("右边写的。")
    left.close()
    right.close()


def test_a_new_entry_kept_on_this_computer_alone_is_found(first: Colleague) -> None:
    page = write(first, "/desk/entries/new?kind=faq")
    page.context.set_offline(True)
    page.locator("#editor-title").fill("断网时写的")
    expect(page.locator("#editor-saved")).to_contain_text("离线")
    page.close()
    first.context.set_offline(False)
    page = write(first, "/desk/entries/new")
    page.locator("[data-notice=others]").get_by_role("button", name="断网时写的").click()
    expect(page.locator("#editor-title")).to_have_value("断网时写的")
    page.close()


def test_two_editors_merge_with_nothing_lost(first: Colleague, second: Colleague) -> None:
    mine, theirs = write(second, EDIT), write(first, EDIT)
    swap(theirs, "客户须在 5 天内", "客户须在 7 天内")
    swap(theirs, "手机激活后不支持", "手机激活后一律不支持")
    theirs.locator("#editor-title").fill("退货规则（墨）")
    theirs.keyboard.press("Control+s")
    expect(theirs.locator("#editor-saved")).to_contain_text("已存为版本 4")

    swap(mine, "客户须在 5 天内", "客户须在 3 天内")
    swap(mine, "小程序的订单规则相同。", "小程序的订单规则相同。\n海外订单另有规则。")
    mine.locator("#editor-title").fill("退货规则（羽）")
    mine.keyboard.press("Alt+2")
    mine.locator("#field-tags").fill("海外,")
    mine.keyboard.press("Control+s")
    sheet = mine.get_by_role("dialog", name="合并两边的改动")
    expect(sheet).to_contain_text("墨编辑")
    expect(sheet.locator(".merge-count")).to_have_text("还有 2 处要选")
    mine.keyboard.press("Escape")  # later: nothing is lost by leaving
    expect(mine.locator("[data-notice=merge]")).to_contain_text("您写的都在")
    assert "客户须在 3 天内" in body(mine)
    mine.locator("[data-notice=merge]").get_by_role("button").click()
    expect(sheet.locator(".merge-count")).to_have_text("还有 2 处要选")
    mine.keyboard.press("Control+Enter")  # not all is chosen yet: it leads there
    expect(sheet.locator(".merge-card.undecided").first).to_be_focused()
    mine.keyboard.press("1")
    mine.keyboard.press("n")
    mine.keyboard.press("3")
    expect(sheet.locator(".merge-count")).to_have_text("都选好了")
    mine.keyboard.press("4")
    own = sheet.get_by_label("自己改")
    both = own.input_value()
    assert "3 天内" in both
    assert "7 天内" in both
    own.fill(both.split("\n")[0].replace("3 天内", "5 个工作日内"))
    mine.keyboard.press("Control+Enter")
    expect(mine.locator("#editor-saved")).to_have_text("已存为版本 5")

    stored = second.api("GET", f"/entries/{ENTRY}?revision=5")
    text = stored["content"]["body"]
    for wanted in ("5 个工作日内", "海外订单另有规则。", "手机激活后一律不支持"):
        assert wanted in text
    assert stored["content"]["title"] == "退货规则（羽）"
    assert "海外" in stored["content"]["tags"]
    assert body(mine) == text
    numbers = {row["number"]: row for row in stored["revisions"]}
    assert numbers[4]["title"] == "退货规则（墨）"  # theirs stays on record
    assert numbers[5]["author"] == "羽编辑"

    theirs.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(theirs.locator("[data-notice=stale]")).to_contain_text("羽编辑")
    mine.close()
    theirs.close()


def test_what_is_typed_while_both_are_put_together_is_kept(
    first: Colleague, second: Colleague
) -> None:
    path = "/desk/entries/invoice-rule/edit"
    mine, theirs = write(first, path), write(second, path)
    for page, title in ((theirs, "羽的标题"), (mine, "墨的标题")):
        page.locator("#editor-title").fill(title)
    theirs.keyboard.press("Control+s")
    expect(theirs.locator("#editor-saved")).to_contain_text("已存为版本")
    held: list[Route] = []
    mine.route("**/merge", lambda route: held.append(route), times=1)
    with mine.expect_request("**/merge"):
        mine.keyboard.press("Control+s")
    add(mine, "合并时写的。")
    held.pop().continue_()
    expect(mine.get_by_role("dialog", name="合并两边的改动")).to_be_visible()
    mine.keyboard.press("1")
    mine.keyboard.press("Control+Enter")
    expect(mine.locator("#editor-saved")).to_contain_text("已存为版本")
    latest = first.api("GET", "/entries/invoice-rule")["latest"]
    stored = first.api("GET", f"/entries/invoice-rule?revision={latest}")["content"]
    assert stored["title"] == "墨的标题"
    assert "合并时写的。" in stored["body"]
    mine.close()
    theirs.close()


def test_an_empty_conflict_asks_nothing(first: Colleague, second: Colleague) -> None:
    """Somebody only confirmed the entry meanwhile: there is nothing to choose."""
    page = write(first, "/desk/entries/price-protect/edit")
    second.api("POST", "/entries/price-protect/verify", {})
    page.locator("#editor-body").press("Control+End")
    page.keyboard.type("\n以订单页为准。")
    page.keyboard.press("Control+s")
    expect(page.locator("#editor-saved")).to_contain_text("已存为版本")
    expect(page.locator("#editor-merge")).to_be_hidden()
    stored: dict[str, Any] = first.api("GET", "/entries/price-protect")
    newest = first.api("GET", f"/entries/price-protect?revision={stored['latest']}")
    assert newest["content"]["body"].endswith("以订单页为准。")
    assert json.dumps(newest["content"]["tags"]) == json.dumps(stored["content"]["tags"])
    page.close()
