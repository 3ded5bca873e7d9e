"""What a question finds, what the filter kept back and why; runs of many questions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from assistant.impact import hit_tests as module
from assistant.impact.hit_tests import HitTest, Reason
from assistant.impact.model import Question
from assistant.impact.runs import HitRow, compare, figures
from indexer.what_if import Leader
from kb.errors import InvalidInput, NotFound
from kb.model import Audience, Channel, Kind
from tests.assistant.conftest import NOW, RETURNS
from tests.assistant.impact.conftest import AUTHORITY, LOCK, REFUND, Desk


def ask(desk: Desk, text: str, **more: object) -> HitTest:
    kinds = more.pop("kinds", None)
    question = Question(text, **more)  # type: ignore[arg-type]
    return desk.impact.hit_tests.test(question, kinds, 5)  # type: ignore[arg-type]


def reasons(found: HitTest) -> dict[tuple[str, int], Reason]:
    return {(one.revision.entry_id, one.revision.number): one.reason for one in found.filtered}


def test_results_are_those_of_the_service(desk: Desk) -> None:
    found = ask(desk, "退款多久到账")
    direct = desk.services.searcher.search(Question("退款多久到账").request(NOW, 5))
    assert [hit.entry_id for hit in found.response.hits] == [hit.entry_id for hit in direct.hits]
    assert found.response.hits[0].entry_id == "faq-refund"
    assert 0 < found.threshold < 1
    assert found.request.as_of == NOW


def test_each_reason_is_told(desk: Desk) -> None:
    soon = NOW + timedelta(days=9)
    desk.publish("lock-power", replace(LOCK, body=LOCK.body + "\n\n也可以拨打热线。"))  # 2
    desk.publish("lock-power", replace(LOCK, body=LOCK.body + "\n\n年后改版。",
                                       effective_from=soon))  # fmt: skip
    desk.publish("lock-old", replace(LOCK, title="门锁没电怎么开门（旧）",
                                     effective_until=NOW - timedelta(days=1)))  # fmt: skip
    desk.publish("lock-gone", replace(LOCK, title="门锁没电怎么办"))
    desk.kb.withdraw("lock-gone", 1, "周审核")
    desk.publish("lock-before", replace(LOCK, title="门锁没电的处理"))
    desk.publish("lock-after", replace(LOCK, title="门锁没电开门步骤", supersedes=("lock-before",)))
    desk.publish("lock-staff", replace(LOCK, title="门锁没电客服怎么帮", audience=Audience.AGENT))
    desk.publish("lock-phone", replace(LOCK, title="门锁没电电话里怎么说",
                                       channels=(Channel.PHONE,)))  # fmt: skip
    question = {"audience": Audience.CUSTOMER, "channel": Channel.CHAT}
    found = module_limit(desk, "门锁没电怎么开门", 20, **question)
    assert reasons(found) == {
        ("lock-power", 1): Reason.SUPERSEDED,
        ("lock-power", 3): Reason.NOT_YET_EFFECTIVE,
        ("lock-old", 1): Reason.EXPIRED,
        ("lock-gone", 1): Reason.WITHDRAWN,
        ("lock-before", 1): Reason.SUPERSEDED,
        ("lock-staff", 1): Reason.AUDIENCE,
        ("lock-phone", 1): Reason.CHANNEL,
    }
    told = {(one.revision.entry_id, one.revision.number): one for one in found.filtered}
    assert told["lock-power", 1].by == ("lock-power", 2)
    assert told["lock-power", 3].at == soon
    assert told["lock-old", 1].at == NOW - timedelta(days=1)
    assert told["lock-before", 1].by == ("lock-after", 1)
    later = module_limit(desk, "门锁没电怎么开门", 20, as_of=soon, audience=Audience.AGENT)
    assert reasons(later)["lock-power", 2] is Reason.SUPERSEDED
    assert ("lock-staff", 1) not in reasons(later)


def module_limit(desk: Desk, text: str, limit: int, **more: object) -> HitTest:
    return desk.impact.hit_tests.test(Question(text, **more), None, limit)  # type: ignore[arg-type]


def test_kinds_that_were_not_asked_for(desk: Desk) -> None:
    found = ask(desk, "退款多久到账", kinds=frozenset({Kind.POLICY}))
    assert reasons(found)["faq-refund", 1] is Reason.KIND
    assert found.filtered[0].would_rank == 1


def test_a_place_is_the_one_it_would_have_had(desk: Desk) -> None:
    desk.publish("faq-refund-card", replace(REFUND, title="信用卡退款多久到账？",
                                            audience=Audience.INTERNAL))  # fmt: skip
    found = ask(desk, "退款多久到账")
    first = found.response.hits[0]
    kept_back = found.filtered[0]
    assert kept_back.revision.entry_id == "faq-refund-card"
    assert kept_back.would_rank == (1 if kept_back.confidence > first.confidence else 2)


def test_what_would_not_have_been_shown_is_not_listed(desk: Desk) -> None:
    for n in range(8):
        desk.publish(f"faq-{n}", replace(REFUND, title=f"第 {n} 种退款多久到账？"))
    desk.publish("lock-staff", replace(LOCK, audience=Audience.AGENT))
    found = ask(desk, "退款多久到账")
    assert len(found.response.hits) == 5
    assert found.filtered == ()


def test_a_draft_is_nobodys_business(desk: Desk) -> None:
    desk.kb.create("faq-draft", REFUND, "林编辑")
    assert ("faq-draft", 1) not in reasons(ask(desk, "退款多久到账"))


def test_no_question_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInput):
        ask(desk, "   ")


def test_a_run_is_kept_with_its_figures(desk: Desk) -> None:
    questions = [
        Question("退款多久到账", expects=("faq-refund",)),
        Question("退货运费谁出", expects=("lock-power",)),
        Question("电话 13800138000 打不通"),
        Question("组长能补多少", audience=Audience.INTERNAL, expects=("compensation-authority",)),
        Question("组长能补多少", expects=("compensation-authority",)),
    ]
    run = desk.impact.hit_tests.run("第一次", questions, "g1", "周审核")
    kept, rows = desk.impact.hit_tests.read(run.id)
    assert kept == run
    assert (run.total, run.judged, run.hit1) == (5, 4, 2)
    assert run.hit3 >= run.hit1
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]
    assert rows[0].rank == 1
    assert rows[2].question.text == "电话 [手机号] 打不通"
    assert rows[3].top[0].entry_id == "compensation-authority"
    assert rows[4].rank == 0
    assert all(one.entry_id != "compensation-authority" for one in rows[4].top)
    assert desk.impact.hit_tests.runs(10, 0) == ([run], 1)
    with pytest.raises(NotFound):
        desk.impact.hit_tests.read("no-such-run")


def test_the_oldest_runs_go(desk: Desk, monkeypatch: pytest.MonkeyPatch, clock: object) -> None:
    monkeypatch.setattr(module, "_KEPT_RUNS", 2)
    for name in "abc":
        desk.impact.hit_tests.run(name, [Question("退款")], "g1", "周审核")
        clock.advance(timedelta(minutes=1))  # type: ignore[attr-defined]
    runs, total = desk.impact.hit_tests.runs(10, 0)
    assert ([run.name for run in runs], total) == (["c", "b"], 2)


def row(
    text: str, rank: int, top: str, confidence: float = 0.9, *, answered: bool = True
) -> HitRow:
    question = Question(text, expects=("right",) if rank >= 0 else ())
    return HitRow(1, question, answered, 0.9, max(rank, 0), (Leader(top, 1, top, confidence),))


def test_two_runs_are_compared_question_by_question() -> None:
    before = [
        row("升", 3, "a"), row("降", 1, "right"), row("没了", 2, "a"), row("同", 1, "right"),
        row("换", -1, "a"), row("答", -1, "a", answered=False), row("稳", -1, "a", 0.5),
        row("只在前", 1, "right"),
    ]  # fmt: skip
    after = [
        row("升", 1, "right"), row("降", 2, "a"), row("没了", 0, "b"), row("同", 1, "right", 0.85),
        row("换", -1, "b"), row("答", -1, "a"), row("稳", -1, "a", 0.8),
        row("只在后", 1, "right"),
    ]  # fmt: skip
    found = compare(before, after)
    assert [(c.after.question.text, c.why) for c in found.better] == [
        ("升", "rank"), ("答", "answered"), ("稳", "confidence")
    ]  # fmt: skip
    assert [(c.after.question.text, c.why) for c in found.worse] == [
        ("降", "rank"),
        ("没了", "rank"),
    ]
    assert [c.after.question.text for c in found.moved] == ["换"]
    assert (found.same, found.only_before, found.only_after) == (1, 1, 1)


def test_figures_count_only_what_has_an_expected_entry() -> None:
    rows = [row("a", 1, "right"), row("b", 2, "x"), row("c", 0, "x"), row("d", -1, "x")]
    run = figures("r", "n", datetime(2026, 1, 1, tzinfo=UTC), "我", "g", rows)
    assert (run.total, run.judged, run.hit1, run.hit3, run.answered) == (4, 3, 1, 2, 4)
    assert run.mrr == 0.5
    nothing = figures("r", "n", datetime(2026, 1, 1, tzinfo=UTC), "我", "g", [])
    assert (nothing.total, nothing.mrr) == (0, 0.0)


def test_a_run_after_a_change_shows_what_it_did(desk: Desk) -> None:
    questions = [Question("退款多久到账", expects=("faq-refund",)), Question("能退货吗")]
    first = desk.impact.hit_tests.run("前", questions, "g1", "周审核")
    desk.kb.withdraw("faq-refund", 1, "周审核")
    second = desk.impact.hit_tests.run("后", questions, "g2", "周审核")
    before, after, found = desk.impact.hit_tests.compare(first.id, second.id)
    assert (before, after) == (first, second)
    assert found.worse[0].after.question.text == "退款多久到账"


def test_internal_text_never_reaches_a_customers_question(desk: Desk) -> None:
    for text in (AUTHORITY.title, "组长可以补偿 300 元吗", RETURNS.title):
        found = ask(desk, text)
        assert "compensation-authority" not in {hit.entry_id for hit in found.response.hits}
