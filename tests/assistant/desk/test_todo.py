"""What stands on a person's desk: reviews, drafts that came back, entries of theirs, by urgency."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.accounts.roles import Principal, PrincipalKind, Role
from assistant.desk import tasks
from assistant.desk.todo import PATIENCE, Desk, Task, Urgency, What, desk_of
from assistant.wiring import Services
from kb.model import Content, Kind, Stewardship
from kb.states import State
from tests.assistant.conftest import FakeClock, published

RULE = Content(Kind.POLICY, "上门收费规则", "过保产品上门检修，每次收取上门费 60 元。")
Opens = Callable[..., Desk]


@pytest.fixture
def desk(services: Services, clock: FakeClock) -> Opens:
    """Opens the desk of somebody who is in these teams."""

    def open_desk(name: str, role: Role, *teams: str) -> Desk:
        catalogue = services.catalogue.current(own_write=True)
        rows = tasks.rows(catalogue, {})
        person = Principal(PrincipalKind.PERSON, name, name, role)
        returned = services.cases.reviews.returned
        names = frozenset({name, *teams})
        return desk_of(person, names, catalogue.entries, rows, returned, clock())

    return open_desk


def written(services: Services, entry_id: str, reviewer: str = "") -> None:
    """A first draft by the editor, handed in."""
    keeper = Stewardship(owner="安装维修组", reviewer=reviewer)
    services.kb.create(entry_id, RULE, "林编辑", keeper)
    services.kb.submit(entry_id, 1, "林编辑")


def told(found: tuple[Task, ...]) -> list[tuple[str, What, Urgency]]:
    return [(task.entry.id, task.what, task.urgency) for task in found]


def test_reviews_wait_for_the_reviewer_named_and_for_nobody_who_wrote_them(
    services: Services, desk: Opens, clock: FakeClock
) -> None:
    written(services, "open")
    written(services, "named", reviewer="周审核")
    written(services, "for-others", reviewer="何审核")
    mine = desk("周审核", Role.REVIEWER)
    assert [task.entry.id for task in mine.tasks] == ["named", "open"]
    assert [task.entry.id for task in mine.others] == ["for-others"]
    assert {task.urgency for task in mine.tasks} == {Urgency.SOON}
    clock.advance(PATIENCE)
    assert {task.urgency for task in desk("周审核", Role.REVIEWER).tasks} == {Urgency.NOW}
    author = desk("林编辑", Role.REVIEWER)
    assert author.tasks == ()
    assert {task.what for task in author.waiting} == {What.WAITING}
    assert desk("张编辑", Role.EDITOR).tasks == (), "editors review nothing"


def test_a_draft_that_came_back_says_who_sent_it_and_why(services: Services, desk: Opens) -> None:
    written(services, "back")
    services.kb.reject("back", 1, "周审核", "金额请再核一遍")
    services.kb.create("begun", RULE, "林编辑", Stewardship())
    found = desk("林编辑", Role.EDITOR).tasks
    assert told(found) == [
        ("back", What.RETURNED, Urgency.NOW), ("begun", What.DRAFT, Urgency.LATER),
    ]  # fmt: skip
    assert (found[0].by, found[0].note) == ("周审核", "金额请再核一遍")
    services.kb.submit("back", 1, "林编辑")
    assert told(desk("林编辑", Role.EDITOR).tasks) == [("begun", What.DRAFT, Urgency.LATER)]


def test_what_is_approved_waits_to_be_published(
    services: Services, desk: Opens, clock: FakeClock
) -> None:
    written(services, "ready")
    services.kb.approve("ready", 1, "周审核")
    assert told(desk("何审核", Role.REVIEWER).tasks) == [("ready", What.PUBLISH, Urgency.SOON)]
    soon = replace(RULE, effective_from=clock() + timedelta(hours=6))
    services.kb.create("tonight", soon, "林编辑", Stewardship())
    services.kb.submit("tonight", 1, "林编辑")
    services.kb.approve("tonight", 1, "周审核")
    first = desk("何审核", Role.REVIEWER).tasks[0]
    assert (first.entry.id, first.urgency) == ("tonight", Urgency.NOW)


def test_entries_of_mine_by_harm_and_put_off(
    services: Services, desk: Opens, clock: FakeClock
) -> None:
    over = replace(RULE, title="夏季优惠", effective_until=clock() + timedelta(days=1))
    published(services.kb, "over", over, owner="安装维修组")
    published(services.kb, "overdue", replace(RULE, body="别的话。"), owner="林编辑")
    published(services.kb, "coming", replace(RULE, effective_from=clock() + timedelta(days=300)),
              owner="林编辑")  # fmt: skip
    published(services.kb, "theirs", replace(over, title="秋季优惠"), owner="物流组")
    clock.advance(timedelta(days=91))
    found = desk("林编辑", Role.EDITOR, "安装维修组")
    assert told(found.tasks) == [
        ("over", What.MEND, Urgency.NOW), ("overdue", What.MEND, Urgency.SOON),
    ]  # fmt: skip
    assert found.tasks[0].row is not None
    assert found.tasks[0].since == over.effective_until
    until = clock() + timedelta(days=7)
    services.kb.snooze("over", until, "等市场部", {State.EXPIRED}, "林编辑")
    put_off = desk("林编辑", Role.EDITOR, "安装维修组")
    assert [task.entry.id for task in put_off.tasks] == ["overdue"]
    assert [row.entry_id for row in put_off.snoozed] == ["over"]


def test_an_entry_without_an_owner_is_its_reviewers(
    services: Services, desk: Opens, clock: FakeClock
) -> None:
    published(services.kb, "nobody", RULE, owner="")
    keeper = replace(services.kb.entry("nobody").stewardship, reviewer="周审核")
    services.kb.steward("nobody", keeper, "admin")
    clock.advance(timedelta(days=91))
    assert [task.entry.id for task in desk("周审核", Role.REVIEWER).tasks] == ["nobody"]
    services.kb.steward("nobody", replace(keeper, owner="物流组"), "admin")
    assert desk("周审核", Role.REVIEWER).tasks == ()
