"""Simulated customers: what they say in which case, and how a visit is judged."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from evaluation.selfservice.customer import Outcome, Reaction, Visit, visit
from evaluation.selfservice.visits import Said, Script

RIGHT, OTHER, WRONG = "return-7-days", "refund-timing", "gift-card"
TITLES = {RIGHT: frozenset({"七天无理由退货规则", "怎么退货"}), WRONG: frozenset({"礼品卡"})}
NOTHING = Reaction()


class Scripted:
    """Reacts in a given order, whatever is said; keeps what was said."""

    def __init__(self, *reactions: Reaction) -> None:
        self._left = list(reactions)
        self.heard: list[str] = []

    def say(self, text: str) -> Reaction:
        self.heard.append(text)
        return self._left.pop(0)

    def not_solved(self) -> Reaction:
        return self.say("[not solved]")


def answers(*entries: str) -> Reaction:
    return Reaction(answers=entries)


def person(reason: str = "no_knowledge") -> Reaction:
    return Reaction(handed_over=reason)


def script(
    *turns: Said, needs: Sequence[frozenset[str]] = (frozenset({RIGHT}),), handover: str = "",
    abstain: bool = False, helpful: frozenset[str] = frozenset(),
) -> Script:  # fmt: skip
    return Script(
        "d1", "dev", "zh", "short", "想退货", turns, tuple(needs), handover, abstain, helpful
    )


def played(customer: Script, *reactions: Reaction) -> tuple[Visit, list[str]]:
    assistant = Scripted(*reactions)
    return visit(customer, assistant, TITLES), assistant.heard


ASKS = Said("能退吗", (0,), rephrase="怎么退货", rejects=True)
BELIEVES = Said("能退吗", (0,), rephrase="怎么退货")


def test_a_right_answer_solves_it() -> None:
    found, heard = played(script(ASKS), answers(RIGHT))
    assert (found.outcome, heard, found.wrong, found.replies) == (
        Outcome.SOLVED, ["能退吗"], 0, 1,
    )  # fmt: skip


def test_who_notices_turns_a_wrong_answer_down_and_then_puts_it_differently() -> None:
    found, heard = played(script(ASKS), answers(WRONG), NOTHING, answers(RIGHT))
    assert found.outcome is Outcome.SOLVED
    assert heard == ["能退吗", "[not solved]", "怎么退货"]
    assert (found.wrong, found.replies, found.said) == (1, 2, 2)


def test_who_does_not_notice_leaves_with_a_wrong_answer() -> None:
    found, heard = played(script(BELIEVES), answers(WRONG))
    assert (found.outcome, heard) == (Outcome.WRONG_ANSWER, ["能退吗"])


def test_who_got_no_answer_puts_it_differently_and_may_be_misled_then() -> None:
    assert played(script(BELIEVES), NOTHING, answers(RIGHT))[0].outcome is Outcome.SOLVED
    assert played(script(BELIEVES), NOTHING, answers(WRONG))[0].outcome is Outcome.WRONG_ANSWER
    assert played(script(BELIEVES), NOTHING, NOTHING)[0].outcome is Outcome.GAVE_UP


def test_a_customer_chooses_what_is_about_their_matter() -> None:
    which = Reaction(options=("礼品卡", "七天无理由退货规则"))
    found, heard = played(script(ASKS), which, answers(RIGHT))
    assert found.outcome is Outcome.SOLVED
    assert heard == ["能退吗", "七天无理由退货规则"]
    by_words = Said("能退吗", (0,), like=("礼品",), rephrase="怎么退货", rejects=True)
    assert played(script(by_words), which, answers(RIGHT))[1] == ["能退吗", "礼品卡"]
    none = Reaction(options=("礼品卡", "发票"))
    assert played(script(ASKS), none, answers(RIGHT))[1] == ["能退吗", "怎么退货"]


def test_each_need_has_to_be_met_and_only_as_many_answers_count_as_were_asked_for() -> None:
    both = [frozenset({RIGHT}), frozenset({OTHER})]
    at_once = Said("几天能退？钱多久到？", (0, 1), rephrase="退货和退款", rejects=True)
    one = script(at_once, needs=both)
    assert played(one, answers(OTHER, RIGHT))[0].outcome is Outcome.SOLVED
    found, heard = played(one, answers(RIGHT), answers(OTHER))
    assert (found.outcome, heard[1]) == (Outcome.SOLVED, "退货和退款")
    assert played(one, answers(RIGHT), answers(RIGHT))[0].outcome is Outcome.GAVE_UP
    many = played(script(BELIEVES), answers(WRONG, RIGHT))[0]
    assert (many.outcome, many.more) == (Outcome.WRONG_ANSWER, 1)
    later = script(ASKS, Said("钱呢", (1,), rejects=True), needs=both)
    assert played(later, answers(RIGHT), answers(OTHER))[0].outcome is Outcome.SOLVED


def test_where_a_person_is_due_only_a_person_is_right() -> None:
    due = script(ASKS, needs=(), handover="no_knowledge", helpful=frozenset({OTHER}))
    found = played(due, person())[0]
    assert (found.outcome, found.at_once) == (Outcome.HANDED_OVER, True)
    late = played(due, NOTHING, person("asked_for_person"))[0]
    assert (late.outcome, late.at_once, late.reason) == (
        Outcome.HANDED_OVER, False, "asked_for_person",
    )  # fmt: skip
    assert played(due, answers(OTHER), NOTHING)[0].outcome is Outcome.GAVE_UP
    assert played(due, answers(WRONG), NOTHING, NOTHING)[0].outcome is Outcome.GAVE_UP
    believes = script(BELIEVES, needs=(), handover="no_knowledge")
    assert played(believes, answers(WRONG))[0].outcome is Outcome.WRONG_ANSWER


def test_a_person_is_needless_where_public_knowledge_would_have_done() -> None:
    found = played(script(ASKS), person())[0]
    assert (found.outcome, found.at_once) == (Outcome.HANDED_OVER_NEEDLESSLY, False)
    before = Said("在吗", aside=True)
    due = script(before, ASKS, needs=(), handover="upset")
    assert played(due, person())[0].outcome is Outcome.HANDED_OVER_NEEDLESSLY
    assert played(due, NOTHING, person("upset"))[0].at_once


def test_nothing_is_the_right_answer_to_what_is_nobody_s_business() -> None:
    weather = script(BELIEVES, needs=(), abstain=True)
    assert played(weather, NOTHING, NOTHING)[0].outcome is Outcome.ABSTAINED
    assert played(weather, answers(WRONG))[0].outcome is Outcome.WRONG_ANSWER


@pytest.mark.parametrize("reaction", [answers(WRONG), answers(RIGHT), NOTHING])
def test_nothing_hangs_on_what_comes_before_the_matter(reaction: Reaction) -> None:
    found = played(script(Said("在吗", aside=True), ASKS), reaction, answers(RIGHT))[0]
    assert (found.outcome, found.wrong) == (Outcome.SOLVED, 0)


def test_patience_ends() -> None:
    found, heard = played(script(ASKS), *[answers(WRONG)] * 8)
    assert found.outcome is Outcome.GAVE_UP
    assert heard.count("[not solved]") == 6


def test_what_the_last_choice_brings_counts() -> None:
    which = Reaction(options=("七天无理由退货规则",))
    found, heard = played(script(ASKS), which, which, which, answers(RIGHT))
    assert (found.outcome, len(heard)) == (Outcome.SOLVED, 4)
    found, heard = played(script(BELIEVES), which, which, which, answers(WRONG))
    assert (found.outcome, len(heard)) == (Outcome.WRONG_ANSWER, 4)
    found, heard = played(script(BELIEVES), which, which, which, which, answers(RIGHT))
    assert (found.outcome, heard[-1]) == (Outcome.SOLVED, "怎么退货")
