"""Every hostile string through canned replies, steps, entries, cases and reports."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.hostile_console.guarding import (
    AUDIT,
    Guarded,
    batches,
    one_contact,
)
from tests.browser.hostile_content import (
    BOTH,
    CASE,
    LINES,
    STEPS,
    TABLE,
    allowed,
)
from tests.browser.service import Api
from tests.hostile_strings import HOSTILE

pytestmark = pytest.mark.browser


def test_each_as_a_canned_reply(guarded: Guarded, api: Api) -> None:
    page = guarded.page
    guarded.go("/agent")
    for at in range(0, len(LINES), 20):
        lines = LINES[at : at + 20]
        made = [
            page.request.post(
                f"{guarded.base}/api/v1/canned",
                headers={"Origin": guarded.base},
                data={
                    "title": line[:100].strip(),
                    "text": f"{allowed(line).replace('{{', '{').replace('}}', '}')}\n{{{{customer.name}}}} {{{{?到账时间}}}} {{{{amount}}}}",
                    "short_code": f"h{at + number}",
                    "params": [{"name": "amount", "label": line[:20].strip()}],
                },
            )
            for number, line in enumerate(lines)
        ]
        assert [answer.status for answer in made] == [201] * len(lines), [
            answer.text() for answer in made if answer.status != 201
        ]
        page.keyboard.press("Alt+p")
        with page.expect_response(lambda answer: "scope=private" in answer.url):
            page.keyboard.press("Alt+1")
        expect(page.locator("#canned-list [role=option]")).to_have_count(len(lines))
        seen = set()
        for _ in lines:
            chosen = page.wait_for_function(
                """() => {
                  const title = document.querySelector("#canned-list [aria-selected=true] .canned-head b")?.textContent;
                  return title && document.querySelector(".palette-preview h3")?.textContent === title ? { title } : null;
                }"""
            )
            seen.add(chosen.json_value()["title"])
            page.keyboard.press("ArrowDown")
        assert seen == {line[:100].strip() for line in lines}
        assert page.evaluate(AUDIT) == []
        page.keyboard.press("Control+e")
        expect(page.locator("dialog.canned-editor")).to_be_visible()
        guarded.check()
        page.keyboard.press("Escape")
        page.keyboard.press("Control+Enter")  # asks for what is open
        guarded.check()
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        expect(page.locator("textarea.draft")).to_be_visible()
        guarded.check()
        for answer in made:
            page.request.delete(
                f"{guarded.base}/api/v1/canned/{answer.json()['id']}",
                headers={"Origin": guarded.base},
            )
        guarded.go("/agent")


def test_each_as_a_step_and_as_a_row(guarded: Guarded) -> None:
    page = guarded.page
    guarded.go("/agent?q=怪字怎么排查")
    expect(page.locator(".steps-offer")).to_be_visible()
    page.keyboard.press("Alt+s")
    heading = page.locator("#steps [data-step]")
    seen = []
    for number in range(1, len(LINES) + 1):
        expect(heading).to_contain_text(f"第 {number} 步")
        seen.append(heading.text_content() or "")
        assert page.evaluate(AUDIT) == [], seen[-1]
        page.keyboard.press("1")
    assert sum(line in text for line, text in zip(LINES, seen, strict=True)) >= len(LINES) * 0.75
    guarded.check()
    guarded.go("/agent?q=怪字要等几天")
    expect(page.locator(".scenario-panel tr").nth(2)).to_be_visible()
    guarded.check()


def test_each_in_entries_cases_changes_and_versions(guarded: Guarded, api: Api) -> None:
    page = guarded.page
    for entry in (TABLE, STEPS, BOTH, CASE):
        guarded.go(f"/entries/{entry}")
        expect(page.locator("article.entry")).to_contain_text("zhikeBroken")
        guarded.check()
    guarded.go("/agent?q=怪字客户又来了")
    page.keyboard.press("Alt+c")
    expect(page.locator("#cases article")).to_contain_text("zhikeBroken")
    guarded.check()
    page.locator("#cases article").first.press("Enter")
    expect(page.locator("#reader article.entry")).to_contain_text("zhikeBroken")
    guarded.check()
    for text in batches(tuple(map(allowed, HOSTILE)), 2000):
        api.post(
            "/feedback",
            {
                "kind": "outdated",
                "entry_id": BOTH,
                "revision": 2,
                "sentence": text,
                "note": text,
                "query": text,
            },
        )
    page.evaluate(
        "localStorage.setItem('zhike.shift.测试管理员', JSON.stringify({ last: 1, since: '2025-01-01T00:00:00Z', ended: '2025-01-01T00:00:00Z', seen: [] }))"
    )
    guarded.go("/agent")
    page.keyboard.press("Alt+l")
    expect(page.locator("#changes .change").nth(20)).to_be_visible()
    guarded.check()
    both = page.locator("#changes .change").filter(has_text="怪字两版规则").first
    both.focus()
    page.keyboard.press("Alt+b")
    expect(page.locator("dialog[open] td").first).to_contain_text("zhikeBroken")
    guarded.check()
    page.keyboard.press("Escape")
    guarded.go("/desk/freshness")
    guarded.check()
    guarded.go("/desk/entries?" + f"q={quote(LINES[0])}")
    guarded.check()


def test_each_reported_as_outdated(guarded: Guarded) -> None:
    page = guarded.page
    guarded.go("/agent?q=第3号怎么办")
    expect(page.locator(".reply-body .sentence").first).to_be_visible()
    for text in batches(HOSTILE, 2000):
        page.keyboard.press("Alt+o")
        dialog = page.get_by_role("dialog", name="反馈内容过时")
        dialog.get_by_label("说明").fill(
            text[: int(dialog.get_by_label("说明").get_attribute("maxlength") or 2000)]
        )
        guarded.check()
        dialog.get_by_role("radio").first.press("Enter")
        expect(dialog).to_be_hidden()
    guarded.check()


def test_each_in_a_case_and_on_the_page_of_cases(guarded: Guarded, api: Api) -> None:
    contact = one_contact(api)["id"]
    api.post(f"/contacts/{contact}/close", {})
    page = guarded.page
    guarded.go(f"/agent?contact={contact}")
    expect(page.locator(".case-offer")).to_be_visible()
    page.keyboard.press("Alt+k")
    dialog = page.get_by_role("dialog", name="写案例")
    expect(dialog.get_by_label("场景")).to_be_visible()
    guarded.check()
    parts = batches(HOSTILE, 3000)
    for name, text in zip(("场景", "原因", "处理", "结果"), parts, strict=True):
        dialog.get_by_label(name, exact=True).fill(allowed(text))
    dialog.get_by_label("标题").fill(LINES[0])
    guarded.check()
    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    guarded.go(f"/desk/cases?case=case-{contact}")
    review = page.locator("#case-review")
    expect(review).to_contain_text("<plaintext>后面都看不见了")
    expect(review).to_contain_text(LINES[-1])
    guarded.check()
