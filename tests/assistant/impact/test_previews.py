"""What a preview finds: answers gained and lost, duplicates, contradictions, what rests on it, when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from assistant.canned.model import Draft, OwnReply, Scope
from assistant.impact.proposals import NEW, Proposal, Step, moments
from kb.errors import NotFound
from kb.model import Audience, Content, Kind
from tests.assistant.conftest import NOW, RETURNS, FakeClock
from tests.assistant.impact.conftest import FREIGHT, LOCK, REFUND, Desk
from tests.assistant.impact.previewing import publish, texts, withdraw


def test_a_new_text_gains_what_nobody_answered(desk: Desk) -> None:
    desk.save("能用花呗付款吗")
    desk.save("退款多久到账", "faq-refund")
    content = Content(
        Kind.FAQ, "能用花呗付款吗？", "可以，结算时选花呗。", questions=("花呗能用不",)
    )
    found = publish(desk, NEW, content)
    assert texts(found.effects.gained)[0] == "能用花呗付款吗"
    outcome = found.effects.gained[0]
    assert outcome.before is None
    assert outcome.after is not None
    assert outcome.after.entry_id == NEW
    assert not found.blocked
    assert "退款多久到账" not in texts(found.effects.lost + found.effects.swapped)
    own = [one for one in found.effects.gained if one.asked.source == "own"]
    assert {one.asked.question.text for one in own} == {"能用花呗付款吗？", "花呗能用不"}


def test_taking_the_answer_away_loses_and_blocks(desk: Desk) -> None:
    desk.save("门锁没电了进不去", "lock-power", must_hit=True)
    desk.save("门锁没电怎么开")
    found = withdraw(desk, "lock-power")
    assert texts(found.effects.broken) == ["门锁没电了进不去"]
    assert found.blocked
    assert "门锁没电了进不去" in texts(found.effects.lost)
    same = publish(desk, "lock-power", LOCK, 1)
    assert not same.blocked
    assert same.effects.unchanged == same.effects.total


def test_a_text_for_others_is_gone_for_customers(desk: Desk) -> None:
    desk.save("门锁没电了进不去", "lock-power", must_hit=True)
    desk.save("门锁没电了进不去怎么帮客户", "lock-power", must_hit=True, audience=Audience.AGENT)
    found = publish(desk, "lock-power", replace(LOCK, audience=Audience.AGENT))
    assert texts(found.effects.broken) == ["门锁没电了进不去"]


def test_a_scheduled_text_is_looked_at_when_it_comes_into_force(desk: Desk) -> None:
    desk.save("门锁没电了进不去", "lock-power", must_hit=True)
    desk.save("今天门锁没电了进不去", "lock-power", must_hit=True, as_of=NOW)
    start = datetime(2027, 1, 1, tzinfo=UTC)
    other = Content(Kind.GUIDE, "年会安排", "一月的年会在杭州举行。", effective_from=start)
    found = publish(desk, "lock-power", other)
    assert found.as_of == start
    assert texts(found.effects.broken) == ["门锁没电了进不去"]  # asked about today it is answered
    past = publish(desk, "lock-power", replace(other, effective_from=NOW - timedelta(days=9)))
    assert past.as_of == NOW


def test_what_is_scheduled_already_is_part_of_both_sides(desk: Desk) -> None:
    start = datetime(2027, 1, 1, tzinfo=UTC)
    desk.publish("lock-power", Content(Kind.GUIDE, "年会", "一月的年会。", effective_from=start))
    desk.save("门锁没电了进不去", "lock-power", must_hit=True)
    later = replace(REFUND, effective_from=start + timedelta(days=1))
    assert not publish(desk, "faq-refund", later).effects.broken


def test_withdrawing_brings_an_earlier_text_back(desk: Desk) -> None:
    desk.save("退款多久到账", "faq-refund", must_hit=True)
    desk.publish("faq-refund", replace(REFUND, body="退款 5 个工作日到账。", title="退款多久到？"))
    found = withdraw(desk, "faq-refund", 2)
    assert not found.blocked
    with pytest.raises(NotFound):
        desk.impact.previews.preview(Proposal(Step.WITHDRAW, "no-such", 1, REFUND))


def test_duplicates_are_shown_and_what_is_replaced_is_none(desk: Desk) -> None:
    found = publish(desk, NEW, replace(REFUND, title="退款多久到账", questions=()))
    asked = [one for one in found.duplicates if one.what == "question"]
    assert [(one.revision.entry_id, one.similarity) for one in asked] == [("faq-refund", 1.0)]
    reworded = Content(Kind.FAQ, "钱几时回来", REFUND.body.replace("，", " , "))
    body = publish(desk, NEW, reworded).duplicates
    assert [(one.revision.entry_id, one.what) for one in body] == [("faq-refund", "body")]
    assert body[0].similarity == 1.0
    replaces = publish(desk, NEW, replace(REFUND, supersedes=("faq-refund",)))
    assert replaces.duplicates == ()
    assert publish(desk, "faq-refund", REFUND, 1).duplicates == ()


def test_contradictions_tell_new_ones_from_old_ones(desk: Desk) -> None:
    clash = Content(Kind.FAQ, "退款要等几天", "退款 9 个工作日到账，银行卡 15 个工作日到账。")
    found = publish(desk, NEW, clash)
    assert found.contradictions
    one = found.contradictions[0]
    assert (one.other.entry_id, one.new) == ("faq-refund", True)
    assert "9 个工作日" in one.mine
    assert "3 个工作日" in one.theirs
    desk.publish("faq-refund-wait", clash)
    again = publish(desk, "faq-refund-wait", replace(clash, tags=("退款",)))
    assert again.contradictions
    assert not again.contradictions[0].new


def test_what_rests_on_the_entry_is_named_with_its_sentence(desk: Desk) -> None:
    days = replace(RETURNS, body=RETURNS.body.replace("7 天", "15 天"))
    replies = [_reply("签收次日起 7 天内可以退货，请放心。")]
    proposal = Proposal(Step.PUBLISH, "return-7-days", 0, days)
    found = desk.impact.previews.preview(proposal, replies)
    marked = {one.touched.entry_id: one for one in found.dependents if one.touched.marked}
    assert set(marked) == {"faq-freight", "own-reply"}
    repeated = marked["own-reply"].touched.repeated[0]
    assert repeated.proposal == "签收次日起 15 天内可以退货，请放心。"
    gone = withdraw(desk, "return-7-days")
    assert [one.touched.entry_id for one in gone.dependents if one.touched.marked] == [
        "faq-freight"
    ]


def _reply(text: str) -> OwnReply:
    draft = Draft(scope=Scope.PRIVATE, title="七天退货", text=text, rests_on=("return-7-days",))
    return OwnReply("own-reply", "客服", draft, 1, NOW, NOW, "客服")


def test_what_is_named_and_not_there_is_told(desk: Desk) -> None:
    content = replace(
        FREIGHT,
        body="见[规则](kb:return-7-days)和[旧规则](kb:no-such-rule)。",
        depends_on=("return-7-days", "not-there"),
    )
    desk.kb.create("only-draft", REFUND, "林编辑")
    found = publish(desk, "faq-freight", replace(content, supersedes=("only-draft",)))
    assert {(one.field, one.target, one.why) for one in found.unresolved} == {
        ("depends_on", "not-there", "unknown"),
        ("body", "no-such-rule", "unknown"),
    }
    late = publish(desk, "faq-freight", replace(content, depends_on=("only-draft",)))
    assert ("depends_on", "only-draft", "not_in_force") in {
        (one.field, one.target, one.why) for one in late.unresolved
    }


def test_time_that_passes_changes_the_answer(desk: Desk, clock: FakeClock) -> None:
    ends = replace(LOCK, effective_until=NOW + timedelta(days=1))
    desk.publish("lock-power", ends)
    desk.save("门锁没电了进不去", "lock-power", must_hit=True)
    content = Content(Kind.POLICY, "新规则", "新规则的正文。")
    assert withdraw(desk, "lock-power", 2).effects.total > 0
    before = publish(desk, NEW, content).effects
    clock.advance(timedelta(days=2))
    after = publish(desk, NEW, content).effects
    assert before.total == after.total
    assert desk.impact.previews.broken(
        Proposal(Step.PUBLISH, "lock-power", 0, Content(Kind.GUIDE, "年会", "年会在杭州。"))
    ).broken


def test_what_breaks_only_later_breaks(desk: Desk) -> None:
    desk.save("门锁没电了进不去", "lock-power", must_hit=True)
    ends = NOW + timedelta(days=40)
    desk.publish("lock-power", replace(LOCK, tags=("活动",), effective_until=ends))
    proposal = Proposal(Step.WITHDRAW, "lock-power", 1, LOCK)
    assert texts(desk.impact.previews.broken(proposal).broken) == ["门锁没电了进不去"]
    found = withdraw(desk, "lock-power", 1)
    assert (found.blocked, found.effects.lost) == (True, ())
    short = replace(LOCK, tags=("新",), effective_until=NOW + timedelta(days=3))
    assert not publish(desk, "lock-power", short).blocked  # the open-ended one comes back


def test_moments_are_few_and_only_those_at_which_something_differs(desk: Desk) -> None:
    before = desk.kb.snapshot()
    for n in range(9):
        start = NOW + timedelta(days=10 * n + 1)
        desk.publish("lock-power", replace(
            LOCK, body=f"{LOCK.body}{n}", effective_from=start,
            effective_until=start + timedelta(days=5),
        ))  # fmt: skip
    after = desk.kb.snapshot()
    when = moments(before, after, NOW)
    assert when == [NOW, *(NOW + timedelta(days=10 * n + 1) for n in range(5))]
    assert moments(after, after, NOW) == [NOW]


def test_what_ends_later_because_of_a_withdrawal_is_looked_at(desk: Desk) -> None:
    start = NOW + timedelta(days=30)
    ends = replace(LOCK, effective_until=start + timedelta(days=9))
    desk.publish("lock-power", ends)
    desk.kb.withdraw("lock-power", 1, "周审核")
    new = Content(Kind.GUIDE, "门锁没电怎么开门（新）", LOCK.body, supersedes=("lock-power",),
                  effective_from=start)  # fmt: skip
    desk.publish("lock-new", new)
    desk.save("门锁没电了进不去", "lock-new", "lock-power", must_hit=True)
    desk.save("门锁没电怎么办", "lock-new", must_hit=True)
    found = withdraw(desk, "lock-new")
    assert set(texts(found.effects.broken)) == {"门锁没电了进不去", "门锁没电怎么办"}
