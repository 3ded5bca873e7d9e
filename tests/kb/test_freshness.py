"""Every state of freshness, with its reasons, and the edges between states."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kb.basis import dependents
from kb.conflicts import find
from kb.freshness import Freshness, Reason, State, assess, board, conflict_key
from kb.model import Audience, Content, Entry, Kind, Revision, Status, Stewardship
from kb.rows import Report

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
DAY = timedelta(days=1)


def ago(days: float) -> datetime:
    return NOW - days * DAY


def revision(number: int = 1, *, published: float = 100, status: Status = Status.PUBLISHED,
             withdrawn: float | None = None, **fields: Any) -> Revision:  # fmt: skip
    content = Content(**{"kind": Kind.POLICY, "title": "t", "body": "一句话。", **fields})
    return Revision(
        "", number, content, content.digest(), status, "a", ago(published),
        published_at=ago(published),
        withdrawn_at=None if withdrawn is None else ago(withdrawn),
    )  # fmt: skip


def entry(
    entry_id: str, *revisions: Revision, reviewed: float | None = None, every: int = 0
) -> Entry:
    made = tuple(replace(r, entry_id=entry_id) for r in revisions or (revision(),))
    keeper = Stewardship("组", "", every, None if reviewed is None else ago(reviewed))
    return Entry(entry_id, made[0].content.kind, keeper, 1, ago(100), made)


def label(*entries: Entry, of: str = "a", **options: Any) -> Freshness:
    return assess(entries, now=NOW, **options)[of]


def states(*entries: Entry, of: str = "a", **options: Any) -> list[State]:
    return [reason.state for reason in label(*entries, of=of, **options).reasons]


def test_plain_entry_is_current_without_reasons() -> None:
    assert label(entry("a")) == Freshness(State.CURRENT)


def test_badness_orders_the_states() -> None:
    assert State.CURRENT.badness == 0
    assert State.EXPIRED.badness == max(state.badness for state in State) == 10


@pytest.mark.parametrize(("end", "expected"), [(0, [State.EXPIRED]), (-0.001, [])])
def test_expired_from_the_very_end(end: float, expected: list[State]) -> None:
    assert states(entry("a", revision(effective_until=ago(end)))) == expected


def test_expired_though_another_revision_is_still_to_come() -> None:
    rule = entry("a", revision(effective_until=ago(3)), revision(2, effective_from=ago(-3)))
    assert states(rule) == [State.EXPIRED, State.NOT_YET_EFFECTIVE]


def test_not_yet_effective_says_when() -> None:
    found = label(entry("a", revision(effective_from=ago(-3)))).reasons[0]
    assert (found.state, found.at) == (State.NOT_YET_EFFECTIVE, ago(-3))
    assert "2026-11-25 12:00" in found.message("en")
    assert "2026-11-25 12:00" in found.message("zh-CN")


def test_reason_dates_are_the_sites() -> None:
    rule = entry("a", revision(effective_until=datetime(2026, 11, 1, 16, tzinfo=UTC)))
    assert "2026-11-02 " in label(rule).reasons[0].message_zh
    elsewhere = label(rule, tz=ZoneInfo("UTC")).reasons[0]
    assert "2026-11-01 16:00" in elsewhere.message_zh


def test_never_published_is_current_and_wholly_withdrawn_is_expired() -> None:
    draft = entry("a", revision(status=Status.DRAFT))
    gone = entry("b", revision(status=Status.WITHDRAWN, withdrawn=2))
    found = assess([draft, gone], now=NOW)
    assert found["a"] == Freshness(State.CURRENT)
    assert found["b"].state is State.EXPIRED
    assert board([draft, gone], found, {}, NOW) == []


def test_superseded_names_the_successor() -> None:
    new = entry("b", revision(effective_from=ago(5), supersedes=("a",)))
    found = label(entry("a"), new)
    assert (found.state, found.reasons[0].refs, found.reasons[0].at) == (
        State.SUPERSEDED, ("b",), ago(5),
    )  # fmt: skip
    later = entry("b", revision(effective_from=ago(-5), supersedes=("a",)))
    assert label(entry("a"), later).state is State.CURRENT


class TestBasis:
    """What an entry depends on changed after its last review."""

    def faq(self, reviewed: float | None = None, **fields: Any) -> Entry:
        return entry("a", revision(published=90, depends_on=("p",), **fields), reviewed=reviewed)

    @pytest.mark.parametrize(
        ("reviewed", "expected"),
        [(None, [State.BASIS_CHANGED]), (11, [State.BASIS_CHANGED]), (10, []), (9, [])],
    )
    def test_new_revision(self, reviewed: float | None, expected: list[State]) -> None:
        policy = entry("p", revision(), revision(2, effective_from=ago(10)))
        assert states(self.faq(reviewed), policy) == expected

    def test_reason_names_the_dependency_and_the_latest_change(self) -> None:
        policy = entry("p", revision(), revision(2, effective_from=ago(10), effective_until=ago(4)))
        reason = label(self.faq(50), policy).reasons[0]
        assert (reason.refs, reason.at) == (("p",), ago(4))
        assert "revision 1 took effect" in reason.message_en

    def test_change_still_to_come_is_none(self) -> None:
        assert (
            states(self.faq(50), entry("p", revision(), revision(2, effective_from=ago(-1)))) == []
        )

    def test_scheduled_change_counts_when_it_comes_into_force(self) -> None:
        policy = entry("p", revision(), revision(2, published=60, effective_from=ago(1)))
        assert states(self.faq(30), policy) == [State.BASIS_CHANGED]

    def test_backdated_revision_counts_when_it_became_known(self) -> None:
        policy = entry("p", revision(), revision(2, published=5, effective_from=ago(95)))
        assert states(self.faq(30), policy) == [State.BASIS_CHANGED]
        assert states(self.faq(4), policy) == []

    def test_own_revision_made_for_the_date_of_the_change_is_no_fault(self) -> None:
        policy = entry("p", revision(), revision(2, published=40, effective_from=ago(10)))
        assert states(self.faq(30, effective_from=ago(10)), policy) == []

    def test_ended_superseded_and_withdrawn_bases(self) -> None:
        ended = entry("p", revision(effective_until=ago(5)))
        assert "ended" in label(self.faq(), ended).reasons[0].message_en
        new = entry("q", revision(effective_from=ago(5), supersedes=("p",)))
        assert "replaced by q" in label(self.faq(), entry("p"), new).reasons[0].message_en
        gone = entry("p", revision(), revision(2, status=Status.WITHDRAWN, withdrawn=5))
        assert "revision 2 was withdrawn" in label(self.faq(), gone).reasons[0].message_en
        assert states(self.faq(4), gone) == []

    def test_entry_out_of_force_is_not_judged_by_its_basis(self) -> None:
        policy = entry("p", revision(), revision(2, effective_from=ago(10)))
        assert states(self.faq(effective_until=ago(2)), policy) == [State.EXPIRED]

    def test_dependents(self) -> None:
        entries = {
            e.id: e for e in (self.faq(), entry("p"), entry("b", revision(depends_on=("p",))))
        }
        assert dependents(entries) == {"p": ("a", "b")}


@pytest.mark.parametrize(
    ("reviewed", "expected"),
    [(80, []), (83.9, []), (84, [State.REVIEW_DUE]), (97.9, [State.REVIEW_DUE]),
     (98, [State.REVIEW_OVERDUE]), (400, [State.REVIEW_OVERDUE])],
)  # fmt: skip
def test_review_dates(reviewed: float, expected: list[State]) -> None:
    rule = entry("a", revision(published=500), reviewed=reviewed, every=98)
    assert states(rule) == expected


def test_review_counts_from_publishing_and_zero_means_never() -> None:
    assert states(entry("a", revision(published=10), reviewed=300, every=90)) == []
    assert states(entry("a", revision(published=3000))) == []


def test_past_date_in_text_but_not_in_cases() -> None:
    fields: dict[str, Any] = {"body": "活动截止 2026年10月31日。", "effective_from": ago(100)}
    reason = label(entry("a", revision(**fields))).reasons[0]
    assert reason.state is State.PAST_DATE_IN_TEXT
    assert reason.at == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert states(entry("a", revision(kind=Kind.CASE, **fields))) == []
    today = revision(body="活动截止 2026年11月22日。", effective_from=ago(100))
    assert states(entry("a", today)) == [], "the last day is not over yet"


@pytest.mark.parametrize(
    ("reviewed", "published", "flagged"),
    [(5, 100, False), (50, 100, True), (5, 3, True)],
    ids=["confirmed since", "confirmed before it passed", "written after the confirmation"],
)
def test_a_passed_date_that_somebody_found_right_is_right(
    reviewed: float, published: float, flagged: bool
) -> None:
    text = revision(body="活动截止 2026年10月31日。", effective_from=ago(100), published=published)
    found = states(entry("a", text, reviewed=reviewed))
    assert found == ([State.PAST_DATE_IN_TEXT] if flagged else [])


@pytest.mark.parametrize(
    ("body", "fields", "refs"),
    [
        ("见[规则](kb:gone)。", {}, ("gone",)),
        ("见[规则](kb:b#没有)。", {}, ("b",)),
        ("见[规则](kb:draft)。", {}, ("draft",)),
        ("见[规则](kb:inner)。", {}, ("inner",)),
        ("正文。", {"depends_on": ("gone",)}, ("gone",)),
        ("正文。", {"supersedes": ("gone",)}, ("gone",)),
    ],
)
def test_broken_links(body: str, fields: dict[str, Any], refs: tuple[str, ...]) -> None:
    others = (
        entry("b", revision(body="## 运费\n十元。")),
        entry("draft", revision(status=Status.DRAFT)),
        entry("inner", revision(audience=Audience.INTERNAL)),
    )
    reason = label(entry("a", revision(body=body, **fields)), *others).reasons[0]
    assert (reason.state, reason.refs) == (State.BROKEN_LINK, refs)


def test_sound_links() -> None:
    b = entry("b", revision(body="## 运费、时限\n十元。", audience=Audience.AGENT))
    body = "见 [一](kb:b)、[二](kb:b#运费、时限)、[三](kb:b#运费-时限)、[四](https://x.example)。"
    assert states(entry("a", revision(body=body, audience=Audience.INTERNAL)), b) == []


def test_conflicts_flag_both_sides_unless_dismissed() -> None:
    one = entry("a", revision(body="过保产品上门检修，每次收取上门费 60 元。"))
    other = entry("b", revision(body="过保产品上门检修，每次收取上门费 80 元。"))
    reason = label(one, other).reasons[0]
    assert (reason.state, reason.refs) == (State.CONFLICT, ("b",))
    assert "60 元" in reason.message_zh
    assert label(one, other, of="b").reasons[0].refs == ("a",)
    key = conflict_key(find([*one.revisions, *other.revisions])[0])
    assert states(one, other, ignored={key}) == []
    assert states(one, other, conflicts=()) == []
    future = entry("b", revision(body=other.revisions[0].content.body, effective_from=ago(-9)))
    assert states(one, future) == [], "not at the same time"


def test_a_contradiction_that_a_changed_basis_explains_is_told_once() -> None:
    old, new = (
        "过保产品上门检修，每次收取上门费 60 元。",
        "过保产品上门检修，每次收取上门费 80 元。",
    )
    policy = entry("p", revision(body=old), revision(2, body=new, effective_from=ago(10)))
    resting = entry("a", revision(published=90, body=old, depends_on=("p",)))
    assert states(resting, policy) == [State.BASIS_CHANGED]
    assert states(resting, policy, of="p") == []
    checked = replace(resting, stewardship=Stewardship(reviewed_at=ago(2)))
    assert states(checked, policy) == [State.CONFLICT], "somebody confirmed what contradicts it"


def test_a_reason_names_the_revisions_whose_words_it_quotes() -> None:
    one = entry("a", revision(body="过保产品上门检修，每次收取上门费 60 元。"))
    other = entry("b", revision(body="过保产品上门检修，每次收取上门费 80 元。"))
    assert label(one, other).reasons[0].quotes == (("b", 1),)


def test_open_reports_count_resolved_ones_do_not() -> None:
    report = Report(1, "a", 1, "一句话。", "不对了", "坐席 A", ago(2))
    found = label(entry("a"), reports=[report]).reasons[0]
    assert (found.state, found.at) == (State.REPORTED_OUTDATED, ago(2))
    assert "不对了" in found.message_zh
    assert states(entry("a"), reports=[replace(report, resolved_at=NOW)]) == []
    assert states(entry("a"), reports=[replace(report, entry_id="other")]) == []


def test_worst_state_wins_and_all_reasons_stay() -> None:
    policy = entry("p", revision(), revision(2, effective_from=ago(10)))
    faq = entry("a", revision(published=90, depends_on=("p",), body="见[一](kb:gone)。"), every=80)
    found = label(faq, policy)
    assert found.state is State.BASIS_CHANGED
    assert [r.state for r in found.reasons] == [
        State.BASIS_CHANGED, State.REVIEW_OVERDUE, State.BROKEN_LINK,
    ]  # fmt: skip


def test_a_clock_that_jumps_changes_labels_and_back(frozen: Callable[[], list[Entry]]) -> None:
    entries = frozen()
    before = assess(entries, now=NOW)
    assert assess(entries, now=NOW + 9999 * DAY) != before
    assert assess(entries, now=NOW) == before


@pytest.fixture
def frozen() -> Callable[[], list[Entry]]:
    return lambda: [entry("a", revision(effective_until=ago(-30)), every=300)]


class TestBoard:
    """The board's rows and their order."""

    def rows(self, usage: dict[str, int], **options: Any) -> list[Any]:
        entries = [
            entry("old", revision(effective_until=ago(40), risk=1)),
            entry("risky", revision(effective_until=ago(40), risk=3)),
            entry("soon", revision(effective_from=ago(-5))),
            entry("fine"),
        ]
        return board(entries, assess(entries, now=NOW), usage, NOW, **options)

    def test_damage_is_use_times_age_times_risk(self) -> None:
        assert [(row.entry_id, row.damage) for row in self.rows({})] == [
            ("risky", 120.0), ("old", 40.0), ("soon", 0.0),
        ]  # fmt: skip
        assert self.rows({"old": 9})[0].entry_id == "old"
        assert self.rows({"old": 9})[0].damage == 400.0

    def test_row_says_what_is_needed(self) -> None:
        rule = entry("a", revision(title="题", effective_from=ago(60)), reviewed=50, every=30)
        row = board([rule], assess([rule], now=NOW), {"a": 2}, NOW)[0]
        assert (row.title, row.owner, row.state, row.revision) == (
            "题", "组", State.REVIEW_OVERDUE, 1,
        )  # fmt: skip
        assert (row.age_days, row.usage, row.next_review) == (20, 2, ago(20))
        assert row.reasons[0] == Reason(State.REVIEW_OVERDUE, row.reasons[0].message_zh,
                                        row.reasons[0].message_en, (), ago(20))  # fmt: skip

    def test_current_rows_on_request(self) -> None:
        rows = self.rows({"fine": 50}, include_current=True)
        assert [row.entry_id for row in rows][-1] == "fine"
        assert rows[-1].damage == 0


def test_a_missing_picture_is_a_broken_link() -> None:
    name = f"{'a' * 64}.png"
    shown = entry("a", revision(body=f"看图：![接线图](image:{name})，再拧紧。"))
    assert states(shown) == [], "nobody looks unless told how"
    assert states(shown, has_picture=lambda _name: True) == []
    asked: list[str] = []
    (reason,) = label(shown, has_picture=lambda one: bool(asked.append(one))).reasons
    assert reason.state is State.BROKEN_LINK
    assert reason.message_zh == "图片“接线图”不在了"
    assert asked == [name]


def test_a_replaced_entry_does_no_damage() -> None:
    old, new = entry("a"), entry("b", revision(published=5, supersedes=("a",)))
    found = board([old, new], assess([old, new], now=NOW), {"a": 9}, NOW)
    assert [(row.entry_id, row.state, row.damage) for row in found] == [("a", State.SUPERSEDED, 0)]


def test_reasons_about_a_sentence_hold_it() -> None:
    past = entry("a", revision(body="先看说明。活动截止2026年10月31日。"))
    (reason,) = label(past).reasons
    assert reason.sentence == "活动截止2026年10月31日。"
    report = Report(1, "a", 1, "一句话。", "", "李", NOW)
    (reason,) = label(entry("a"), reports=[report]).reasons
    assert reason.sentence == "一句话。"


def test_times_are_told_to_the_minute() -> None:
    moment = datetime(2026, 11, 20, 12, 45, 28, 724248, tzinfo=UTC)
    rule = replace(revision(), published_at=moment)
    late = entry("a", revision(depends_on=("b",)))
    (reason,) = label(late, entry("b", rule)).reasons
    assert "2026-11-20 20:45 第 1 版生效" in reason.message_zh
