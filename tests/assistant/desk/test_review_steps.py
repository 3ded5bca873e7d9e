"""What may be done with a version, and what it will do, without a service."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from assistant.accounts.policy import Action
from assistant.catalogue import Catalogue
from assistant.desk import saved_filters
from assistant.desk.review_steps import Caller, Step, steps
from assistant.desk.saved_filters import Saved
from kb.freshness import Freshness
from kb.model import Content, Entry, Kind, Revision, Status, Stewardship
from kb.validity import Timeline

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def revision(
    number: int,
    status: Status,
    start: datetime | None = None,
    until: datetime | None = None,
    author: str = "林编辑",
) -> Revision:
    content = Content(Kind.POLICY, "规则", "正文", effective_from=start, effective_until=until)
    shown = status in (Status.PUBLISHED, Status.WITHDRAWN)
    return Revision(
        "rule", number, content, content.digest(), status, author, NOW - 90 * DAY,
        approved_by="周审核" if shown or status is Status.APPROVED else "",
        published_at=NOW - 60 * DAY if shown else None,
    )  # fmt: skip


def catalogue_of(*revisions: Revision, keeper: Stewardship | None = None) -> Catalogue:
    entry = Entry("rule", Kind.POLICY, keeper or Stewardship(), 1, NOW - 90 * DAY, revisions)
    fresh: dict[str, Freshness] = {}
    return Catalogue(1, NOW, {"rule": entry}, fresh, Timeline([entry]))


def offered(
    catalogue: Catalogue, number: int, name: str = "周审核", *, reviews: bool = True
) -> dict[str, Step]:
    entry = catalogue.entries["rule"]
    found = entry.revision(number)
    assert found
    barred = () if reviews else (Action.ENTRIES_REVIEW, Action.ENTRIES_PUBLISH)
    caller = Caller(name, lambda action: action not in barred)
    return {step.name: step for step in steps(catalogue, entry, found, caller)}


LIVE = revision(1, Status.PUBLISHED, NOW - 30 * DAY)


@pytest.mark.parametrize(
    ("status", "name", "reviews", "possible", "refused"),
    [
        (Status.DRAFT, "林编辑", False, {"submit", "discard"}, {}),
        (Status.DRAFT, "许编辑", False, {"submit"}, {}),
        (Status.IN_REVIEW, "周审核", True, {"approve", "reject"}, {}),
        (Status.IN_REVIEW, "林编辑 ", True, {"reject", "discard"}, {"approve": "own"}),
        (Status.IN_REVIEW, "许编辑", False, set(), {"approve": "role", "reject": "role"}),
        (Status.APPROVED, "周审核", True, {"publish", "reject"}, {}),
        (Status.APPROVED, "许编辑", False, set(), {"publish": "role", "reject": "role"}),
        (Status.WITHDRAWN, "许编辑", False, {"rollback"}, {}),
    ],
)
def test_steps_by_status_and_person(
    status: Status, name: str, reviews: bool, possible: set[str], refused: dict[str, str]
) -> None:
    found = offered(catalogue_of(LIVE, revision(2, status)), 2, name, reviews=reviews)
    assert {step.name for step in found.values() if step.possible} == possible
    assert {s.name: s.why_not for s in found.values() if not s.possible} == refused


@pytest.mark.parametrize(
    ("start", "until", "told"),
    [
        (None, None, ["publish_now"]),
        (NOW + DAY, None, ["publish_later"]),
        (NOW + DAY, NOW + 9 * DAY, ["publish_later", "publish_until"]),
        (NOW - 9 * DAY, NOW - DAY, ["publish_never"]),
        (NOW - 40 * DAY, None, ["publish_never"]),  # version 1 began later and goes on
    ],
)
def test_publishing_says_when_it_will_hold(
    start: datetime | None, until: datetime | None, told: list[str]
) -> None:
    catalogue = catalogue_of(LIVE, revision(2, Status.APPROVED, start, until))
    step = offered(catalogue, 2)["publish"]
    assert [key for key, _params in step.does] == told
    assert step.label == ("schedule" if told[0] == "publish_later" else "")
    if told[0] == "publish_later":
        assert step.does[0][1] == {"start": NOW + DAY, "number": 1}


def test_the_first_version_has_nothing_to_replace() -> None:
    now, later = revision(1, Status.APPROVED), revision(1, Status.APPROVED, NOW + DAY)
    assert offered(catalogue_of(now), 1)["publish"].does[0][0] == "publish_first"
    assert offered(catalogue_of(later), 1)["publish"].does[0][0] == "publish_later_first"


def test_withdrawing_says_what_holds_then() -> None:
    second = revision(2, Status.PUBLISHED, NOW - 5 * DAY)
    scheduled = revision(2, Status.PUBLISHED, NOW + 5 * DAY)
    both = catalogue_of(LIVE, second)
    assert offered(both, 2)["withdraw"].does[0] == ("withdraw_back", {"number": 1})
    assert offered(both, 1)["withdraw"].does[0][0] == "withdraw_past"
    assert offered(catalogue_of(LIVE), 1)["withdraw"].does[0][0] == "withdraw_none"
    ahead = offered(catalogue_of(LIVE, scheduled), 2)["withdraw"]
    assert ahead.does[0][0] == "withdraw_scheduled"
    assert offered(both, 1)["rollback"].possible
    assert "rollback" not in offered(both, 2)
    assert "rollback" not in offered(catalogue_of(LIVE, scheduled), 1)


@pytest.mark.parametrize(
    ("saved", "revisions", "holds"),
    [
        (Saved.DRAFT, (LIVE, revision(2, Status.DRAFT)), True),
        (Saved.IN_REVIEW, (LIVE, revision(2, Status.DRAFT)), False),
        (Saved.APPROVED, (LIVE, revision(2, Status.APPROVED)), True),
        (Saved.SCHEDULED, (LIVE, revision(2, Status.PUBLISHED, NOW + DAY)), True),
        (Saved.SCHEDULED, (LIVE,), False),
        (Saved.ENDING, (revision(1, Status.PUBLISHED, NOW - DAY, NOW + 5 * DAY),), True),
        (Saved.ENDING, (revision(1, Status.PUBLISHED, NOW - DAY, NOW + 31 * DAY),), False),
        (
            Saved.ENDING,
            (
                revision(1, Status.PUBLISHED, NOW - DAY, NOW + 5 * DAY),
                revision(2, Status.PUBLISHED, NOW + 5 * DAY),
            ),
            False,
        ),
        (Saved.MINE, (LIVE, revision(2, Status.DRAFT, author="我")), True),
        (Saved.MINE, (LIVE, revision(2, Status.DRAFT)), False),
    ],
)
def test_saved_filters(saved: Saved, revisions: tuple[Revision, ...], holds: bool) -> None:
    catalogue = catalogue_of(*revisions)
    entry = catalogue.entries["rule"]
    assert saved_filters.holds(saved, catalogue, entry, revisions, frozenset({"我"})) is holds


def test_mine_is_what_i_or_my_team_keep() -> None:
    catalogue = catalogue_of(LIVE, keeper=Stewardship(reviewer="退换货组"))
    entry = catalogue.entries["rule"]
    for name, mine in (("退换货组", True), ("别的组", False)):
        found = saved_filters.holds(Saved.MINE, catalogue, entry, (LIVE,), frozenset({name}))
        assert found is mine


def test_a_draft_that_a_publication_left_behind_is_no_present_work() -> None:
    old, live = revision(1, Status.DRAFT), replace(LIVE, number=2)
    assert saved_filters.open_revision((old, live)) is None
    assert saved_filters.open_revision((live, revision(3, Status.DRAFT))) is not None
