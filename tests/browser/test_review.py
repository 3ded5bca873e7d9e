"""A version on its way from draft to live: two people, one page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.hostile_content import LINES, allowed
from tests.browser.people import Colleague, faults_of, publish, sign_in
from tests.browser.service import Service
from tests.hostile_strings import HOSTILE

pytestmark = pytest.mark.browser

RULE: dict[str, Any] = {
    "kind": "policy",
    "title": "旧家电上门回收",
    "body": "## 范围\n\n购买冰箱的客户可以预约上门回收旧冰箱。\n\n## 费用\n\n"
    "回收费为 30 元,由客户在上门时支付。\n\n- 提前 1 天预约\n- 旧家电须断电\n",
    "tags": ["回收"],
}


@dataclass
class Team:
    """One who writes and two who review."""

    writer: Colleague
    reviewer: Colleague
    other: Colleague


@pytest.fixture(scope="module")
def team(service: Service, chromium: Browser) -> Iterator[Team]:
    people = [
        sign_in(service, chromium, login, name, role)
        for login, name, role in (
            ("xie", "谢编辑", "editor"), ("shen", "沈审核", "reviewer"), ("fang", "方审核", "reviewer"),
        )
    ]  # fmt: skip
    yield Team(*people)
    for person in people:
        person.context.close()


def opened(person: Colleague, entry_id: str, number: int, query: str = "") -> Page:
    """The page of a version, when it listens; its errors fail `checked`."""
    page = person.context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    person_faults.setdefault(person.name, []).append(faults_of(page, console=False))
    page.goto(f"{person.service.base}/desk/entries/{entry_id}/revisions/{number}{query}")
    ready(page)
    return page


person_faults: dict[str, list[list[str]]] = {}


@pytest.fixture(autouse=True)
def no_script_errors() -> Iterator[None]:
    person_faults.clear()
    yield
    assert not [fault for lists in person_faults.values() for one in lists for fault in one]


def ready(page: Page) -> None:
    expect(page.locator("#review[data-ready]")).to_be_attached()


def draft(writer: Colleague, entry_id: str, **changed: Any) -> int:
    """A new draft of an entry with some fields changed; its number."""
    found = writer.api("GET", f"/entries/{entry_id}")
    content = {**found["content"], **changed}
    tag = {"If-Match": f'"{found["version"]}"'}
    made = writer.api("PUT", f"/entries/{entry_id}", {"content": content}, **tag)
    return int(made["latest"])


def step(page: Page, name: str, note: str = "") -> None:
    """Takes a step by its button and dialog, and waits for the page that it leads to."""
    page.get_by_role("button", name=name, exact=True).click()
    sheet = page.locator("dialog[open]")
    if note:
        sheet.locator("#step-note").fill(note)
    sheet.get_by_role("button", name=name, exact=True).click()
    page.wait_for_url("**done=*", timeout=60_000)
    ready(page)


def select(text: Locator) -> None:
    """Selects all of an element's words, as a mouse would."""
    text.evaluate("element => getSelection().selectAllChildren(element)")


def test_from_draft_to_live_and_back(team: Team) -> None:
    publish(team.writer, team.reviewer, "recycle-old", RULE)
    number = draft(
        team.writer, "recycle-old", body=RULE["body"].replace("30 元", "45 元"),
        tags=["回收", "上门"], effective_from="2099-03-01",
    )  # fmt: skip
    page = opened(team.writer, "recycle-old", number)
    expect(page.locator(".review-head")).to_contain_text("草稿")
    expect(page.locator(".review-prose del")).to_have_text("30")
    expect(page.locator(".review-prose ins")).to_have_text("45")
    expect(page.locator("[data-field=tags] ins")).to_have_text("上门")
    expect(page.locator("[data-field=effective_from] ins")).to_have_text("2099-03-01")
    step(page, "提交审核", "运费涨价")
    expect(page.locator("#review-done")).to_be_focused()
    expect(page.locator(".steps")).to_contain_text("需要审核人来做")

    review = opened(team.reviewer, "recycle-old", number)
    review.get_by_role("button", name="退回", exact=True).click()
    sheet = review.locator("dialog[open]")
    sheet.get_by_role("button", name="退回", exact=True).click()
    expect(sheet.locator("#step-error")).to_have_text("请写明要改什么")
    expect(sheet.locator("#step-note")).to_be_focused()
    sheet.locator("#step-note").fill("请写明大件另收多少。")
    sheet.get_by_role("button", name="退回", exact=True).click()
    review.wait_for_url("**done=reject")

    page.reload()
    expect(page.locator("#review-notices")).to_contain_text("沈审核")
    expect(page.locator("#review-notices")).to_contain_text("请写明大件另收多少。")
    body = RULE["body"].replace("30 元", "45 元，大件 90 元")
    mended = draft(team.writer, "recycle-old", body=body, effective_from="2099-03-01")
    page = opened(team.writer, "recycle-old", mended)
    expect(page.locator("#review-notices")).to_contain_text("请写明大件另收多少。")
    step(page, "提交审核")

    review = opened(team.reviewer, "recycle-old", mended)
    step(review, "通过")
    expect(review.locator(".steps")).to_contain_text("2099-03-01 起生效；在那之前仍用版本 1")
    step(review, "排期发布", "按运营通知")
    expect(review.locator(".review-head")).to_contain_text("排期中")
    expect(review.locator("#review-ripple")).to_contain_text("没有条目依据它")
    expect(review.locator(".history")).to_contain_text("按运营通知")
    assert team.writer.api("GET", "/entries/recycle-old")["revision"] == 1

    step(review, "下线")
    expect(review.locator(".review-head")).to_contain_text("已下线")
    page = opened(team.writer, "recycle-old", mended)
    step(page, "回退到这个版本")
    assert page.url.endswith(f"/revisions/{mended + 1}?done=rollback")
    expect(page.locator(".review-head")).to_contain_text("草稿")
    step(page, "丢弃这个版本")
    expect(page.locator(".notice")).to_contain_text("已丢弃")


def test_nobody_approves_their_own(team: Team) -> None:
    publish(team.writer, team.reviewer, "recycle-own", RULE)
    number = draft(team.reviewer, "recycle-own", title="旧家电上门回收说明")
    team.reviewer.api("POST", f"/entries/recycle-own/revisions/{number}/submit", {})
    page = opened(team.reviewer, "recycle-own", number)
    expect(page.locator(".step.refused")).to_contain_text("自己写的版本要由别人审核")
    expect(page.get_by_role("button", name="通过", exact=True)).to_have_count(0)
    other = opened(team.other, "recycle-own", number)
    expect(other.locator("h1 ins")).to_have_text("说明")
    step(other, "通过")
    expect(other.get_by_role("button", name="发布", exact=True)).to_be_visible()
    expect(other.locator(".steps")).to_contain_text("立即生效，取代版本 1")


def test_an_approval_of_what_has_moved_on_is_refused(team: Team) -> None:
    publish(team.writer, team.reviewer, "recycle-stale", RULE)
    number = draft(team.writer, "recycle-stale", title="回收")
    team.writer.api("POST", f"/entries/recycle-stale/revisions/{number}/submit", {})
    page = opened(team.reviewer, "recycle-stale", number)
    team.writer.api("POST", f"/entries/recycle-stale/revisions/{number}/discard", {})
    page.get_by_role("button", name="通过", exact=True).click()
    page.locator("dialog[open]").get_by_role("button", name="通过", exact=True).click()
    expect(page.locator("#review-changed")).to_contain_text("已下线")
    expect(page.locator("#review-changed").get_by_role("button")).to_be_focused()
    found = team.reviewer.api("GET", f"/entries/recycle-stale/revisions/{number}")
    assert (found["status"], found["approved_by"]) == ("withdrawn", "")


def test_a_change_of_owner_does_not_stand_in_the_way(team: Team) -> None:
    publish(team.writer, team.reviewer, "recycle-owner", RULE)
    number = draft(team.writer, "recycle-owner", title="回收")
    team.writer.api("POST", f"/entries/recycle-owner/revisions/{number}/submit", {})
    page = opened(team.reviewer, "recycle-owner", number)
    team.writer.api("PATCH", "/entries/recycle-owner/stewardship", {"owner": "安装维修组"})
    page.get_by_role("button", name="通过", exact=True).click()
    sheet = page.locator("dialog[open]")
    sheet.get_by_role("button", name="通过", exact=True).click()
    expect(sheet.locator("#step-error")).to_contain_text("内容没变")
    sheet.get_by_role("button", name="通过", exact=True).click()
    page.wait_for_url("**done=approve")


def test_comments_quote_answer_and_settle(team: Team) -> None:
    publish(team.writer, team.reviewer, "recycle-talk", RULE)
    number = draft(team.writer, "recycle-talk", body=RULE["body"].replace("30", "60"))
    page = opened(team.reviewer, "recycle-talk", number)
    paragraph = page.locator(".review-prose p", has_text="回收费为")
    select(paragraph)
    page.get_by_role("button", name="评论这段").click()
    expect(page.locator(".composer textarea")).to_be_focused()
    page.keyboard.type("大件也是这个价吗？")
    page.keyboard.press("Control+Enter")
    thread = page.locator(".threads > li")
    expect(thread).to_contain_text("大件也是这个价吗？")
    expect(thread).to_be_focused()
    marks = page.locator(".review-prose mark.quoted")
    marked = "".join(marks.all_text_contents()).replace(" ", "")
    assert marked == "回收费为60元,由客户在上门时支付。"  # without the 30 that was taken out

    answer = opened(team.writer, "recycle-talk", number)
    answer.keyboard.press("]")
    answer.keyboard.press("r")
    expect(answer.locator(".thread .composer textarea")).to_be_focused()
    answer.keyboard.type("大件 90 元，我补上。")
    answer.keyboard.press("Control+Enter")
    expect(answer.locator(".threads > li")).to_contain_text("大件 90 元，我补上。")
    answer.keyboard.press("e")
    expect(answer.locator(".threads details summary")).to_contain_text("谢编辑 已解决")
    expect(answer.locator("mark.quoted:not(.done)")).to_have_count(0)
    answer.locator(".threads details summary").click()
    answer.get_by_role("button", name="重新打开").click()
    expect(answer.locator("mark.quoted:not(.done)").first).to_be_visible()

    newer = draft(team.writer, "recycle-talk", body=RULE["body"].replace("30", "60") + "\n补充。\n")
    answer = opened(team.writer, "recycle-talk", newer)
    expect(answer.locator(".threads")).to_contain_text(f"来自版本 {number}")
    expect(answer.locator(".review-prose mark.quoted").first).to_be_visible()
    answer.get_by_role("button", name="解决", exact=True).click()
    expect(answer.locator(".threads > li")).to_have_count(0)
    expect(answer.locator("#comments").get_by_role("button", name="评论")).to_be_focused()


def test_half_written_comments_outlive_what_happens_around_them(team: Team) -> None:
    publish(team.writer, team.reviewer, "recycle-half", RULE)
    number = draft(team.writer, "recycle-half", body=RULE["body"].replace("30", "60"))
    path = f"/entries/recycle-half/revisions/{number}/comments"
    for text in ("大件多少钱？", "要断水吗？"):
        team.reviewer.api("POST", path, {"text": text})
    page = opened(team.writer, "recycle-half", number)
    first = page.locator(".threads > li", has_text="大件多少钱？")
    second = page.locator(".threads > li", has_text="要断水吗？")
    first.get_by_role("button", name="回复").click()
    page.keyboard.type("大件 90 元")
    page.get_by_role("button", name="评论", exact=True).click()
    page.keyboard.type("整体看过")
    second.get_by_role("button", name="回复").click()
    page.keyboard.type("不用")
    page.keyboard.press("Control+Enter")
    expect(second).to_contain_text("谢编辑")
    expect(second.locator(".composer")).to_have_count(0)
    expect(first.locator("textarea")).to_have_value("大件 90 元")
    second.get_by_role("button", name="解决", exact=True).click()
    expect(page.locator(".threads details summary")).to_contain_text("已解决")
    expect(first.locator("textarea")).to_have_value("大件 90 元")
    whole = page.locator("#comments textarea").and_(page.get_by_label("评论", exact=True))
    expect(whole).to_have_value("整体看过")
    page.evaluate("window.confirm = () => false")
    whole.press("Escape")
    expect(whole).to_have_value("整体看过")
    leaving = "!dispatchEvent(new Event('beforeunload', { cancelable: true }))"
    assert page.evaluate(leaving)
    page.evaluate("window.confirm = () => true")
    whole.press("Escape")
    expect(whole).to_have_count(0)
    first.locator("textarea").press("Control+Enter")
    expect(first).to_contain_text("大件 90 元")
    expect(page.locator(".composer")).to_have_count(0)
    assert not page.evaluate(leaving)


def test_breaking_a_must_hit_question_takes_a_reason(team: Team) -> None:
    publish(team.writer, team.reviewer, "recycle-must", {**RULE, "title": "蓝鲸计划怎么报名"})
    asked = {"text": "蓝鲸计划怎么报名", "expects": ["recycle-must"], "must_hit": True}
    team.reviewer.api("POST", "/questions", asked)
    number = draft(team.writer, "recycle-must", audience="internal")
    team.writer.api("POST", f"/entries/recycle-must/revisions/{number}/submit", {})
    team.reviewer.api("POST", f"/entries/recycle-must/revisions/{number}/approve", {})
    page = opened(team.reviewer, "recycle-must", number)
    page.get_by_role("button", name="发布", exact=True).click()
    sheet = page.locator("dialog[open]")
    sheet.locator("button[type=submit]").click()
    expect(sheet.locator(".broken")).to_contain_text("蓝鲸计划怎么报名", timeout=60_000)
    expect(sheet.locator("#step-override")).to_be_focused()
    anyway = sheet.get_by_role("button", name="仍然发布")
    anyway.click()
    expect(sheet.locator("#step-error")).to_have_text("请写明为什么仍要这样做")
    sheet.locator("#step-override").fill("报名已经结束")
    anyway.click()
    page.wait_for_url("**done=publish", timeout=60_000)
    expect(page.locator(".history")).to_contain_text("报名已经结束")
    expect(page.locator(".review-head")).to_contain_text("现行")


def test_a_step_under_way_can_not_be_left(team: Team) -> None:
    publish(team.writer, team.reviewer, "recycle-held", RULE)
    number = draft(team.writer, "recycle-held", tags=["上门"])
    page = opened(team.writer, "recycle-held", number)
    page.get_by_role("button", name="提交审核", exact=True).click()
    sheet = page.locator("dialog[open]")
    held: list[Route] = []
    page.route("**/submit", lambda route: held.append(route))
    with page.expect_request("**/submit"):
        sheet.get_by_role("button", name="提交审核", exact=True).click()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(sheet).to_be_visible()
    expect(sheet.get_by_role("button", name="取消")).to_be_disabled()
    held.pop().abort()
    expect(sheet.locator("#step-error")).not_to_be_empty()
    expect(sheet.locator("button[type=submit]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_the_keyboard_walks_through_changes_and_views(team: Team) -> None:
    publish(team.writer, team.reviewer, "recycle-keys", RULE)
    number = draft(
        team.writer, "recycle-keys", body=RULE["body"].replace("30", "60").replace("1 天", "2 天"),
        tags=["上门"],
    )  # fmt: skip
    page = opened(team.reviewer, "recycle-keys", number)
    expect(page.locator("[data-walked]")).to_have_text("3 处修改")
    page.keyboard.press("n")
    expect(page.locator("tr.at")).to_contain_text("上门")
    page.keyboard.press("n")
    expect(page.locator(".review-prose ins.at")).to_have_text("60")
    page.keyboard.press("p")
    page.keyboard.press("p")
    expect(page.locator(".review-prose ins.at")).to_have_text("2")
    page.keyboard.press("2")
    ready(page)
    changed = page.locator(".side tr.changed")
    expect(changed).to_have_count(2)
    expect(changed.first.locator("del")).to_have_text("30")
    page.keyboard.press("3")
    page.wait_for_url("**view=read*")
    ready(page)
    expect(page.locator(".review-prose :is(ins, del)")).to_have_count(0)
    page.keyboard.press("?")
    sheet = page.locator("dialog.key-sheet")
    expect(sheet).to_contain_text("下一处、上一处修改")
    sheet.get_by_label("启用单个字母的快捷键").uncheck()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.keyboard.press("s")
    expect(page.locator(".steps button").first).not_to_be_focused()
    page.keyboard.press("?")
    sheet.get_by_label("启用单个字母的快捷键").check()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.keyboard.press("s")
    expect(page.locator(".steps button").first).to_be_focused()


def test_a_change_shows_what_rests_on_it(team: Team) -> None:
    content = team.writer.api("GET", "/entries/price-protect")["content"]
    body = re.sub(r"(\d+) 天", lambda found: f"{int(found[1]) + 4} 天", content["body"], count=1)
    assert body != content["body"]
    number = publish(
        team.writer, team.reviewer, "price-protect",
        {**content, "body": body, "effective_from": None},
    )  # fmt: skip
    page = opened(team.reviewer, "price-protect", number)
    page.get_by_role("button", name="查看波及条目").click()
    rows = page.locator("#review-ripple li")
    expect(rows.first).to_be_visible()
    expect(page.locator("#review-ripple")).to_contain_text("依据已变更")
    expect(page.locator("#review-ripple").get_by_role("link", name="逐条处理")).to_be_visible()
    expect(page.locator(".validity-line rect.present")).to_have_count(1)


@pytest.mark.parametrize("width", [360, 900])
def test_nothing_is_cut_off_on_a_narrow_screen(
    team: Team, service: Service, chromium: Browser, width: int
) -> None:
    page = opened(team.reviewer, "return-7-days", 2)
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    expect(page.locator(".steps")).to_be_visible()


def test_hostile_texts_and_comments_stay_text(team: Team) -> None:
    lines = [line for line in LINES if "{{" not in line]
    before = "\n\n".join(allowed(text) for text in HOSTILE[::2])
    content = {**RULE, "title": lines[0], "body": before, "tags": [lines[1][:60]]}
    publish(team.writer, team.reviewer, "recycle-hostile", content)
    after = "\n\n".join(allowed(text) for text in HOSTILE[1::2])
    number = draft(
        team.writer, "recycle-hostile", title=lines[2], body=after, questions=lines[:60],
        tags=[line[:60] for line in lines[3:23]],
    )  # fmt: skip
    path = f"/entries/recycle-hostile/revisions/{number}/comments"
    for start in range(0, len(lines), 20):
        team.writer.api("POST", path, {"text": "\n".join(lines[start : start + 20])[:2000]})
    for view in ("inline", "side", "read"):
        page = opened(team.reviewer, "recycle-hostile", number, f"?view={view}")
        expect(page.locator(".threads > li")).to_have_count(-(-len(lines) // 20))
        page.keyboard.press("]")
        page.keyboard.press("r")
        made = page.locator("main :is(script, img, iframe, object, embed, style, form[action])")
        assert made.count() == 0
        assert page.evaluate("window.zhikeBroken") is None
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
