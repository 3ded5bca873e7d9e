"""The figures of simulated visits, by hand."""

from __future__ import annotations

import pytest

from evaluation.selfservice import measuring
from evaluation.selfservice.customer import Outcome, Visit
from evaluation.selfservice.measuring import Measured
from evaluation.selfservice.visits import Said, Script


def ended(
    name: str, outcome: Outcome, *, handover: str = "", reason: str = "", goal: str = "a",
    rejects: bool = False,
) -> Visit:  # fmt: skip
    needs = () if handover else (frozenset({goal}),)
    said = (Said("在吗", aside=True), Said("话", (0,), rejects=rejects))
    script = Script(name, "dev", "zh", "short", "目标", said, needs, handover)
    return Visit(
        script, outcome, reason, bool(reason), said=2, replies=1, log=["customer: 话"],
        wrong=int(outcome is Outcome.WRONG_ANSWER),
    )  # fmt: skip


OURS = (
    ended("d1", Outcome.SOLVED),
    ended("d2", Outcome.WRONG_ANSWER),
    ended("d3", Outcome.HANDED_OVER_NEEDLESSLY),
    ended("d4", Outcome.HANDED_OVER, handover="upset", reason="sensitive"),
)
THEIRS = (
    ended("d1", Outcome.WRONG_ANSWER),
    ended("d2", Outcome.WRONG_ANSWER),
    ended("d3", Outcome.SOLVED),
    ended("d4", Outcome.WRONG_ANSWER, handover="upset"),
)


def test_figures_by_hand() -> None:
    found = measuring.result(Measured("dev", OURS, THEIRS))
    ours = found["product"]
    assert (ours["solved"]["count"], ours["solved"]["of"]) == (1, 3)
    assert (ours["wrong_answer"]["share"], ours["wrong_answer"]["of"]) == (0.25, 4)
    assert (ours["handed_over"]["share"], ours["handed_over"]["of"]) == (1.0, 1)
    assert (ours["handed_over_at_once"]["share"], ours["reason_right"]["share"]) == (1.0, 0.0)
    assert (ours["handed_over_needlessly"]["count"], ours["handed_over_needlessly"]["of"]) == (1, 3)
    assert found["faq_bot"]["wrong_answer"]["count"] == 3
    assert found["paired"]["wrong_answer"]["difference"] == -0.5
    assert found["paired"]["solved"] == {
        "difference": 0.0, "interval": [-1.0, 1.0], "p": 1.0,
    }  # fmt: skip
    row = found["by_category"]["short"]
    assert (row["visits"], row["product"], row["faq_bot"]) == (4, 2, 1)
    assert (row["product_wrong"], row["faq_bot_wrong"]) == (1, 3)
    assert found["wrong"] == ["d2", "d3"]
    assert measuring.below_bars(found) == [
        "solved 0.333 is below 0.70", "wrong_answer 0.250 is over 0.05",
        "wrong_shown 0.250 is over 0.10",
    ]  # fmt: skip
    told = measuring.text(found)
    assert "0.333 (1 of 3; 0.06–0.79)" in told
    assert "beyond the bar: solved" in told
    with pytest.raises(ValueError, match="nothing to measure"):
        measuring.result(Measured("dev", (), ()))


def test_wrong_answers_are_also_told_of_those_who_would_believe_one() -> None:
    notices = ended("d5", Outcome.GAVE_UP, rejects=True)
    found = measuring.result(Measured("dev", (*OURS, notices), (*THEIRS, notices)))
    ours = found["product"]
    assert (ours["wrong_answer"]["count"], ours["wrong_answer"]["of"]) == (1, 5)
    believed = ours["wrong_answer_if_believed"]
    assert (believed["count"], believed["of"]) == (1, 4)
    assert "wrong answer if believed" in measuring.text(found)


def test_visits_whose_goal_was_not_learnt_from_are_told_apart() -> None:
    more = ended("d5", Outcome.SOLVED, goal="b")
    learnt = frozenset({"a", "c"})
    found = measuring.result(Measured("test", (*OURS, more), (*THEIRS, more), learnt))
    apart = found["unlearnt"]["product"]
    assert (apart["solved"]["count"], apart["solved"]["of"]) == (1, 1)
    assert (apart["wrong_answer"]["count"], apart["wrong_answer"]["of"]) == (0, 1)
    assert "the 1 with a goal that no judged dev query has" in measuring.text(found)
    none = measuring.result(Measured("test", OURS, THEIRS, learnt))["unlearnt"]["product"]
    assert (none["solved"]["share"], none["messages_a_visit"]) == (None, 0.0)


def test_what_cannot_be_measured_does_not_hold() -> None:
    found = measuring.result(Measured("dev", OURS[:1], THEIRS[:1]))
    assert "handed_over: there is no visit to measure it on" in measuring.below_bars(found)


def test_intervals_stay_within_what_a_share_can_be() -> None:
    assert measuring.share(0, 0) == {"share": None, "count": 0, "of": 0, "interval": None}
    assert measuring.share(0, 10)["interval"] == [0.0, 0.2775]
    assert measuring.share(10, 10)["interval"] == [0.7225, 1.0]
    assert measuring.share(7, 10)["interval"] == [0.3968, 0.8922]


def test_errors_tell_the_whole_visit() -> None:
    told = measuring.errors(Measured("dev", OURS, THEIRS)).splitlines()
    assert told[:3] == ["-- d2 short: 目标 (a)", "   customer: 话", "   = wrong_answer"]
    assert not any(line.startswith("-- d1") or line.startswith("-- d4") for line in told)
