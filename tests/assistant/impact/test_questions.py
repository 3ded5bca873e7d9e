"""Saved questions: what may be kept, what files bring, what was really asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from assistant.impact import questions as module
from assistant.impact import store
from assistant.impact.model import KnownAlready, Question
from assistant.impact.question_files import COLUMNS, read_questions, written
from assistant.impact.questions import Questions, Wanted
from assistant.insights.insights import Feedback, FeedbackKind
from assistant.wiring import Services
from kb.errors import Conflict, InvalidInput, NotAllowed, NotFound
from kb.model import Audience, Channel
from tests.assistant.conftest import TZ, FakeClock

FILE = """question,expects,must_hit,as_of,audience,channel
退款多久到账,faq-refund,yes,,customer,
运费谁出,faq-freight return-7-days,,2025-11-10,agent,chat
"""


def wanted(text: str, *expects: str, must_hit: bool = False) -> Wanted:
    return Wanted(Question(text, expects=expects), must_hit)


@pytest.fixture
def questions(services: Services) -> Questions:
    return services.impact.questions


def rows(text: str, tz: ZoneInfo = TZ) -> list[Wanted]:
    found, problems = read_questions("q.csv", text, tz)
    assert not problems
    return found


@pytest.mark.parametrize("table", store.metadata.sorted_tables, ids=lambda table: str(table.name))
def test_the_migrations_make_exactly_our_tables(engine: Engine, table: sa.Table) -> None:
    found = sa.inspect(engine)
    columns = {c["name"]: c for c in found.get_columns(table.name)}
    assert set(columns) == set(table.columns.keys())
    assert all(columns[c.name]["nullable"] == c.nullable for c in table.columns)
    keys = found.get_pk_constraint(table.name)["constrained_columns"]
    assert keys == [column.name for column in table.primary_key]
    assert {i["name"] for i in found.get_indexes(table.name)} == {i.name for i in table.indexes}


def test_a_question_is_kept_masked_and_once(questions: Questions) -> None:
    saved = questions.add(wanted("我的电话 13800138000，\n退款到了吗", "faq-refund"), "周审核")
    assert saved.question.text == "我的电话 [手机号]， 退款到了吗"
    assert (saved.version, saved.source, saved.updated_by) == (1, "desk", "周审核")
    with pytest.raises(KnownAlready):
        questions.add(wanted("我的电话 13900139000,退款到了吗？"), "别人")
    other = replace(wanted("我的电话 13800138000，\n退款到了吗").question, audience=Audience.AGENT)
    questions.add(Wanted(other), "别人")
    assert len(questions.all()) == 2


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (wanted("  "), "question"),
        (wanted("问" * 2_001), "question"),
        (wanted("问\x00号"), "question"),
        (wanted("问\ud800号"), "question"),
        (wanted("问", "Not An Id"), "expects"),
        (wanted("问", *(f"entry-{n}" for n in range(11))), "expects"),
        (wanted("问", must_hit=True), "expects"),
    ],
)
def test_what_is_no_question_is_refused(questions: Questions, bad: Wanted, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        questions.add(bad, "周审核")
    assert {problem.field for problem in refused.value.problems} == {field}
    assert questions.all() == []


def test_two_who_change_one_question(questions: Questions, clock: FakeClock) -> None:
    saved = questions.add(wanted("退款多久", "faq-refund"), "甲")
    changed = questions.change(saved.id, wanted("退款要几天", "faq-refund"), "乙", 1)
    assert (changed.question.text, changed.version) == ("退款要几天", 2)
    with pytest.raises(Conflict):
        questions.change(saved.id, wanted("退款要多久"), "丙", 1)
    with pytest.raises(Conflict):
        questions.remove(saved.id, "丙", 1)
    questions.remove(saved.id, "丙", 2)
    with pytest.raises(NotFound):
        questions.remove(saved.id, "丙")
    with pytest.raises(NotFound):
        questions.change(saved.id, wanted("又来"), "丙")
    # Forgotten here, it may be kept anew.
    assert questions.add(wanted("退款要几天"), "丁").version == 1


def test_a_file_is_read_row_by_row() -> None:
    first, second = rows(FILE)
    assert first.question == Question("退款多久到账", expects=("faq-refund",))
    assert first.must_hit
    assert second.question.expects == ("faq-freight", "return-7-days")
    assert (second.question.audience, second.question.channel) == (Audience.AGENT, Channel.CHAT)
    assert second.question.as_of is not None
    assert second.question.as_of.isoformat() == "2025-11-09T16:00:00+00:00"


def test_chinese_headers_other_orders_and_marks_are_read() -> None:
    text = (
        "\ufeff必中,问题,期望条目,备注\n是,能退吗,return-7-days|faq-refund,随便\n,,,\n否,多久,,\n"
    )
    first, second = rows(text)
    assert (first.must_hit, first.question.expects) == (True, ("return-7-days", "faq-refund"))
    assert (second.must_hit, second.question.text) == (False, "多久")


def test_bad_rows_are_named_and_the_others_taken() -> None:
    text = (
        "question,must_hit,as_of,audience,channel\n好问题,,,,\n,yes,,,\n问,vielleicht,,,\n"
        "问,,11月10日,,\n问,,,everybody,\n问,,,,pigeon\n"
    )
    found, problems = read_questions("q.csv", text, TZ)
    assert [row.question.text for row in found] == ["好问题"]
    assert [(p.line, p.field) for p in problems] == [
        (3, "question"), (4, "must_hit"), (5, "as_of"), (6, "audience"), (7, "channel")
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "frage,antwort\na,b\n", "question\n" + "问\n" * 5_001])
def test_what_is_no_table_of_questions_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_questions("q.csv", text, TZ)


def test_a_broken_table_is_taken_up_to_the_break(questions: Questions) -> None:
    found, problems = read_questions("q.csv", 'question\n好\n"没有结尾的引号' + "字" * 200_000, TZ)
    assert [row.question.text for row in found][:1] == ["好"]
    assert problems or len(found) == 2
    assert questions.bring(found, "import").new == 1  # the endless one is no question


def test_an_export_imports_again(questions: Questions) -> None:
    questions.bring(rows(FILE), "import")
    questions.add(wanted('=cmd|"/c calc", 真的有人这样问', "faq-refund"), "周审核")
    before = questions.all()
    data = b"".join(written(before, TZ)).decode("utf-8-sig")
    assert data.splitlines()[0] == ",".join(COLUMNS)
    again = {(row.question, row.must_hit) for row in rows(data)}
    assert again == {(saved.question, saved.must_hit) for saved in before}


def test_an_import_repeated_changes_nothing(questions: Questions) -> None:
    assert questions.bring(rows(FILE), "import", dry_run=True).new == 2
    assert questions.all() == []
    assert questions.bring(rows(FILE), "import").counts["new"] == 2
    before = questions.all()
    assert questions.bring(rows(FILE), "import").unchanged == 2
    assert questions.all() == before
    assert {saved.source for saved in before} == {"import"}


def test_an_import_follows_its_file_but_leaves_alone_what_editors_did(
    questions: Questions,
) -> None:
    questions.bring(rows(FILE), "import")
    kept, dropped = sorted(questions.all(), key=lambda one: one.question.text)
    questions.change(kept.id, wanted("退款到账到底要几天", "faq-refund"), "周审核")
    questions.remove(dropped.id, "周审核")
    newer = FILE.replace("yes", "no") + "门锁没电了,lock-power,,,,\n"
    done = questions.bring(rows(newer), "import")
    assert (done.new, done.changed, done.kept) == (1, 0, 2)
    texts = {saved.question.text: saved.source for saved in questions.all()}
    assert texts == {"退款到账到底要几天": "desk", "门锁没电了": "import"}
    # What nobody touched follows.
    done = questions.bring(rows(newer.replace("lock-power", "lock-other")), "import")
    assert (done.changed, done.kept) == (1, 2)
    expects = {saved.question.expects for saved in questions.all()}
    assert ("lock-other",) in expects


def test_a_file_that_repeats_itself_brings_a_question_once(questions: Questions) -> None:
    text = "question,expects\n退款多久,faq-a\n退款多久？,faq-b\n"
    assert questions.bring(rows(text), "import").new == 1
    assert questions.all()[0].question.expects == ("faq-b",)


def test_there_is_an_end_to_questions(
    questions: Questions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_SAVED", 3)
    many = "question\n" + "".join(f"第{n}个问题\n" for n in range(5))
    done = questions.bring(rows(many), "import")
    assert (done.new, len(done.problems)) == (3, 1)
    with pytest.raises(NotAllowed):
        questions.add(wanted("再来一个"), "周审核")
    assert len(questions.all()) == 3


def test_previews_ask_saved_questions_and_then_real_ones(
    services: Services, questions: Questions
) -> None:
    questions.add(wanted("退款多久到账", "faq-refund"), "周审核")
    questions.add(wanted("必须答的", "faq-refund", must_hit=True), "周审核")
    insights = services.insights
    insights.add_gap("有没有实体店，打我电话 13800138000", "no_answer")
    insights.add_gap("退款多久到账？", "reported")  # saved already
    insights.record(
        Feedback(FeedbackKind.ADOPTED, "faq-refund", 1, query="钱去哪了 order SO12345678"), "客服"
    )
    insights.record(Feedback(FeedbackKind.UNHELPFUL, "faq-refund", 1, query=""), "客服")
    asked = questions.asked_in_previews()
    assert [one.source for one in asked] == ["saved", "saved", "asked", "asked"]
    assert asked[0].must_hit
    real = {one.question.text for one in asked if one.source == "asked"}
    assert real == {"有没有实体店，打我电话 [手机号]", "钱去哪了 order [订单号]"}
    assert [one.question.text for one in questions.asked_in_previews(1)] == ["必须答的"]
    assert [one.question.text for one in questions.must_hit()] == ["必须答的"]


def test_questions_as_long_as_may_be_are_kept_under_both_keys(questions: Questions) -> None:
    text = "门锁没电怎么开门" * 250
    wanted = [Wanted(Question(text, expects=("lock-power",)))]
    assert questions.bring(wanted, "周审核").new == 1
    assert questions.bring(wanted, "周审核").unchanged == 1
    assert not store.saved_question.indexes


def test_an_import_decides_on_what_stands_when_it_writes(
    questions: Questions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an import reads and what it writes belong to one transaction."""
    opened: list[str] = []
    for name in ("read", "write"):
        plain = getattr(store, name)

        def noted(engine: Engine, name: str = name, plain: Any = plain) -> Any:
            opened.append(name)
            return plain(engine)

        monkeypatch.setattr(store, name, noted)
    rows = [Wanted(Question(f"第 {n} 个问题")) for n in range(3)]
    monkeypatch.setattr(module, "MOST_SAVED", 2)
    done = questions.bring(rows, "周审核")
    assert (done.new, len(done.problems), opened) == (2, 1, ["write"])
    questions.bring(rows, "周审核", dry_run=True)
    assert opened == ["write", "read"]
