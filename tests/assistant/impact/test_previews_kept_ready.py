"""What previews remember and make ready ahead, and what they must ask anew."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from assistant.impact import duplicates
from assistant.impact import previews as module
from assistant.impact.previews import Impact
from assistant.impact.proposals import NEW
from assistant.impact.warming import Warmer
from indexer.what_if import Answer, State
from kb import claims, replaced
from kb.model import Content, Kind
from tests.assistant.conftest import NOW
from tests.assistant.impact.conftest import FREIGHT, LOCK, REFUND, Desk
from tests.assistant.impact.previewing import publish, withdraw


class Counting:
    """Counts what a preview asks."""

    def __init__(self, desk: Desk) -> None:
        self.asked: list[str] = []
        what_if = desk.impact.previews._what_if
        plain = what_if.answer

        def answer(state: State, request: object) -> Answer:
            self.asked.append(request.query)  # type: ignore[attr-defined]
            return plain(state, request)  # type: ignore[arg-type]

        what_if.answer = answer  # type: ignore[method-assign]
        desk.impact.previews._baseline._ask = answer


def test_answers_of_now_are_asked_once(desk: Desk) -> None:
    for n in range(4):
        desk.save(f"第 {n} 个关于退款的问题")
    counting = Counting(desk)
    publish(desk, NEW, Content(Kind.POLICY, "新规则一", "规则一的正文。"))
    assert len(counting.asked) == 8
    publish(desk, NEW, Content(Kind.POLICY, "新规则二", "规则二的正文。"))
    assert len(counting.asked) == 12  # only the proposal's side again
    publish(desk, NEW, Content(Kind.POLICY, "新规则二", "规则二的正文。"))
    assert len(counting.asked) == 12  # known already
    desk.publish("faq-other", Content(Kind.FAQ, "别的问题", "别的回答。"))
    publish(desk, NEW, Content(Kind.POLICY, "新规则二", "规则二的正文。"))
    assert len(counting.asked) == 20  # other knowledge


def test_a_question_changed_meanwhile_counts_at_once(desk: Desk) -> None:
    saved = desk.save("门锁没电了进不去", "lock-power")
    assert not withdraw(desk, "lock-power").blocked
    changed = desk.impact.questions.all()[0]
    desk.impact.questions.change(saved, module_wanted(changed), "周审核")
    assert withdraw(desk, "lock-power").blocked


def module_wanted(saved: object) -> object:
    from assistant.impact.questions import Wanted

    return Wanted(saved.question, must_hit=True)  # type: ignore[attr-defined]


def test_a_publish_during_a_preview_disturbs_neither(desk: Desk) -> None:
    for n in range(30):
        desk.save(f"第 {n} 个关于门锁的问题", "lock-power")
    wanted = publish(desk, NEW, Content(Kind.POLICY, "新规则", "门锁没电时打电话。")).effects
    results: list[Impact] = []
    go = threading.Barrier(3)

    def preview() -> None:
        go.wait()
        results.append(
            publish(desk, NEW, Content(Kind.POLICY, "新规则", "门锁没电时打电话。", risk=1))
        )

    threads = [threading.Thread(target=preview) for _ in range(2)]
    for thread in threads:
        thread.start()
    go.wait()
    desk.publish("faq-weather", Content(Kind.FAQ, "今天天气", "今天晴。"))
    for thread in threads:
        thread.join()
    assert {one.effects.total for one in results} == {wanted.total}
    assert publish(desk, NEW, Content(Kind.POLICY, "新规则", "门锁没电时打电话。")).effects.total


def test_many_proposals_are_not_all_remembered(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KEPT", 2)
    prepared = desk.impact.previews._what_if._preparer._prepared
    for n in range(6):
        publish(desk, NEW, Content(Kind.POLICY, f"规则 {n}", f"第 {n} 条规则的正文。"))
    prepared = desk.impact.previews._what_if._preparer._prepared
    assert len(desk.impact.previews._known) == 2
    assert sum(entry_id == NEW for entry_id, _number, _hash in prepared) <= 2


def wait_until(true: Callable[[], bool]) -> None:
    done = threading.Event()
    for _ in range(3_000):
        if true():
            return
        done.wait(0.01)
    raise AssertionError("it never came true")


def test_after_a_change_everything_is_made_ready_again() -> None:
    changes, worked = [1], []
    warmer = Warmer(lambda: worked.append(changes[0]), lambda: changes[0], 0.005, 60)
    warmer.used(1)
    changes[0] = 2
    wait_until(lambda: worked == [2])
    changes[0] = 3
    wait_until(lambda: worked == [2, 3])
    warmer.close()
    assert warmer._thread is not None
    assert not warmer._thread.is_alive()


def test_what_nobody_uses_is_not_kept_ready() -> None:
    worked: list[int] = []
    warmer = Warmer(lambda: worked.append(1), lambda: 2, 0.001, 0.0)
    warmer.used(1)
    assert warmer._thread is not None
    warmer._thread.join()
    assert worked == []


def test_a_failure_while_making_ready_is_survived(caplog: pytest.LogCaptureFixture) -> None:
    tried: list[int] = []

    def fail() -> None:
        tried.append(1)
        raise OSError("the disk is gone")

    warmer = Warmer(fail, lambda: 2, 0.001, 60)
    warmer.used(1)
    wait_until(lambda: len(tried) >= 2)
    warmer.close()
    assert "could not be made ready" in caplog.text


def test_warming_up_asks_everything_that_a_preview_asks_of_now(desk: Desk) -> None:
    desk.save("退款多久到账", "faq-refund")
    counting = Counting(desk)
    desk.impact.previews.warm_up()
    assert counting.asked == ["退款多久到账"]
    publish(desk, NEW, Content(Kind.POLICY, "新规则", "新规则的正文。"))
    assert counting.asked == ["退款多久到账"] * 2


def test_who_is_expected_finds_everything_ready(desk: Desk) -> None:
    desk.save("退款多久到账", "faq-refund")
    counting = Counting(desk)
    desk.impact.previews._warmer._look_every = 0.005
    desk.impact.previews.expected()
    wait_until(lambda: counting.asked == ["退款多久到账"])
    publish(desk, NEW, Content(Kind.POLICY, "新规则", "新规则的正文。"))
    assert counting.asked == ["退款多久到账"] * 2


def test_what_was_dismissed_meanwhile_counts_at_once(desk: Desk) -> None:
    clash = Content(Kind.FAQ, "退款要等几天", "退款 9 个工作日到账，银行卡 15 个工作日到账。")
    desk.publish("faq-refund-wait", clash)
    late = replace(FREIGHT, depends_on=("only-draft",))
    assert publish(desk, "faq-freight", late).unresolved[0].why == "unknown"
    desk.kb.create("only-draft", REFUND, "林编辑")
    assert publish(desk, "faq-freight", late).unresolved[0].why == "not_in_force"
    again = replace(clash, tags=("退款",))
    assert publish(desk, "faq-refund-wait", again).contradictions
    desk.kb.dismissed_conflicts = _all_dismissed(desk, again)  # type: ignore[method-assign]
    assert not publish(desk, "faq-refund-wait", again).contradictions


def _all_dismissed(desk: Desk, content: Content) -> Callable[[], frozenset[str]]:
    from kb import conflicts
    from kb.freshness import conflict_key
    from kb.model import Revision

    mine = Revision("faq-refund-wait", 2, content, content.digest(), desk.kb.revision(
        "faq-refund-wait", 1).status, "", NOW)  # fmt: skip
    others = [entry.published[-1] for entry in desk.kb.snapshot() if entry.id != mine.entry_id
              and entry.published]  # fmt: skip
    keys = frozenset(conflict_key(pair) for pair in conflicts.find([mine, *others]))
    return lambda: keys


def test_what_is_typed_is_not_remembered(desk: Desk) -> None:
    publish(desk, "lock-power", LOCK)
    kept = [claims._kept, duplicates._kept_pieces, replaced._replacements]
    shelves = desk.impact.previews._baseline._known.values()
    publish(desk, "lock-power", replace(LOCK, body=LOCK.body + "再试一次。"))
    sizes = [cache.cache_info().currsize for cache in kept]
    answers = sum(len(shelf.answers) for shelf in shelves)
    for n in range(5):
        body = f"{LOCK.body}第 {n} 次改动，等 {n} 分钟。"
        publish(desk, "lock-power", replace(LOCK, title=f"门锁没电第 {n} 种办法", body=body))
    assert [cache.cache_info().currsize for cache in kept] == sizes
    assert sum(len(shelf.answers) for shelf in shelves) == answers
