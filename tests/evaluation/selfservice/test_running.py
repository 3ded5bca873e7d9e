"""Simulated visits to the real self-service, and to the FAQ bot beside it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from evaluation.cli import evaluate
from evaluation.selfservice import measuring, running
from evaluation.selfservice.assistants import FaqBot, titles
from kb.clock import utc_now
from kb.errors import InvalidInput
from kb.model import Content, Kind, Revision, Status

ROOT = Path(__file__).parents[3]
RETURN = {
    "id": "d1", "split": "dev", "lang": "zh", "category": "short", "goal": "想知道退货期限",
    "turns": [
        {"say": "东西不喜欢，几天之内能退"},
        {"if": "unhelped", "rephrase": "七天无理由退货从哪天算"},
    ],
    "solved_by": [["return-7-days"]],
}  # fmt: skip
PERSON = {
    "id": "d2", "split": "dev", "lang": "zh", "category": "asked", "goal": "要人工",
    "turns": [{"say": "转人工"}, {"if": "unhelped", "rephrase": "人工客服"}],
    "handover": "asked_for_person",
}  # fmt: skip
BAKING = {
    "id": "d3", "split": "dev", "lang": "en", "category": "offtopic", "goal": "a recipe",
    "turns": [{"say": "how long do I bake a chocolate cake"}], "abstain": True,
}  # fmt: skip


@pytest.fixture
def content(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    folder.mkdir()
    for name in ("policy/return-7-days", "policy/refund-timing"):
        for found in (ROOT / "content").glob(f"{name}.*.md"):
            shutil.copy(found, folder)
    return folder


def written(tmp_path: Path, *rows: dict[str, Any]) -> Path:
    file = tmp_path / "visits.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def test_visits_are_played_against_both(tmp_path: Path, content: Path) -> None:
    file = written(tmp_path, RETURN, PERSON, BAKING)
    measured = running.measure(content, "dev", lambda _line: None, file)
    assert [v.outcome.value for v in measured.ours] == ["solved", "handed_over", "abstained"]
    assert (measured.ours[1].reason, measured.ours[1].at_once) == ("asked_for_person", True)
    assert [v.outcome.value for v in measured.theirs] == ["solved", "gave_up", "abstained"]
    assert measuring.below_bars(measuring.result(measured)) == []


def test_the_command_fails_where_a_bar_is_not_reached(tmp_path: Path, content: Path) -> None:
    hopeless = {**RETURN, "turns": [{"say": "转人工"}]}
    done = CliRunner().invoke(
        evaluate,
        ["selfservice", "--content", str(content), "--errors", "--visits",
         str(written(tmp_path, hopeless))],
        catch_exceptions=False,
    )  # fmt: skip
    assert done.exit_code == 1
    assert "beyond the bar: solved 0.000 is below 0.70" in done.output
    assert "= handed_over_needlessly" in done.output


def test_a_goal_that_is_not_public_is_named(tmp_path: Path, content: Path) -> None:
    file = written(tmp_path, {**RETURN, "solved_by": [["compensation"]]})
    with pytest.raises(InvalidInput, match=r"compensation \(named by d1\)"):
        running.measure(content, "dev", lambda _line: None, file)


def article(entry_id: str, title: str, body: str, lang: str) -> Revision:
    content = Content(kind=Kind.FAQ, title=title, body=body, lang=lang, questions=(title,))
    return Revision(entry_id, 1, content, content.digest(), Status.PUBLISHED, "author", utc_now())


def test_the_faq_bot_answers_whatever_comes_in_the_language_of_the_message() -> None:
    articles = [
        article("refund", "退款多久到账", "三个工作日。", "zh-CN"),
        article("duty", "Do I pay customs duty?", "No duty is due.", "en"),
    ]
    bot = FaqBot(articles)
    assert bot.say("退款呢").answers == ("refund",)
    assert bot.say("any duty?").answers == ("duty",)
    assert bot.say("退款 duty").answers == ("refund",)
    assert bot.not_solved().answers == bot.say("zebra").answers == ()
    assert titles(articles)["duty"] == {"Do I pay customs duty?"}
    assert FaqBot(articles[:1]).say("any duty?").answers == ()


@pytest.mark.slow
def test_the_product_holds_its_bars_and_is_better_than_the_faq_bot() -> None:
    found = measuring.result(running.measure(ROOT / "content", "dev", lambda _line: None))
    assert measuring.below_bars(found) == []
    assert found["paired"]["wrong_answer"]["interval"][1] < 0
    assert found["paired"]["solved"]["difference"] > 0
