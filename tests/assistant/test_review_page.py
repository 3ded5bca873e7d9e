"""The page of a version as the server draws it, and the marks in its text."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from flask.testing import FlaskClient

from assistant.web import side_by_side
from assistant.web.diffs import word_changes
from assistant.web.marked_html import marked
from assistant.web.side_by_side import rows
from assistant.wiring import Services
from kb.bounded_matching import EFFORT, Effort
from kb.render import render_html
from tests.assistant.conftest import AUTHORITY, RETURNS, published
from tests.hostile_strings import HOSTILE

PAGE = "/desk/entries/return-7-days/revisions/{}"


@pytest.fixture
def changed(stocked: Services) -> int:
    """A new draft of the policy, in review."""
    kb = stocked.kb
    content = replace(RETURNS, body=RETURNS.body.replace("7 天", "15 天"), tags=("退货", "双11"))
    entry = kb.edit("return-7-days", content, "林编辑", kb.snapshot()[-1].version)
    number = entry.revisions[-1].number
    kb.submit("return-7-days", number, "林编辑", note="按运营要求")
    return number


def test_the_page_marks_what_differs_from_the_version_in_force(
    changed: int, editor: FlaskClient
) -> None:
    page = editor.get(PAGE.format(changed)).get_data(as_text=True)
    assert "签收次日起 <del>7</del><ins>15</ins> 天内可以退货" in page
    assert "<ins>双11</ins>" in page
    plain = editor.get(PAGE.format(changed) + "?view=read").get_data(as_text=True)
    assert "签收次日起 15 天内可以退货" in plain
    beside = editor.get(PAGE.format(changed) + "?view=side").get_data(as_text=True)
    assert 'class="changed"' in beside
    alone = editor.get(PAGE.format(changed) + "?against=0").get_data(as_text=True)
    assert "<del>" not in alone


def test_nonsense_in_the_address_is_ignored(changed: int, editor: FlaskClient) -> None:
    for query in ("view=x&against=x", "against=99999999999", f"against={changed}", "done=x"):
        assert editor.get(f"{PAGE.format(changed)}?{query}").status_code == 200
    assert editor.get(PAGE.format(99)).status_code == 404
    assert editor.get("/desk/entries/no-such/revisions/1").status_code == 404


def test_reviewers_read_the_whole_history_and_authors_why_it_came_back(
    changed: int, services: Services, editor: FlaskClient, reviewer: FlaskClient
) -> None:
    whole = reviewer.get(PAGE.format(changed)).get_data(as_text=True)
    assert "按运营要求" in whole
    part = editor.get(PAGE.format(changed)).get_data(as_text=True)
    assert "按运营要求" not in part
    assert "完整记录只有审核人和管理员能看" in part
    services.kb.reject("return-7-days", changed, "周审核", "请写明运费")
    page = editor.get(PAGE.format(changed)).get_data(as_text=True)
    assert page.count("请写明运费") == 2  # above the text, and in the history
    services.kb.submit("return-7-days", changed, "林编辑")
    assert editor.get(PAGE.format(changed)).get_data(as_text=True).count("请写明运费") == 1


def test_agents_have_no_such_page(changed: int, agent: FlaskClient) -> None:
    assert agent.get(PAGE.format(1)).status_code == 403


def test_an_approval_holds_for_what_was_read_alone(
    changed: int, services: Services, reviewer: FlaskClient
) -> None:
    step = f"/api/v1/entries/return-7-days/revisions/{changed}/approve"
    refused = reviewer.post(step, json={"content_hash": "0" * 64})
    assert refused.status_code == 409
    entry = services.kb.entry("return-7-days")
    revision = entry.revision(changed)
    assert revision
    assert revision.approved_by == ""
    assert refused.json["content_hash"] == revision.content_hash
    answer = reviewer.post(step, json={"content_hash": revision.content_hash})
    assert answer.json["status"] == "approved"


def test_the_list_leads_writers_to_work_and_readers_to_the_text(
    changed: int, editor: FlaskClient, agent: FlaskClient
) -> None:
    desk = editor.get("/desk/entries?saved=in_review").get_data(as_text=True)
    assert f'href="{PAGE.format(changed)}"' in desk
    assert "换货规则" not in desk
    assert editor.get("/desk/entries?saved=nonsense").status_code == 200
    assert editor.get("/api/v1/entries?saved=draft").json["total"] == 1
    reader = agent.get("/desk/entries").get_data(as_text=True)
    assert 'href="/entries/return-7-days"' in reader
    assert "saved=draft" not in reader
    assert agent.get("/api/v1/entries?saved=draft").json["total"] == 0


def test_hidden_entries_stay_hidden_on_the_page(stocked: Services, editor: FlaskClient) -> None:
    published(stocked.kb, "compensation-authority", replace(AUTHORITY, title="<b>权限</b>"))
    page = editor.get("/desk/entries/compensation-authority/revisions/2").get_data(as_text=True)
    assert "<b>权限</b>" not in page


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("签收 7 天内", "签收 15 天内", "<p>签收 <del>7</del><ins>15</ins> 天内</p>"),
        ("甲乙丙", "甲**乙**丙", "<p>甲<strong>乙</strong>丙</p>"),
        ("甲。\n\n乙。", "甲。", '<p>甲。</p><p class="gone"><del>乙。</del></p>'),
        ("甲。", "甲。\n\n<script>", "<p>甲。</p>\n<p><ins>&lt;script&gt;</ins></p>"),
        (
            "- 甲\n- 乙", "- 甲",
            '<ul>\n<li>甲</li><li class="gone"><del>乙</del></li>\n</ul>',
        ),
    ],
)  # fmt: skip
def test_marks_in_rendered_text(before: str, after: str, expected: str) -> None:
    html, _places = marked(render_html(before), render_html(after))
    squeezed = html.replace("\n", "")
    assert squeezed == expected.replace("\n", "")


def test_marked_text_without_its_marks_is_the_new_text() -> None:
    table = "| a | b |\n|-|-|\n| 1 | 2 |\n"
    texts = [
        "",
        "甲",
        "## 甲\n\n乙 <b>x</b> & `c`",
        table,
        table + "| 3 | 4 |\n",
        "1. 甲\n2. 乙\n\n> 引",
    ]
    for before in texts:
        for after in texts:
            html, places = marked(render_html(before), render_html(after))
            assert (places == 0) == (before == after)
            assert words_of(html) == words_of(render_html(after))


def words_of(html: str) -> str:
    """The words of marked text as the new version has them."""
    return "".join(re.sub(r"<[^>]+>", "", re.sub(r"(?s)<del.*?</del>", "", html)).split())


def test_side_by_side_pairs_lines_and_shortens_what_stayed() -> None:
    before = "\n".join(["一", "二", "三", "四", "五", "六", "保修期为 12 个月。"])
    after = before.replace("12", "24") + "\n新的一行。"
    found = rows(before, after)
    assert [row.skipped for row in found] == [4, 0, 0, 0, 0]
    pair, added = found[-2], found[-1]
    assert pair.before
    assert {"op": "delete", "text": "12"} in pair.before
    assert pair.after
    assert {"op": "insert", "text": "24"} in pair.after
    assert (added.before, added.line_after) == (None, 8)
    assert not any(row.skipped for row in rows(before, after, whole=True))


def test_chance_letters_between_two_rewordings_are_part_of_them() -> None:
    found = word_changes("由买家承担运费", "运费是商家来出")
    assert [run["op"] for run in found].count("equal") <= 1
    assert "".join(r["text"] for r in found if r["op"] != "insert") == "由买家承担运费"
    assert "".join(r["text"] for r in found if r["op"] != "delete") == "运费是商家来出"


def test_marking_adds_nothing_but_marks() -> None:
    tags = re.compile(r"<[^>]*>")
    for before, after in pairwise(HOSTILE):
        html = render_html(after)
        found = set(tags.findall(marked(render_html(before), html)[0]))
        known = set(tags.findall(html)) | {"<ins>", "</ins>", "<del>", "</del>"}
        ours = {
            '<p class="gone">', '<li class="gone">', '<tr class="gone">', '<td colspan="9">',
            '<del class="apart">', "</p>", "</li>", "</tr>", "</td>",
        }  # fmt: skip
        assert found <= known | ours


def test_a_dismissed_contradiction_stands_in_the_history(
    changed: int, services: Services, reviewer: FlaskClient
) -> None:
    services.kb.dismiss_conflict("a" * 16, "return-7-days", "周审核", "说的是两件事")
    services.kb.restore_conflict("a" * 16, "周审核", "还是同一件事")
    answer = reviewer.get(PAGE.format(changed))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    for said in ("认定一处矛盾不成立", "说的是两件事", "还是同一件事"):
        assert said in page


def test_only_the_view_that_shows_them_pairs_lines(
    changed: int, editor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def asking(*_bodies: str, whole: bool) -> list[side_by_side.Row]:
        asked.append("rows")
        return []

    monkeypatch.setattr(side_by_side, "rows", asking)
    for view in ("inline", "read"):
        assert editor.get(f"{PAGE.format(changed)}?view={view}").status_code == 200
    assert asked == []
    assert editor.get(f"{PAGE.format(changed)}?view=side").status_code == 200
    assert asked == ["rows"]


def test_long_repetitive_bodies_are_compared_within_bounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spent: list[int] = []

    class Counted(Effort):
        def spend(self, steps: int) -> bool:
            done = super().spend(steps)
            spent.append(steps if done else 0)
            return done

    monkeypatch.setattr(side_by_side, "Effort", Counted)
    before, after = "甲\n乙\n" * 3_000, "乙\n甲\n甲\n" * 3_000
    found = rows(before, after)
    assert sum(spent) <= EFFORT
    assert [row.line_after for row in found if row.line_after] == list(range(1, 9_001))
