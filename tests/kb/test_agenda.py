from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kb.agenda import Turn, agenda, text_dates
from kb.model import Content, Entry, Kind, Revision, Status, Stewardship
from kb.validity import Timeline

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
DAY = timedelta(days=1)


def entry(entry_id: str, *spans: tuple[int | None, int | None], **fields: Any) -> Entry:
    def at(days: int | None) -> datetime | None:
        return None if days is None else NOW + days * DAY

    revisions = []
    for number, (start, end) in enumerate(spans, start=1):
        content = Content(Kind.POLICY, "t", "b", effective_from=at(start), effective_until=at(end),
                          **fields)  # fmt: skip
        revisions.append(Revision(entry_id, number, content, "", Status.PUBLISHED, "a", NOW,
                                  published_at=NOW - 99 * DAY))  # fmt: skip
    return Entry(entry_id, Kind.POLICY, Stewardship(), 1, NOW, tuple(revisions))


def rows(*entries: Entry) -> list[tuple[str, int, str, int]]:
    known = {one.id: one for one in entries}
    found = agenda(known, Timeline(entries), NOW, NOW + 60 * DAY)
    return [
        (a.revision.entry_id, a.revision.number, a.turn.value, (a.at - NOW).days) for a in found
    ]


def test_starts_changes_and_ends_in_order_of_time() -> None:
    assert rows(
        entry("offer", (10, 20)),
        entry("rule", (-50, None), (5, None)),
        entry("over", (-9, 0)),
        entry("late", (61, None)),
        entry("last", (60, None)),
    ) == [
        ("rule", 2, "changes", 5), ("offer", 1, "starts", 10), ("offer", 1, "ends", 20),
        ("last", 1, "starts", 60),
    ]  # fmt: skip


def test_being_superseded_is_an_end_and_names_the_successor() -> None:
    old, new = entry("old", (-50, None)), entry("new", (3, None), supersedes=("old",))
    found = agenda({"old": old, "new": new}, Timeline([old, new]), NOW, NOW + 9 * DAY)
    assert [(a.turn, a.revision.entry_id, a.by) for a in found] == [
        (Turn.STARTS, "new", ""), (Turn.ENDS, "old", "new"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("reviewed", "days"),
    [
        (None, [date(2026, 10, 31), date(2026, 12, 12)]),
        (50, [date(2026, 10, 31), date(2026, 12, 12)]),
        (5, [date(2026, 12, 12)]),
    ],
    ids=["never confirmed", "confirmed before it passed", "confirmed since"],
)
def test_a_passed_date_that_somebody_found_right_is_told_no_more(
    reviewed: int | None, days: list[date]
) -> None:
    one = entry("offer", (-90, None))
    body = "报名截止 2026年10月31日。兑换截止 2026年12月12日。"
    (revision,) = (replace(r, content=replace(r.content, body=body)) for r in one.revisions)
    keeper = Stewardship(reviewed_at=None if reviewed is None else NOW - reviewed * DAY)
    one = replace(one, stewardship=keeper, revisions=(revision,))
    found = text_dates(
        {"offer": one}, Timeline([one]), NOW, NOW + 60 * DAY, ZoneInfo("Asia/Shanghai")
    )
    assert [each.day for each in found] == days
