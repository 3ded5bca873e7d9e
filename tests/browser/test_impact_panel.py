"""The impact preview as editors and reviewers see it, on content being written and on a version."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.service import Api, Service

pytestmark = pytest.mark.browser
MUST_HIT = ["买回来不喜欢能退么", "冰箱不想要了可以退掉吗"]
REWRITTEN = {
    "kind": "policy",
    "title": "赠品兑换说明",
    "body": "赠品在活动结束后 7 个工作日内寄出。双11大促下单的商品，价格保护期为签收后 20 天。\n\n"
    "另见[旧的说明](kb:no-such-entry)。",
}
# The first preview of a service waits until the questions were asked of what is in force.
FIRST_ANSWER = 120_000

# Mounts the panel beside a field that stands for the editor: what is typed there is the title.
MOUNT = """async ([base, entryId, content, revision]) => {
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = `${base}/css/desk/impact.css`;
  const field = document.createElement("input");
  field.ariaLabel = "标题";
  field.value = content?.title ?? "";
  const panel = document.createElement("section");
  document.head.append(style);
  document.querySelector("main").replaceChildren(field, panel);
  const { mountImpact } = await import(`${base}/js/desk/impact_panel.js`);
  mountImpact(panel, { entryId, step: () => "publish", onResult: (found) => { window.told = found; },
    ...(content ? { content: () => ({ ...content, title: field.value }) } : { revision }) });
}"""
Mount = Callable[..., Locator]


@pytest.fixture(scope="module", autouse=True)
def questions(api: Api) -> None:
    """Two questions that the return policy must answer."""
    for text in MUST_HIT:
        api.post("/questions", {"text": text, "expects": ["return-7-days"], "must_hit": True})


def mount_on(
    page: Page, service: Service, entry: str | None, content: Any, revision: int
) -> Locator:
    """The panel on an otherwise empty page."""
    page.goto(f"{service.base}/desk/test?view=batch")
    expect(page.locator(".hit")).to_have_attribute("data-ready", "true")
    script = page.locator("script[src*=hit_batch]").get_attribute("src")
    assert script
    page.evaluate(MOUNT, [script.rpartition("/js/")[0], entry, content, revision])
    return page.locator(".impact")


@pytest.fixture
def mount(service: Service, page: Page) -> Mount:
    """Shows the panel for an entry: with the content being written, or for a stored version."""

    def show(entry: str | None, content: Any = None, revision: int = 0) -> Locator:
        return mount_on(page, service, entry, content, revision)

    return show


def answered(panel: Locator) -> Locator:
    """The verdict, once it is there."""
    verdict = panel.locator(".impact-verdict")
    expect(verdict).to_be_visible(timeout=FIRST_ANSWER)
    expect(panel).not_to_have_attribute("aria-busy", "true", timeout=FIRST_ANSWER)
    return verdict


def test_the_verdict_comes_first_and_broken_questions_show_both_answers(
    page: Page, mount: Mount
) -> None:
    panel = mount("return-7-days", REWRITTEN)
    expect(panel).to_contain_text("发布之前，先看看会影响什么")
    panel.get_by_role("button", name="计算影响").click()
    expect(panel.get_by_role("heading", name="影响预览")).to_be_focused()
    verdict = answered(panel)
    expect(verdict).to_have_attribute("data-verdict", "blocked")
    expect(verdict).to_contain_text("2 个必中问题会失效")
    expect(verdict).to_contain_text("→ 不能直接发布")
    expect(panel.locator(".impact-took")).to_contain_text("对比")
    broken = panel.locator("[data-group=broken]")
    expect(broken).to_have_attribute("open", "")
    row = broken.locator(".impact-q", has_text=MUST_HIT[0])
    before, after = row.locator(".impact-side").all()
    expect(before).to_contain_text("七天无理由退货规则")
    expect(before).to_contain_text("本条目")
    expect(before).to_contain_text("把握高")
    expect(after).not_to_contain_text("七天无理由退货规则")
    expect(row).to_contain_text("应由这条回答：")
    expect(row.locator(".impact-asked")).to_have_attribute(
        "href", f"/desk/test?q={quote_plus(MUST_HIT[0])}"
    )
    conflict = panel.locator("[data-group=conflicts] .impact-row", has_text="价格保护规则").first
    expect(conflict).to_contain_text("20 天 ↔ 15 天")
    expect(conflict.locator("blockquote")).to_have_count(2)
    expect(conflict.locator("mark")).to_have_text(["20 天", "15 天"])
    expect(panel.locator("[data-group=unresolved]")).to_contain_text("no-such-entry")
    assert page.evaluate("window.told.blocked") is True
    for question in panel.locator("[data-group=lost] .impact-asked").all_inner_texts():
        assert question not in MUST_HIT  # said once, where it matters most


def test_groups_open_by_keyboard_and_long_ones_in_parts(page: Page, mount: Mount) -> None:
    panel = mount("return-7-days", REWRITTEN)
    panel.get_by_role("button", name="计算影响").press("Enter")
    answered(panel)
    marked = panel.locator("[data-group=marked]")
    expect(marked).not_to_have_attribute("open", "")
    panel.locator(".impact-counts").get_by_role("button", name="要跟着改").press("Enter")
    expect(marked).to_have_attribute("open", "")
    expect(marked.locator("summary")).to_be_focused()
    rows = marked.locator(".impact-row")
    expect(rows).to_have_count(5)
    marked.get_by_role("button", name="再看").press("Enter")
    assert rows.count() > 5
    expect(rows.nth(5).get_by_role("link")).to_be_focused()
    panel.locator("[data-group=broken] > summary").press("End")
    expect(panel.locator(".impact-group > summary").last).to_be_focused()
    page.keyboard.press("Home")
    expect(panel.locator("[data-group=broken] > summary")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(panel.locator(".impact-group > summary").nth(1)).to_be_focused()


def test_a_result_of_an_older_content_says_so(page: Page, mount: Mount) -> None:
    panel = mount("return-7-days", REWRITTEN)
    panel.get_by_role("button", name="计算影响").click()
    answered(panel)
    page.get_by_label("标题").fill("七天无理由退货")
    expect(panel.locator(".impact-stale")).to_contain_text("算完之后内容又改了")
    page.get_by_label("标题").fill(str(REWRITTEN["title"]))
    expect(panel.locator(".impact-stale")).to_have_count(0)
    page.get_by_label("标题").fill("七天无理由退货")
    panel.locator(".impact-stale").get_by_role("button", name="重新计算").click()
    answered(panel)
    expect(panel.locator(".impact-stale")).to_have_count(0)
    expect(panel.get_by_role("heading", name="影响预览")).to_be_focused()


def test_what_changes_no_answer_may_be_published(mount: Mount) -> None:
    notice = {
        "kind": "guide",
        "title": "年会座位安排",
        "audience": "internal",
        "body": "年会在三楼报告厅，按部门入座。",
    }
    panel = mount(None, notice)
    panel.get_by_role("button", name="计算影响").click()
    verdict = answered(panel)
    expect(verdict).to_have_attribute("data-verdict", "free")
    expect(verdict).to_contain_text("没有问题受影响 → 可以发布")
    expect(panel.locator(".impact-group")).to_have_count(0)


def test_a_stored_version_is_asked_about_at_once(mount: Mount) -> None:
    panel = mount("return-quality", revision=1)
    verdict = answered(panel)
    expect(verdict).to_have_attribute("data-verdict", "free")
    expect(panel.locator("[data-group=broken]")).to_have_count(0)
    expect(panel.locator("[data-group=marked] .impact-row").first).to_contain_text("以本条目为依据")


def test_a_new_entry_that_repeats_another_is_told(mount: Mount) -> None:
    refund = {
        "kind": "faq",
        "title": "退款多久能到账？",
        "questions": ["退款什么时候到账？"],
        "body": "退款审核通过后原路退回。",
    }
    panel = mount(None, refund)
    panel.get_by_role("button", name="计算影响").click()
    answered(panel)
    group = panel.locator("[data-group=duplicates]")
    same = group.locator("li", has=group.page.locator("a[href*='refund-timing']"))
    expect(same).to_contain_text("问法一样")
    expect(same.locator("blockquote")).to_have_count(2)


def test_faults_are_named_and_what_is_shown_stays(
    service: Service, context: BrowserContext
) -> None:
    page = context.new_page()
    panel = mount_on(page, service, "return-7-days", {**REWRITTEN, "title": ""}, 0)
    panel.get_by_role("button", name="计算影响").click()
    fault = panel.get_by_role("alert")
    expect(fault).to_contain_text("先改好这些地方，再计算影响", timeout=FIRST_ANSWER)
    expect(fault.locator("li")).to_have_count(1)
    page.get_by_label("标题").fill("赠品兑换说明")
    fault.get_by_role("button", name="重试").click()
    answered(panel)
    context.set_offline(True)
    panel.get_by_role("button", name="重新计算").click()
    expect(panel.get_by_role("alert")).to_contain_text("连不上服务")
    expect(panel.locator(".impact-verdict")).to_be_visible()
    context.set_offline(False)
    panel.get_by_role("alert").get_by_role("button", name="重试").click()
    expect(panel.get_by_role("alert")).to_have_count(0)
    answered(panel)
