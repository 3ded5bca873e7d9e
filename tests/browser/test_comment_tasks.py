"""Comments on the way between two desks: a task, its place in the text, an answer, taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.people import Colleague, faults_of, sign_in
from tests.browser.service import Service

pytestmark = pytest.mark.browser

RULE = {
    "kind": "policy",
    "title": "旧家电上门回收",
    "body": "## 范围\n\n购买冰箱的客户可以预约。\n\n" + "空着。\n\n" * 40 + "回收费为 30 元。\n",
}


@pytest.fixture(scope="module")
def writer(service: Service, chromium: Browser) -> Iterator[Colleague]:
    person = sign_in(service, chromium, "xie", "谢编辑", "editor")
    person.api("POST", "/entries", {"id": "recycle", "content": RULE})
    person.api("POST", "/entries/recycle/revisions/1/submit", {})
    yield person
    person.context.close()


@pytest.fixture(scope="module")
def reviewer(service: Service, chromium: Browser) -> Iterator[Colleague]:
    person = sign_in(service, chromium, "shen", "沈审核", "reviewer")
    yield person
    person.context.close()


def desk_of(person: Colleague) -> tuple[Page, list[str]]:
    """Somebody's tasks, ready; and what goes wrong in the page."""
    page = person.context.new_page()
    faults = faults_of(page, console=False)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{person.service.base}/desk")
    expect(page.locator("#tasks[data-ready]")).to_be_attached()
    return page, faults


def test_a_comment_leads_to_its_place_and_back_to_who_asked(
    writer: Colleague, reviewer: Colleague
) -> None:
    said = {"text": "大件也是 30 元吗？", "quote": "回收费为 30 元"}
    path = "/entries/recycle/revisions/1/comments"
    thread = reviewer.api("POST", path, said)["id"]
    mine, faults = desk_of(writer)
    task = mine.locator("[data-task=comment]")
    expect(task).to_contain_text("沈审核 说：")
    expect(task).to_contain_text("大件也是 30 元吗？")
    task.get_by_role("link", name="去回复").click()
    mine.wait_for_url(f"**/desk/entries/recycle/revisions/1#comment-{thread}")
    expect(mine.locator(f".thread[data-thread='{thread}']")).to_be_focused()
    expect(mine.locator("mark.quoted.at")).to_be_in_viewport()
    mine.keyboard.press("r")
    mine.keyboard.type("大件 90 元。")
    mine.keyboard.press("Control+Enter")
    expect(mine.locator(".threads")).to_contain_text("大件 90 元。")
    mine.goto(f"{writer.service.base}/desk")
    expect(mine.locator("[data-task=comment]")).to_have_count(0)

    theirs, more = desk_of(reviewer)
    expect(theirs.locator("[data-task=comment]")).to_contain_text("大件 90 元。")
    theirs.locator("[data-task=comment] .task-title").click()
    expect(theirs.locator(f".thread[data-thread='{thread}']")).to_be_focused()
    theirs.keyboard.press("e")
    expect(theirs.locator(".threads details summary")).to_contain_text("沈审核 已解决")
    theirs.goto(f"{reviewer.service.base}/desk")
    expect(theirs.locator("[data-task=comment]")).to_have_count(0)
    assert faults == more == []


def test_ones_last_word_can_be_taken_back(writer: Colleague, reviewer: Colleague) -> None:
    path = "/entries/recycle/revisions/1/comments"
    begun = reviewer.api("POST", path, {"text": "含税吗？"})["id"]
    writer.api("POST", path, {"text": "含罪。", "reply_to": begun})
    mine, faults = desk_of(writer)
    mine.goto(f"{writer.service.base}/desk/entries/recycle/revisions/1")
    thread = mine.locator(f".thread[data-thread='{begun}']")
    thread.get_by_role("button", name="删除").click()
    expect(thread).not_to_contain_text("含罪。")
    expect(mine.locator(".toast")).to_have_text(re.compile("已删除评论"))
    expect(thread).to_be_focused()
    expect(thread.get_by_role("button", name="删除")).to_have_count(0)
    theirs, more = desk_of(reviewer)
    theirs.goto(f"{reviewer.service.base}/desk/entries/recycle/revisions/1")
    gone = theirs.locator(f".thread[data-thread='{begun}']")
    gone.get_by_role("button", name="删除").click()
    expect(gone).to_have_count(0)
    expect(theirs.locator("#comments").get_by_role("button", name="评论")).to_be_focused()
    assert faults == more == []
