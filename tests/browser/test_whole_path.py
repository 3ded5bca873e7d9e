"""The whole path of a rule that changes, by the pages alone: written, reviewed, live, taken back.

The editor Xie and the reviewer Zhou, whom the rule waits for, have a browser each; Fang reviews,
too, and Li answers customers. The steps are one story and run in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Desk
from tests.browser.people import Colleague, faults_of, sign_in, walk_to
from tests.browser.service import Service
from tests.browser.writing import body, kept, put, taken_up

pytestmark = pytest.mark.browser

RULE = "damage-claim"
FOLLOWS, STANDS = "faq-damage-report", "fridge-first-use"  # what rests on the rule
QUESTION = "照片发过去多久给处理方案"
OLD, NEW = "4 小时内给出处理方案", "2 小时内给出处理方案"
TRY_OUT = "新时限先内部试行"
REASON = "客户要能看到这条，受众请改回“客户”；从哪一刻开始按 2 小时算，请写进“生效”。"
MENDED = "受众改回客户，写明了生效时刻"
PAST = "2026-01-05"
SITE = ZoneInfo("Asia/Shanghai")
VERDICT = "#review-impact .impact-verdict"
FIRST_ANSWER = 120_000  # the questions are asked of what is in force first


@dataclass
class Story:
    """Who takes part, and what the steps so far have come to."""

    service: Service
    editor: Colleague
    reviewer: Colleague
    other: Colleague
    begins: str = ""  # when the new rule takes effect: 2026-01-31 09:30, in the site's time
    sent_back: int = 0
    scheduled: int = 0
    restored: int = 0
    faults: list[list[str]] = field(default_factory=list)

    def open(self, person: Colleague, path: str) -> Page:
        """A page of theirs that listens; a script or console error on it fails the step."""
        page = person.context.new_page()
        self.faults.append(faults_of(page))
        page.goto(self.service.base + path)
        listens(page)
        return page


@pytest.fixture(scope="module")
def story(service: Service, chromium: Browser) -> Iterator[Story]:
    editor = sign_in(service, chromium, "xie", "谢编辑", "editor")
    reviewer = sign_in(service, chromium, "zhou", "周审核", "reviewer")
    other = sign_in(service, chromium, "fang", "方审核", "reviewer")
    yield Story(service, editor, reviewer, other)
    for person in (editor, reviewer, other):
        person.context.close()


@pytest.fixture(autouse=True)
def without_faults(story: Story) -> Iterator[None]:
    yield
    found = [fault for faults in story.faults for fault in faults]
    story.faults.clear()
    assert found == []


def listens(page: Page) -> None:
    """Waits until a page of the desk takes keys and has weighed the version that it shows.

    Whoever leaves before that has the next preview wait for this one, which the console logs.
    """
    if "/desk" in page.url:
        expect(page.locator("main [data-ready]").first).to_be_attached()
        if page.locator("#review-impact").is_visible():
            expect(page.locator(VERDICT)).to_be_visible(timeout=FIRST_ANSWER)


def task(page: Page) -> Locator:
    """The rule among somebody's tasks, beside what is said about it."""
    return page.locator(f".task[data-id={RULE}]:not([data-task=comment])")


def comes(page: Page, wanted: Locator) -> None:
    """Reloads until it is there: what another worker changed is shown a moment later."""
    for _ in range(150):
        if wanted.count():
            return
        page.wait_for_timeout(1000)
        page.reload()
        listens(page)
    raise AssertionError(f"never came: {wanted}")


def take_up(page: Page, number: int) -> None:
    """Opens a version from the tasks by keys."""
    comes(page, task(page))
    walk_to(page, task(page))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/entries/{RULE}/revisions/{number}")
    listens(page)


def step(page: Page, name: str, note: str = "") -> None:
    """Takes a step of the review and waits for the page that it leads to."""
    page.keyboard.press("s")
    expect(page.locator(".steps button").first).to_be_focused()
    page.get_by_role("button", name=name, exact=True).press("Enter")
    sheet = page.locator("dialog[open]")
    if note:
        expect(sheet.locator("#step-note")).to_be_focused()
        page.keyboard.type(note)
    sheet.get_by_role("button", name=name, exact=True).press("Enter")
    page.wait_for_url("**done=*", timeout=60_000)
    listens(page)


def submit(page: Page, note: str) -> None:
    """Hands in what is being written, by keys, and goes on to its review page."""
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("改了什么（给审核人看）")).to_be_focused()
    page.keyboard.type(note)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="看审核页")).to_be_focused()


def reviewed(page: Page) -> int:
    """Opens the review page of what was handed in; the version's number."""
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/entries/{RULE}/revisions/*")
    listens(page)
    return int(page.url.partition("/revisions/")[2].partition("?")[0])


def next_minute() -> datetime:
    """The full minute to schedule for: far enough for review, impact and approval to be through."""
    soon = datetime.now(SITE) + timedelta(seconds=60)
    return (soon + timedelta(minutes=1)).replace(second=0, microsecond=0)


def test_the_reviewer_keeps_a_question_that_the_rule_must_answer(story: Story) -> None:
    page = story.open(story.reviewer, "/desk/test")
    page.get_by_label("问题", exact=True).fill(QUESTION)
    page.keyboard.press("Enter")
    first = page.locator(".hit-result").first
    expect(first).to_have_attribute("data-entry", RULE, timeout=FIRST_ANSWER)
    page.keyboard.press("Alt+s")
    expect(page.locator("#toasts")).to_contain_text("已存为必中问题")


def test_the_editor_changes_a_figure_and_hands_it_in(story: Story) -> None:
    page = story.open(story.editor, f"/entries/{RULE}")
    page.get_by_role("link", name="编辑", exact=True).press("Enter")
    taken_up(page)
    assert OLD in body(page)
    put(page, body(page).replace(OLD, NEW))
    expect(page.locator("#editor-preview")).to_contain_text(NEW)
    page.keyboard.press("Alt+2")
    page.locator("input[name=audience][value=internal]").check()
    kept(page)
    submit(page, TRY_OUT)
    story.sent_back = reviewed(page)
    expect(page.locator(".review-head")).to_contain_text("待审")
    expect(page.locator(".steps")).to_contain_text("需要审核人来做")
    expect(page.get_by_role("button", name="通过", exact=True)).to_have_count(0)


def test_the_reviewer_compares_comments_and_sends_it_back(story: Story) -> None:
    page = story.open(story.reviewer, "/desk")
    comes(page, task(page).filter(has_text="等我审核"))
    take_up(page, story.sent_back)
    expect(page.locator(VERDICT)).to_have_attribute("data-verdict", "blocked")
    expect(page.locator("#review-impact [data-group=broken]")).to_contain_text(QUESTION)
    page.keyboard.press("2")
    page.wait_for_url("**view=side*")
    listens(page)
    changed = page.locator(".side tr.changed")
    expect(changed.locator("del")).to_have_text("4")
    expect(changed.locator("ins")).to_have_text("2")
    page.keyboard.press("1")
    page.wait_for_url("**view=inline*")
    listens(page)
    expect(page.locator("[data-field=audience] ins")).to_be_visible()

    page.locator(".review-prose p", has_text="给出处理方案").evaluate(
        "element => getSelection().selectAllChildren(element)"
    )
    page.keyboard.press("c")
    expect(page.locator(".composer textarea")).to_be_focused()
    page.keyboard.type("夜间提交的还是次日 12:00 前吗？")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".threads > li")).to_contain_text("次日 12:00 前吗？")
    step(page, "退回", REASON)
    expect(page.locator("#review-done")).to_be_focused()


def test_the_editor_reads_why_answers_and_hands_it_in_again(story: Story) -> None:
    page = story.open(story.editor, "/desk")
    comes(page, task(page).filter(has_text="周审核 退回"))
    expect(task(page)).to_contain_text(REASON)
    talk = page.locator(f".task[data-id={RULE}][data-task=comment]")
    expect(talk).to_contain_text("周审核 说：夜间提交的还是次日 12:00 前吗？")
    walk_to(page, task(page))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/entries/{RULE}/edit")
    taken_up(page)
    expect(page.locator("#editor-notices")).to_contain_text(REASON)
    page.get_by_role("link", name="看评论和对比").press("Enter")
    page.wait_for_url(f"**/desk/entries/{RULE}/revisions/{story.sent_back}")
    listens(page)
    expect(page.locator("#review-notices")).to_contain_text(REASON)
    page.keyboard.press("]")
    page.keyboard.press("r")
    expect(page.locator(".thread .composer textarea")).to_be_focused()
    page.keyboard.type("是，夜间的不变。")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".threads > li")).to_contain_text("是，夜间的不变。")
    page.get_by_role("link", name="编辑", exact=True).first.press("Enter")
    taken_up(page)
    page.keyboard.press("Alt+2")
    page.locator("input[name=audience][value=customer]").check()
    begins = next_minute()
    story.begins = f"{begins:%Y-%m-%d %H:%M}"
    page.get_by_label("生效", exact=True).fill(f"{begins:%Y-%m-%d}")
    page.get_by_label("生效的时刻").fill(f"{begins:%H:%M}")
    expect(page.locator("#note-effective_from")).to_contain_text(f"排期：发布后等到 {story.begins}")
    kept(page)
    submit(page, MENDED)
    story.scheduled = reviewed(page)
    expect(page.get_by_role("button", name="通过", exact=True)).to_have_count(0)


def test_the_reviewer_sees_the_impact_approves_and_schedules(story: Story) -> None:
    page = story.open(story.reviewer, "/desk")
    take_up(page, story.scheduled)
    expect(page.locator(VERDICT)).to_have_attribute("data-verdict", "careful")
    marked = page.locator("#review-impact [data-group=marked]")
    row = marked.locator(".impact-row", has=page.locator(f"a[href*={FOLLOWS}]"))
    expect(row.locator("del")).to_contain_text("4")
    expect(row.locator("ins")).to_contain_text("2")
    expect(page.locator(".threads > li")).to_contain_text("是，夜间的不变。")
    page.keyboard.press("]")
    page.keyboard.press("e")
    expect(page.locator("mark.quoted:not(.done)")).to_have_count(0)
    step(page, "通过")
    step(page, "排期发布", "短信通知同一时刻发出")
    expect(page.locator(".review-head")).to_contain_text("排期中")
    expect(page.locator("#review-ripple")).to_contain_text("依据已变更")
    reader = story.open(story.editor, f"/entries/{RULE}")
    expect(reader.locator("article.entry")).to_contain_text(OLD)


def test_when_the_minute_has_come_readers_and_agents_get_the_new_figure(
    story: Story, desk: Desk
) -> None:
    page = story.open(story.editor, f"/entries/{RULE}")
    shown = page.locator("article.entry")
    comes(page, shown.filter(has_text=NEW))
    assert f"{datetime.now(SITE):%Y-%m-%d %H:%M}" >= story.begins
    expect(shown.locator(".entry-head")).to_contain_text(f"{story.begins} 起有效")
    page.get_by_label("看某一天有效的版本").fill(PAST)
    page.keyboard.press("Enter")
    expect(shown).to_contain_text(f"这是 {PAST} 有效的版本")
    expect(shown).to_contain_text(OLD)
    expect(shown).not_to_contain_text(NEW)

    console = desk("li")
    console.get_by_label("客户的话", exact=True).fill(QUESTION)
    first = console.locator("#answers [role=option]").first
    expect(first).to_contain_text("2 小时内给出处理方案")
    expect(first).to_contain_text(f"{story.begins} 起有效")
    console.locator("#asof").fill(PAST)
    expect(console.locator("#asof-banner")).to_contain_text(PAST)
    expect(first).to_contain_text("4 小时内给出处理方案")


def test_what_rests_on_the_rule_is_mended_or_vouched_for(story: Story) -> None:
    page = story.open(story.editor, "/desk/freshness/ripple")
    page.get_by_role("link", name="运输损坏处理").press("Enter")
    touched = page.locator(f".touched[data-entry={FOLLOWS}]")
    expect(touched).to_contain_text("依据已变更")
    expect(touched.locator("del")).to_have_text("4")
    expect(touched.locator("ins")).to_have_text("2")
    listens(page)
    walk_to(page, touched)
    page.keyboard.press("e")
    page.wait_for_url(f"**/desk/entries/{FOLLOWS}/edit?replace=*")
    taken_up(page)
    expect(page.get_by_text("已套用建议的改法")).to_be_visible()
    assert "2 小时内给您方案" in body(page)
    submit(page, "跟着规则改")

    board = story.open(story.editor, "/desk/freshness?state=basis_changed")
    row = board.locator(f"tr[data-entry={STANDS}]")
    walk_to(board, row)
    board.keyboard.press("v")
    expect(board.get_by_role("dialog")).to_contain_text("核实无误")
    board.keyboard.type("这里没有写处理时限")
    board.keyboard.press("Enter")
    expect(board.locator("#toasts")).to_contain_text("已记为核实")
    expect(row).to_have_count(0)


def test_a_colleague_takes_the_rule_back_to_what_it_was(story: Story) -> None:
    page = story.open(story.other, f"/desk/entries/{RULE}/revisions/1")
    step(page, "回退到这个版本", "两小时做不到")
    story.restored = int(page.url.partition("/revisions/")[2].partition("?")[0])
    expect(page.locator(".review-head")).to_contain_text("草稿")
    step(page, "提交审核", "仓库复核后恢复 4 小时")
    expect(page.locator(".step.refused")).to_contain_text("自己写的版本要由别人审核")

    review = story.open(story.reviewer, "/desk")
    take_up(review, story.restored)
    expect(review.locator(".review-prose del")).to_have_text("2")
    expect(review.locator(".review-prose ins")).to_have_text("4")
    step(review, "通过")
    step(review, "发布")
    expect(review.locator(".review-head")).to_contain_text("现行")
    reader = story.open(story.editor, f"/entries/{RULE}")
    comes(reader, reader.locator("article.entry").filter(has_text=OLD))
    expect(reader.locator(".entry-head")).to_contain_text(f"版本 {story.scheduled + 1}")


def test_the_audit_trail_tells_every_step(story: Story) -> None:
    first, second, third = story.sent_back, story.scheduled, story.restored
    taken = [
        ("谢编辑", f"写了版本 {first}", ""),
        ("谢编辑", f"提交版本 {first} 审核", TRY_OUT),
        ("周审核", f"评论了版本 {first}", ""),
        ("周审核", f"退回版本 {first}", REASON),
        ("谢编辑", f"回复了版本 {first} 的评论", ""),
        ("谢编辑", f"写了版本 {second}", ""),
        ("谢编辑", f"提交版本 {second} 审核", MENDED),
        ("周审核", f"解决了版本 {first} 的一处评论", ""),
        ("周审核", f"通过版本 {second}", ""),
        ("周审核", f"发布版本 {second}", "短信通知同一时刻发出"),
        ("方审核", f"回退到版本 1，写了版本 {third}", "两小时做不到"),
        ("方审核", f"提交版本 {third} 审核", "仓库复核后恢复 4 小时"),
        ("周审核", f"通过版本 {third}", ""),
        ("周审核", f"发布版本 {third}", ""),
    ]
    page = story.open(story.reviewer, f"/desk/entries/{RULE}/revisions/{third}")
    told = page.locator(".history > li").evaluate_all(
        """lines => lines.map(line => [
          line.querySelector("span:last-child").textContent.split("·")[0].trim(),
          line.querySelector(".what").textContent,
          line.querySelector("q:not(.override)")?.textContent ?? ""])"""
    )
    assert [tuple(line) for line in reversed(told)][-len(taken) :] == taken
    assert told[-1][1] == "导入版本 1"
    audit = story.reviewer.api("GET", f"/entries/{RULE}/audit")["audit"]
    assert len(audit) == len(taken) + 1  # and nothing that the page leaves out
