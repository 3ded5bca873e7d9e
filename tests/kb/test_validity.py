"""Which revision is in force when; checked against the rules stated naively."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from kb.model import Content, Entry, Kind, Revision, Status, Stewardship
from kb.validity import Span, Timeline, spans

DAY = timedelta(days=1)
START = datetime(2026, 1, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    return START + number * DAY


def revision(
    entry_id: str, number: int, start: int | None, end: int | None = None, *,
    published: int = 0, supersedes: tuple[str, ...] = (), status: Status = Status.PUBLISHED,
) -> Revision:  # fmt: skip
    content = Content(
        Kind.POLICY, "t", "b",
        effective_from=None if start is None else day(start),
        effective_until=None if end is None else day(end),
        supersedes=supersedes,
    )  # fmt: skip
    return Revision(entry_id, number, content, content.digest(), status, "a", START,
                    published_at=day(published))  # fmt: skip


def entry(entry_id: str, *revisions: Revision) -> Entry:
    return Entry(entry_id, Kind.POLICY, Stewardship(), 1, START, revisions)


def numbers(*entries: Entry, of: str = "a") -> list[tuple[int, int | None, int | None]]:
    return [
        (span.revision, offset(span.start) or 0, offset(span.end))
        for span in spans(entries)
        if span.entry_id == of
    ]


def offset(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - START).days


def test_the_later_start_wins_and_ends_the_earlier() -> None:
    rule = entry("a", revision("a", 1, 0), revision("a", 2, 10))
    assert numbers(rule) == [(1, 0, 10), (2, 10, None)]
    timeline = Timeline([rule])
    assert timeline.at("a", day(9)) == rule.revisions[0]
    assert timeline.at("a", day(10)) == rule.revisions[1], "half-open: the start belongs to it"
    assert timeline.at("a", day(-1)) is None


def test_a_promotion_interrupts_and_the_old_rule_returns() -> None:
    rule = entry("a", revision("a", 1, 0), revision("a", 2, 10, 20))
    assert numbers(rule) == [(1, 0, 10), (2, 10, 20), (1, 20, None)]


def test_gap_tie_and_missing_start() -> None:
    assert numbers(entry("a", revision("a", 1, 0, 5), revision("a", 2, 8))) == [
        (1, 0, 5), (2, 8, None),
    ]  # fmt: skip
    assert numbers(entry("a", revision("a", 1, 3), revision("a", 2, 3))) == [(2, 3, None)]
    assert numbers(entry("a", revision("a", 1, None, published=4))) == [(1, 4, None)]


def test_only_published_revisions_count() -> None:
    others = [s for s in Status if s is not Status.PUBLISHED]
    drafts = [revision("a", n, 0, status=s) for n, s in enumerate(others, 2)]
    assert numbers(entry("a", *drafts)) == []
    assert numbers(entry("a", revision("a", 1, 0), *drafts)) == [(1, 0, None)]


def test_supersession_begins_when_the_other_comes_into_force() -> None:
    old = entry("a", revision("a", 1, 0))
    new = entry("b", revision("b", 1, 10, supersedes=("a",)))
    assert numbers(old, new) == [(1, 0, 10)]
    assert Timeline([old]).at("a", day(10)) is not None
    timeline = Timeline([old, new])
    assert timeline.at("a", day(10)) is None
    assert timeline.superseded["a"].by == "b"


def test_supersession_lasts_though_the_other_ends_or_drops_the_word() -> None:
    old = entry("a", revision("a", 1, 0))
    new = entry("b", revision("b", 1, 10, 12, supersedes=("a",)), revision("b", 2, 12))
    assert numbers(old, new) == [(1, 0, 10)]
    withdrawn = entry("b", revision("b", 1, 10, supersedes=("a",), status=Status.WITHDRAWN))
    assert numbers(old, withdrawn) == [(1, 0, None)]


def test_what_is_superseded_supersedes_nothing_any_more() -> None:
    a = entry("a", revision("a", 1, 0))
    b = entry("b", revision("b", 1, 20, supersedes=("a",)))
    c = entry("c", revision("c", 1, 10, supersedes=("b",)))
    assert numbers(a, b, c) == [(1, 0, None)]
    assert numbers(a, b, c, of="b") == []


def test_cycles_are_settled_by_time() -> None:
    a = entry("a", revision("a", 1, 0, supersedes=("b",)))
    b = entry("b", revision("b", 1, -5), revision("b", 2, 10, supersedes=("a",)))
    assert numbers(a, b) == [(1, 0, None)]
    assert numbers(a, b, of="b") == [(1, -5, 0)]
    me = entry("a", revision("a", 1, 0, supersedes=("a", "nobody")))
    assert numbers(me) == [(1, 0, None)]


@st.composite
def histories(draw: st.DrawFn) -> Entry:
    made = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        start = draw(st.none() | st.integers(0, 12))
        base = 3 if start is None else start
        end = draw(st.none() | st.integers(base + 1, base + 8))
        status = draw(st.sampled_from([Status.PUBLISHED] * 3 + [Status.DRAFT, Status.WITHDRAWN]))
        made.append(revision("a", number, start, end, published=3, status=status))
    return entry("a", *made)


@settings(max_examples=300, deadline=None)
@given(histories())
def test_agrees_with_the_rule_stated_naively(history: Entry) -> None:
    timeline = Timeline([history])
    for half_day in range(-2, 44):
        moment = START + half_day * DAY / 2
        holding = [
            (r.valid_from, r.number)
            for r in history.published
            if r.valid_from and r.valid_from <= moment
            and (r.valid_until is None or moment < r.valid_until)
        ]  # fmt: skip
        found = timeline.at("a", moment)
        assert (found.number if found else None) == (max(holding)[1] if holding else None)


@given(histories())
def test_spans_are_in_order_apart_and_never_empty(history: Entry) -> None:
    found = spans([history])
    for span in found:
        assert span.start and (span.end is None or span.start < span.end)
    for before, after in itertools.pairwise(found):
        assert before.end and after.start and before.end <= after.start
        if before.end == after.start:
            assert before.revision != after.revision


def test_open_span_holds_everything() -> None:
    assert Span("a", 1, None, None).holds(START)
    assert not Span("a", 1, None, START).holds(START)
